import { sql } from 'drizzle-orm'
import * as sq from 'drizzle-orm/sqlite-core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { autoIncrements, isAlias, writeChunk } from '../../../../packages/drizzle/src/read/internals.ts'
import { ownNames } from '../../../kit/drizzle-shape.ts'

const users = sq.sqliteTable(
  'users',
  {
    id: sq.int().primaryKey({ autoIncrement: true }),
    at: sq.int({ mode: 'timestamp' }),
    name: sq.text().unique(),
  },
  (t) => [
    sq.index('i').on(t.name, sql`lower(${t.name})`),
    sq.index('some').on(t.name).where(sql`true`),
    sq.primaryKey({ columns: [t.id, t.name] }),
    sq.unique().on(t.name),
    sq.foreignKey({ columns: [t.id], foreignColumns: [t.id] }),
    sq.check('c', sql`true`),
  ],
)
const config = sq.getTableConfig(users)
const column = (name: string): sq.SQLiteColumn => config.columns.find((one) => one.name === name) as sq.SQLiteColumn

describe('what is read beside the public API', () => {
  it('aliases', () => {
    expect([isAlias(sq.alias(users, 'u')), isAlias(users)]).toEqual([true, false])
  })

  it('what counts', () => {
    expect(config.columns.filter(autoIncrements).map(({ name }) => name)).toEqual(['id'])
  })

  it('how a chunk is written', () => {
    const how = {
      mark: (position: number) => `<${position}>`,
      literal: (text: string) => `«${text}»`,
    } as const
    const camel = sq.sqliteTable('t', { someName: sq.text() })
    const chunk = sql`${camel.someName} > ${1} and ${camel.someName} in ${['a', 2n]} ${sql`${'inlined'}`.inlineParams()}`
    expect(writeChunk(chunk, new sq.SQLiteSyncDialect({ casing: 'snake_case' }), { ...how, bare: true })).toEqual({
      sql: '"some_name" > <0> and "some_name" in (<1>, <2>) «inlined»',
      params: [1, 'a', 2n],
    })
    expect(
      writeChunk(chunk.inlineParams(), new sq.SQLiteSyncDialect({ casing: 'snake_case' }), { ...how, bare: false }).sql,
    ).toBe('"t"."some_name" > <0> and "t"."some_name" in (<1>, <2>) «inlined»')
    expectTypeOf<Parameters<sq.SQLiteSyncDialect['sqlToQuery']>[1]>().toEqualTypeOf<'indexes' | undefined>()
    expectTypeOf<sq.SQLiteSyncDialect['escapeParam']>().toEqualTypeOf<(num: number) => string>()
    expectTypeOf<sq.SQLiteSyncDialect['escapeString']>().toEqualTypeOf<(text: string) => string>()
  })
})

describe('what there is to read: a new word of drizzle-orm is not read yet', () => {
  it('of a table', () => {
    expect(ownNames(config)).toEqual([
      'checks',
      'columns',
      'foreignKeys',
      'indexes',
      'name',
      'primaryKeys',
      'uniqueConstraints',
    ])
  })

  it('of a column', () => {
    const every = [
      'columnType',
      'config',
      'dataType',
      'default',
      'defaultFn',
      'enumValues',
      'generated',
      'generatedIdentity',
      'hasDefault',
      'isUnique',
      'keyAsName',
      'name',
      'notNull',
      'onUpdateFn',
      'primary',
      'table',
      'uniqueName',
      'uniqueType',
    ]
    const more = (name: string) => ownNames(column(name)).filter((word) => !every.includes(word))
    expect(every.filter((word) => !(word in column('name')))).toEqual([])
    expect(['id', 'at', 'name'].map(more)).toEqual([['autoIncrement'], ['autoIncrement', 'mode'], ['length']])
  })

  it('of an index', () => {
    expect(config.indexes.map((index) => ownNames(index.config))).toEqual([
      ['columns', 'name', 'table', 'unique', 'where'],
      ['columns', 'name', 'table', 'unique', 'where'],
    ])
  })

  it('of keys and checks', () => {
    expect(ownNames(config.primaryKeys[0])).toEqual(['columns', 'name', 'table'])
    expect(ownNames(config.uniqueConstraints[0])).toEqual(['columns', 'name', 'table'])
    expect(ownNames(config.foreignKeys[0])).toEqual(['onDelete', 'onUpdate', 'reference', 'table'])
    expect(ownNames(config.foreignKeys[0]?.reference())).toEqual(['columns', 'foreignColumns', 'foreignTable', 'name'])
    expect(ownNames(config.checks[0])).toEqual(['name', 'table', 'value'])
  })

  it('of views', () => {
    expectTypeOf<keyof ReturnType<typeof sq.getViewConfig>>().toEqualTypeOf<
      'name' | 'originalName' | 'schema' | 'selectedFields' | 'isExisting' | 'query' | 'isAlias'
    >()
  })

  it('at all', () => {
    const builders = Object.keys(sq).filter((word) => word.startsWith('sqlite'))
    expect(builders.sort()).toEqual(['sqliteTable', 'sqliteTableCreator', 'sqliteView'])
  })
})
