import { sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { autoIncrements, isAlias, isUpdatedNow, writeChunk } from '../../../../packages/drizzle/src/read/internals.ts'
import { ownNames } from '../../../kit/drizzle-shape.ts'

const users = my.mysqlTable(
  'users',
  {
    id: my.int().autoincrement(),
    serial: my.serial(),
    name: my.varchar({ length: 9 }).unique(),
    seen: my.timestamp().onUpdateNow(),
    text: my.timestamp({ mode: 'string' }).onUpdateNow(),
    plain: my.timestamp(),
  },
  (t) => [
    my.index('i').on(t.name, sql`(lower(${t.name}))`),
    my.index('used').on(t.name).using('btree').algorithm('inplace').lock('none'),
    my.primaryKey({ columns: [t.id] }),
    my.unique().on(t.name),
    my.foreignKey({ columns: [t.id], foreignColumns: [t.id] }),
    my.check('c', sql`true`),
  ],
)
const config = my.getTableConfig(users)
const column = (name: string): my.MySqlColumn => config.columns.find((one) => one.name === name) as my.MySqlColumn

describe('what is read beside the public API', () => {
  it('aliases', () => {
    expect([isAlias(my.alias(users, 'u')), isAlias(users)]).toEqual([true, false])
  })

  it('what counts, and what an update sets', () => {
    expect(config.columns.filter(autoIncrements).map(({ name }) => name)).toEqual(['id', 'serial'])
    expect(config.columns.filter(isUpdatedNow).map(({ name }) => name)).toEqual(['seen', 'text'])
  })

  it('how a chunk is written', () => {
    const how = {
      mark: (position: number) => `<${position}>`,
      literal: (text: string) => `«${text}»`,
    } as const
    const camel = my.mysqlTable('t', { someName: my.text() })
    const chunk = sql`${camel.someName} > ${1} and ${camel.someName} in ${['a', 2n]} ${sql`${'inlined'}`.inlineParams()}`
    expect(writeChunk(chunk, new my.MySqlDialect({ casing: 'snake_case' }), { ...how, bare: true })).toEqual({
      sql: '`some_name` > <0> and `some_name` in (<1>, <2>) «inlined»',
      params: [1, 'a', 2n],
    })
    expect(
      writeChunk(chunk.inlineParams(), new my.MySqlDialect({ casing: 'snake_case' }), { ...how, bare: false }).sql,
    ).toBe('`t`.`some_name` > <0> and `t`.`some_name` in (<1>, <2>) «inlined»')
    expectTypeOf<Parameters<my.MySqlDialect['sqlToQuery']>[1]>().toEqualTypeOf<'indexes' | undefined>()
    expectTypeOf<my.MySqlDialect['escapeParam']>().toEqualTypeOf<(num: number) => string>()
    expectTypeOf<my.MySqlDialect['escapeString']>().toEqualTypeOf<(text: string) => string>()
  })
})

describe('what there is to read: a new word of drizzle-orm is not read yet', () => {
  it('of a table', () => {
    expect(ownNames(config)).toEqual([
      'baseName',
      'checks',
      'columns',
      'foreignKeys',
      'indexes',
      'name',
      'primaryKeys',
      'schema',
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
    expect(['id', 'name', 'seen'].map(more)).toEqual([['autoIncrement'], ['length'], ['fsp', 'hasOnUpdateNow']])
  })

  it('of an index', () => {
    expect(config.indexes.map((index) => ownNames(index.config))).toEqual([
      ['columns', 'name', 'table', 'unique'],
      ['algorithm', 'columns', 'lock', 'name', 'table', 'unique', 'using'],
    ])
  })

  it('of keys and checks', () => {
    expect(ownNames(config.primaryKeys[0])).toEqual(['columns', 'name', 'table'])
    expect(ownNames(config.uniqueConstraints[0])).toEqual(['columns', 'name', 'nullsNotDistinct', 'table'])
    expect(ownNames(config.foreignKeys[0])).toEqual(['onDelete', 'onUpdate', 'reference', 'table'])
    expect(ownNames(config.foreignKeys[0]?.reference())).toEqual(['columns', 'foreignColumns', 'foreignTable', 'name'])
    expect(ownNames(config.checks[0])).toEqual(['name', 'table', 'value'])
  })

  it('of views', () => {
    expectTypeOf<keyof ReturnType<typeof my.getViewConfig>>().toEqualTypeOf<
      | 'algorithm'
      | 'sqlSecurity'
      | 'withCheckOption'
      | 'name'
      | 'originalName'
      | 'schema'
      | 'selectedFields'
      | 'isExisting'
      | 'query'
      | 'isAlias'
    >()
  })

  it('at all', () => {
    expect(
      Object.keys(my)
        .filter((word) => /^(?:isMy|my)[A-Zs]/.test(word))
        .sort(),
    ).toEqual([
      'isMySqlSchema',
      'mysqlDatabase',
      'mysqlEnum',
      'mysqlSchema',
      'mysqlTable',
      'mysqlTableCreator',
      'mysqlTableWithSchema',
      'mysqlView',
      'mysqlViewWithSchema',
    ])
  })
})
