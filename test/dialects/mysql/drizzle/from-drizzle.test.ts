import {
  bigint,
  column,
  expression,
  integer,
  json,
  now,
  table,
  text,
  timestamp,
  toModel,
  varchar,
} from '@org/migrate-core'
import { type TableModel, tableDifferences } from '@org/migrate-core/dialect'
import { fromDrizzle, toDrizzle, toDrizzleAll } from '@org/migrate-drizzle/mysql'
import { sql } from 'drizzle-orm'
import * as core from 'drizzle-orm/mysql-core'
import {
  type AnyMySqlColumn,
  alias,
  bigint as big,
  boolean,
  check,
  datetime,
  decimal,
  foreignKey,
  index,
  int,
  json as jsonb,
  mysqlEnum,
  mysqlSchema,
  mysqlTable,
  mysqlView,
  primaryKey,
  serial,
  timestamp as stamp,
  varchar as string,
  tinyint,
  text as txt,
  unique,
  uniqueIndex,
} from 'drizzle-orm/mysql-core'
import { sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { normaliseFor } from '../../../../packages/dialect-mysql/src/ddl/normalise.ts'
import { newest } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { sample } from '../../../kit/drizzle-sample.ts'
import { byVersion, readSnake, snakeTable, someRelations } from '../../../kit/drizzle-version.ts'

/** Drizzle's types ask for a name, its code does without. */
const withoutName = index as (name?: string) => ReturnType<typeof index>
const bare = (builder: object): object => {
  Reflect.deleteProperty(builder, Symbol.for('@org/migrate-core/declaration/1'))
  return builder
}

const users = mysqlTable(
  'users',
  {
    id: int().autoincrement().primaryKey(),
    userName: string({ length: 40 }).notNull().unique(),
    admin: boolean().notNull().default(true),
    level: tinyint({ unsigned: true }).default(3),
    born: datetime({ fsp: 3 }).default(new Date('2020-01-01T00:00:00Z')),
    tags: jsonb().$type<string[]>(),
    made: stamp().defaultNow().onUpdateNow(),
    epoch: int().default(sql`(unix_timestamp())`),
    seen: big({ mode: 'bigint', unsigned: true }).default(18446744073709551615n),
    score: decimal({ precision: 10, scale: 2 }).default('-1.50'),
    mood: mysqlEnum(['ok', "it's"]).default("it's"),
    code: txt({ enum: ['a', 'b'] }).$defaultFn(() => 'a'),
    boss: int().references((): AnyMySqlColumn => users.id, { onDelete: 'set null' }),
    shout: string({ length: 50 }).generatedAlwaysAs(sql`upper(${sql.identifier('userName')})`, { mode: 'stored' }),
  },
  (t) => [
    index('by_score').on(sql`${t.score} desc`, t.userName, sql`${t.code}(10)`).using('btree'),
    withoutName().on(t.boss),
    uniqueIndex('lowered').on(sql`(lower(${t.userName}))`),
    check('positive', sql`${t.score} >= ${-10} AND ${t.userName} <> ${"o'x\\"} AND ${t.seen} < ${5n}`),
  ],
)
const posts = mysqlSchema('blog').table(
  'posts',
  { author: int().notNull(), nr: int(), of: string('of_day', { length: 10 }) },
  (t) => [
    primaryKey({ name: 'pk_posts', columns: [t.author, t.nr] }),
    unique('uq_day').on(t.of, t.author),
    foreignKey({ name: 'fk_author', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
  ],
)
const counters = mysqlTable('counters', { id: serial().primaryKey() })
const active = mysqlView('active').as((qb) => qb.select({ id: users.id }).from(users).where(sql`${users.admin} = ${1}`))

describe('fromDrizzle', () => {
  it('reads columns, keys, indexes, foreign keys and checks', () => {
    const model = fromDrizzle({
      users,
      posts,
      active,
      elsewhere: mysqlView('elsewhere', { id: int() }).existing(),
      again: users,
      other: alias(users, 'zz'),
      rel: someRelations(users),
      helper: () => 1,
    })
    const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })
    const native = (text: string) => ({ kind: 'native', dialect: 'mysql', sql: text })
    const readTable = model.tables.get('users') as TableModel
    expect(readTable).toEqual({
      ref: { name: 'users' },
      columns: [
        { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false, identity: { mode: 'autoIncrement' } },
        { name: 'userName', type: { kind: 'varchar', length: 40 }, nullable: false },
        { name: 'admin', type: { kind: 'boolean' }, nullable: false, ...literal(true) },
        { name: 'level', type: native('tinyint unsigned'), nullable: true, ...literal(3) },
        {
          name: 'born',
          type: { kind: 'timestamp', withTimezone: false, precision: 3 },
          nullable: true,
          ...literal('2020-01-01 00:00:00.000'),
        },
        { name: 'tags', type: { kind: 'json' }, nullable: true },
        { name: 'made', type: native('timestamp'), nullable: true, default: { kind: 'now' }, onUpdate: 'now' },
        {
          name: 'epoch',
          type: { kind: 'integer', bits: 32 },
          nullable: true,
          default: { kind: 'expression', sql: 'unix_timestamp()' },
        },
        { name: 'seen', type: native('bigint unsigned'), nullable: true, ...literal('18446744073709551615') },
        { name: 'score', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true, ...literal('-1.50') },
        { name: 'mood', type: { kind: 'enum', values: ['ok', "it's"] }, nullable: true, ...literal("it's") },
        { name: 'code', type: native('text'), nullable: true },
        { name: 'boss', type: { kind: 'integer', bits: 32 }, nullable: true },
        {
          name: 'shout',
          type: { kind: 'varchar', length: 50 },
          nullable: true,
          generated: { expression: 'upper(`userName`)', stored: true },
        },
      ],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        {
          kind: 'check',
          name: 'positive',
          // Our sessions read a backslash as an escape.
          expression: "`score` >= -10 AND `userName` <> 'o''x\\\\' AND `seen` < 5",
        },
        {
          kind: 'foreignKey',
          name: 'users_boss_users_id_fk',
          columns: ['boss'],
          references: { table: { name: 'users' }, columns: ['id'] },
          onDelete: 'setNull',
        },
        { kind: 'unique', name: 'users_userName_unique', columns: ['userName'] },
      ],
      indexes: [
        {
          name: 'by_score',
          unique: false,
          elements: [{ column: 'score', order: 'desc' }, { column: 'userName' }, { column: 'code', prefixLength: 10 }],
          method: 'btree',
        },
        { name: 'users_boss_index', unique: false, elements: [{ column: 'boss' }] },
        { name: 'lowered', unique: true, elements: [{ expression: 'lower(`userName`)' }] },
      ],
      options: {},
    })
    const [placed] = [...model.tables.values()].filter(({ ref }) => ref.name === 'posts')
    expect(placed?.ref).toEqual({ schema: 'blog', name: 'posts' })
    expect(placed?.columns.map(({ nullable }) => nullable)).toEqual([false, false, true])
    expect(placed?.constraints).toEqual([
      { kind: 'primaryKey', ...byVersion({ name: 'pk_posts' }, {}), columns: ['author', 'nr'] },
      {
        kind: 'foreignKey',
        name: 'fk_author',
        columns: ['author'],
        references: { table: { name: 'users' }, columns: ['id'] },
        onUpdate: 'cascade',
      },
      { kind: 'unique', name: 'uq_day', columns: ['of_day', 'author'] },
    ])
    expect([...model.views.values()]).toEqual([
      { ref: { name: 'active' }, options: {}, definition: 'select `id` from `users` where `users`.`admin` = 1' },
    ])
  })

  it('reads all that serial stands for', () => {
    expect(fromDrizzle([counters]).tables.get('counters')).toMatchObject({
      columns: [
        {
          name: 'id',
          type: { kind: 'native', dialect: 'mysql', sql: 'bigint unsigned' },
          nullable: false,
          identity: { mode: 'autoIncrement' },
        },
      ],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        { kind: 'unique', name: 'id', columns: ['id'] },
      ],
    })
  })

  it('follows the casing of the application', () => {
    const cased = snakeTable(mysqlTable, core)('cased', { firstName: int(), given: int('givenName') }, (t) => [
      withoutName().on(t.firstName),
      unique().on(t.firstName, t.given),
    ])
    const model = fromDrizzle([cased], readSnake).tables.get('cased')
    expect(model?.columns.map(({ name }) => name)).toEqual(['first_name', 'givenName'])
    expect(model?.indexes.map(({ name }) => name)).toEqual(['cased_first_name_index'])
    expect(model?.constraints.map(({ name }) => name)).toEqual([
      `cased_${byVersion('firstName', 'first_name')}_givenName_unique`,
    ])
  })

  it('refuses what it cannot say', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => fromDrizzle([sqliteTable('p', { a: sqliteText() })])).toThrowError(code('WRONG_DIALECT'))
    expect(() => fromDrizzle([users, mysqlTable('users', { a: int() })])).toThrowError(code('OBJECT_EXISTS'))
    const duplicated = snakeTable(mysqlTable, core)('twice', { userId: int(), user_id: int() })
    expect(() => fromDrizzle([duplicated], readSnake)).toThrowError(code('OBJECT_EXISTS'))
    const nameless = mysqlTable('u', { a: int() }, (t) => [withoutName().on(sql`(abs(${t.a}))`)])
    expect(() => fromDrizzle([nameless])).toThrowError(code('INVALID_NAME'))
    const dated = mysqlTable('u', { a: int() }, (t) => [check('c', sql`${t.a} > ${new Date(0)}`)])
    expect(() => fromDrizzle([dated])).toThrowError(code('UNSUPPORTED'))
  })
})

