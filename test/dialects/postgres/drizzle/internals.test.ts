import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  enumOf,
  isAlias,
  isExisting,
  linkedTable,
  writeChunk,
} from '../../../../packages/drizzle/src/read/internals.ts'
import { ownNames } from '../../../kit/drizzle-shape.ts'

const app = pg.pgSchema('app')
const mood = app.enum('mood', ['ok', 'bad'])
const users = pg.pgTable(
  'users',
  {
    id: pg.integer().generatedAlwaysAsIdentity({ name: 's', startWith: 1 }),
    mood: mood(),
    moods: mood().array(),
    name: pg.text().unique(),
  },
  (t) => [
    pg.index('i').on(t.name.desc(), sql`lower(${t.name})`),
    pg.index('used').using('btree', t.name).with({ fillfactor: 70 }).concurrently().where(sql`true`),
    pg.primaryKey({ columns: [t.id] }),
    pg.unique().on(t.name).nullsNotDistinct(),
    pg.foreignKey({ columns: [t.id], foreignColumns: [t.id] }),
    pg.check('c', sql`true`),
    pg.pgPolicy('p'),
  ],
)
const config = pg.getTableConfig(users)
const [id, moodColumn, moodsColumn, name] = config.columns as [pg.PgColumn, pg.PgColumn, pg.PgColumn, pg.PgColumn]

describe('what is read beside the public API', () => {
  it('aliases', () => {
    expect([isAlias(pg.alias(users, 'u')), isAlias(users)]).toEqual([true, false])
  })

  it('the enum of a column, and of an element', () => {
    expect(enumOf(moodColumn)).toBe(mood)
    expect([mood.enumName, mood.schema]).toEqual(['mood', 'app'])
    expect(enumOf((moodsColumn as unknown as { readonly baseColumn: pg.PgColumn }).baseColumn)).toBe(mood)
    expect([enumOf(id), enumOf(moodsColumn), enumOf(name)]).toEqual([undefined, undefined, undefined])
    expect(moodColumn.enumValues).toEqual(['ok', 'bad'])
  })

  it('the table of a linked policy', () => {
    const policy = pg.pgPolicy('linked')
    expect(linkedTable(policy)).toBeUndefined()
    expect(linkedTable(policy.link(users))).toBe(users)
    expect(config.policies.map((one) => linkedTable(one))).toEqual([undefined])
  })

  it('whose role it is', () => {
    expect([isExisting(pg.pgRole('r').existing()), isExisting(pg.pgRole('r'))]).toEqual([true, false])
  })

  it('how a chunk is written', () => {
    const how = {
      mark: (position: number) => `<${position}>`,
      literal: (text: string) => `«${text}»`,
    } as const
    const camel = pg.pgTable('t', { someName: pg.text() })
    const chunk = sql`${camel.someName} > ${1} and ${camel.someName} in ${['a', 2n]} ${sql`${'inlined'}`.inlineParams()}`
    expect(writeChunk(chunk, new pg.PgDialect({ casing: 'snake_case' }), { ...how, bare: true })).toEqual({
      sql: '"some_name" > <0> and "some_name" in (<1>, <2>) «inlined»',
      params: [1, 'a', 2n],
    })
    expect(
      writeChunk(chunk.inlineParams(), new pg.PgDialect({ casing: 'snake_case' }), { ...how, bare: false }).sql,
    ).toBe('"t"."some_name" > <0> and "t"."some_name" in (<1>, <2>) «inlined»')
    expectTypeOf<Parameters<pg.PgDialect['sqlToQuery']>[1]>().toEqualTypeOf<'indexes' | undefined>()
    expectTypeOf<pg.PgDialect['escapeParam']>().toEqualTypeOf<(num: number) => string>()
    expectTypeOf<pg.PgDialect['escapeString']>().toEqualTypeOf<(text: string) => string>()
  })
})

describe('what there is to read: a new word of drizzle-orm is not read yet', () => {
  it('of a table', () => {
    expect(ownNames(config)).toEqual([
      'checks',
      'columns',
      'enableRLS',
      'foreignKeys',
      'indexes',
      'name',
      'policies',
      'primaryKeys',
      'schema',
      'uniqueConstraints',
    ])
  })

  it('of a column', () => {
    expect(ownNames(name)).toEqual([
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
    ])
    expect(ownNames(id.generatedIdentity)).toEqual(['sequenceName', 'sequenceOptions', 'type'])
    expectTypeOf<keyof pg.PgSequenceOptions>().toEqualTypeOf<
      'increment' | 'minValue' | 'maxValue' | 'startWith' | 'cache' | 'cycle'
    >()
  })

  it('of an index', () => {
    expect(config.indexes.map((index) => ownNames(index.config))).toEqual([
      ['columns', 'method', 'name', 'only', 'table', 'unique'],
      ['columns', 'concurrently', 'method', 'name', 'only', 'table', 'unique', 'where', 'with'],
    ])
    const [element] = config.indexes[0]?.config.columns ?? []
    expect(element).toMatchObject({ name: 'name', keyAsName: true, indexConfig: { order: 'desc', nulls: 'last' } })
  })

  it('of keys and checks', () => {
    expect(ownNames(config.primaryKeys[0])).toEqual(['columns', 'name', 'table'])
    expect(ownNames(config.uniqueConstraints[0])).toEqual(['columns', 'name', 'nullsNotDistinct', 'table'])
    expect(ownNames(config.foreignKeys[0])).toEqual(['onDelete', 'onUpdate', 'reference', 'table'])
    expect(ownNames(config.foreignKeys[0]?.reference())).toEqual(['columns', 'foreignColumns', 'foreignTable', 'name'])
    expect(ownNames(config.checks[0])).toEqual(['name', 'table', 'value'])
  })

  it('of views', () => {
    expectTypeOf<keyof ReturnType<typeof pg.getViewConfig>>().toEqualTypeOf<
      'with' | 'name' | 'originalName' | 'schema' | 'selectedFields' | 'isExisting' | 'query' | 'isAlias'
    >()
    expectTypeOf<keyof ReturnType<typeof pg.getMaterializedViewConfig>>().toEqualTypeOf<
      | 'using'
      | 'tablespace'
      | 'withNoData'
      | 'with'
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
    // A function that makes something, and is none of columns, queries and constraints.
    const builders = Object.keys(pg).filter((word) => /^(?:isPg|pg)[A-Z]/.test(word))
    expect(builders.sort()).toEqual([
      'isPgEnum',
      'isPgMaterializedView',
      'isPgSchema',
      'isPgSequence',
      'isPgView',
      'pgEnum',
      'pgEnumObjectWithSchema',
      'pgEnumWithSchema',
      'pgMaterializedView',
      'pgMaterializedViewWithSchema',
      'pgPolicy',
      'pgRole',
      'pgSchema',
      'pgSequence',
      'pgSequenceWithSchema',
      'pgTable',
      'pgTableCreator',
      'pgTableWithSchema',
      'pgView',
      'pgViewWithSchema',
    ])
  })
})