describe('there and back', () => {
  const declared = table(
    'declared',
    {
      id: column(integer(), { nullable: false, identity: { mode: 'autoIncrement' } }),
      up: column(integer(), { default: 3 }),
      name: column(varchar(30), { nullable: false, default: "it's" }),
      doc: column(json()),
      big: column(bigint()),
      at: column(timestamp({ precision: 3 }), { default: now() }),
      words: column(text()),
      twice: column(integer(), { generated: { as: expression('`up` * 2'), stored: true } }),
    },
    {
      primaryKey: ['id'],
      uniques: [{ name: 'uq', columns: ['name', 'up'] }],
      indexes: [
        { name: 'i', columns: [{ column: 'name', order: 'desc' }, { column: 'words', prefixLength: 9 }, 'big'] },
        { name: 'e', columns: [expression('lower(`name`)')] },
      ],
      checks: [{ name: 'c', expression: expression('`up` < 9') }],
      foreignKeys: [
        {
          name: 'fk',
          columns: ['up'],
          references: { table: 'declared', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'setNull',
        },
      ],
      options: { engine: 'InnoDB' },
    },
  )

  it('gives a declared table back whole, with what Drizzle has no words for', () => {
    expect(fromDrizzle([toDrizzle(declared)])).toEqual(toModel([declared]))
    expect(fromDrizzle(toDrizzleAll({ declared, sample }))).toEqual(toModel([declared, sample]))
  })

  it.each(['mysql', 'mariadb'] as const)('finds the same table on %s when the declaration is taken away', (flavour) => {
    const normalise = normaliseFor(newest[flavour])
    for (const one of [declared, sample]) {
      const readTable = fromDrizzle([bare(toDrizzle<typeof one>(one))]).tables.get(one.name) as TableModel
      expect(tableDifferences(normalise(one.model), normalise(readTable))).toEqual([])
    }
    const changed = table('declared', { ...declared.columns, big: column(integer()) }, { primaryKey: ['id'] })
    expect(tableDifferences(normalise(declared.model), normalise(changed.model))).not.toEqual([])
  })
})
