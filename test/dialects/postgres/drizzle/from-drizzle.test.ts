import {
  bigint,
  column,
  enumeration,
  expression,
  integer,
  json,
  native,
  now,
  table,
  text,
  timestamp,
  toModel,
  varchar,
} from '@org/migrate-core'
import { type TableModel, tableDifferences } from '@org/migrate-core/dialect'
import { fromDrizzle, toDrizzle, toDrizzleAll } from '@org/migrate-drizzle/postgres'
import { sql } from 'drizzle-orm'
import * as core from 'drizzle-orm/pg-core'
import {
  type AnyPgColumn,
  alias,
  bigint as big,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer as int,
  jsonb,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgRole,
  pgSchema,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  serial,
  timestamp as stamp,
  varchar as string,
  text as txt,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { normalise } from '../../../../packages/dialect-postgres/src/compile/normalise.ts'
import { sample } from '../../../kit/drizzle-sample.ts'
import { byVersion, matrix, readSnake, snakeTable, someRelations } from '../../../kit/drizzle-version.ts'

/** Drizzle's types ask for a name, its code does without. */
const withoutName = index as (name?: string) => ReturnType<typeof index>
const bare = (builder: object): object => {
  Reflect.deleteProperty(builder, Symbol.for('@org/migrate-core/declaration/1'))
  return builder
}

const mood = pgEnum('mood', ['ok', "it's"])
const blog = pgSchema('blog')
const state = blog.enum('state', ['draft', 'out'])
const users = pgTable(
  'users',
  {
    id: int().primaryKey().generatedAlwaysAsIdentity({ startWith: 10, increment: '2' }),
    old: serial(),
    userName: string({ length: 40 }).notNull().unique(),
    admin: boolean().notNull().default(true),
    key: uuid().defaultRandom(),
    born: stamp({ precision: 3, withTimezone: true }).default(new Date('2020-01-01T00:00:00Z')),
    tags: jsonb().default({ a: "it's" }),
    made: stamp({ mode: 'string' }).notNull().defaultNow(),
    seen: big({ mode: 'bigint' }).default(9223372036854775807n),
    score: numeric({ precision: 10, scale: 2 }).default('-1.50'),
    mood: mood().default('ok'),
    moods: mood().array(),
    numbers: matrix(int()).default([[1], [2]]),
    code: txt({ enum: ['a', 'b'] }).$defaultFn(() => 'a'),
    boss: int().references((): AnyPgColumn => users.id, { onDelete: 'set null' }),
    shout: txt().generatedAlwaysAs(sql`upper("userName")`),
  },
  (t) => [
    index('by_score')
      .on(t.score.desc(), t.boss.nullsFirst(), t.code.op('text_pattern_ops'))
      .where(sql`${t.score} > ${0}`),
    index('by_key').using('hash', t.key),
    index('by_name').on(sql`${t.userName} collate "C" varchar_pattern_ops desc nulls first`),
    withoutName().on(t.boss),
    uniqueIndex('lowered').on(sql`lower(${t.userName})`),
    check('positive', sql`${t.score} >= ${-10} AND ${t.userName} <> ${"o'x\\"} AND ${t.seen} < ${5n}`),
    unique('uq_one').on(t.code, t.key).nullsNotDistinct(),
  ],
)
const posts = blog.table(
  'posts',
  { author: int().notNull(), nr: int(), of: string('of_day', { length: 10 }), state: state() },
  (t) => [
    primaryKey({ name: 'pk_posts', columns: [t.author, t.nr] }),
    unique('uq_day').on(t.of, t.author),
    foreignKey({ name: 'fk_author', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
  ],
)
const active = pgView('active').as((qb) => qb.select({ id: users.id }).from(users).where(sql`${users.admin} = ${true}`))
const counts = blog.materializedView('counts').as((qb) => qb.select({ n: sql`count(*)`.as('n') }).from(posts))

const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })
const native_ = (text: string) => ({ kind: 'native', dialect: 'postgres', sql: text })
const integer32 = { kind: 'integer', bits: 32 }

describe('fromDrizzle', () => {
  const model = fromDrizzle({
    users,
    posts,
    blog,
    mood,
    state,
    active,
    counts,
    elsewhere: pgView('elsewhere', { id: int() }).existing(),
    counter: blog.sequence('counter', { startWith: 5, maxValue: '9223372036854775807', cache: 3, cycle: false }),
    plain: pgSequence('plain'),
    again: users,
    other: alias(users, 'zz'),
    rel: someRelations(users),
    role: pgRole('r'),
    helper: () => 1,
  })

  it('reads columns of every kind', () => {
    expect(model.tables.get('users')?.columns).toEqual([
      { name: 'id', type: integer32, nullable: false, identity: { mode: 'always', start: 10, increment: 2 } },
      { name: 'old', type: native_('serial'), nullable: false },
      { name: 'userName', type: { kind: 'varchar', length: 40 }, nullable: false },
      { name: 'admin', type: { kind: 'boolean' }, nullable: false, ...literal(true) },
      {
        name: 'key',
        type: { kind: 'uuid' },
        nullable: true,
        default: { kind: 'expression', sql: 'gen_random_uuid()' },
      },
      {
        name: 'born',
        type: { kind: 'timestamp', withTimezone: true, precision: 3 },
        nullable: true,
        ...literal('2020-01-01 00:00:00+00'),
      },
      { name: 'tags', type: native_('jsonb'), nullable: true, ...literal('{"a":"it\'s"}') },
      { name: 'made', type: { kind: 'timestamp', withTimezone: false }, nullable: false, default: { kind: 'now' } },
      {
        name: 'seen',
        type: { kind: 'integer', bits: 64 },
        nullable: true,
        default: { kind: 'expression', sql: '9223372036854775807' },
      },
      { name: 'score', type: { kind: 'decimal', precision: 10, scale: 2 }, nullable: true, ...literal('-1.50') },
      { name: 'mood', type: { kind: 'enum', name: 'mood', values: ['ok', "it's"] }, nullable: true, ...literal('ok') },
      { name: 'moods', type: native_('"mood"[]'), nullable: true },
      { name: 'numbers', type: native_('integer[][]'), nullable: true, ...literal('{{1},{2}}') },
      { name: 'code', type: { kind: 'text' }, nullable: true },
      { name: 'boss', type: integer32, nullable: true },
      {
        name: 'shout',
        type: { kind: 'text' },
        nullable: true,
        generated: { expression: 'upper("userName")', stored: true },
      },
    ])
  })

  it('reads keys, indexes, foreign keys and checks', () => {
    const readTable = model.tables.get('users')
    expect(readTable?.constraints).toEqual([
      { kind: 'primaryKey', columns: ['id'] },
      {
        kind: 'check',
        name: 'positive',
        // A backslash in a plain literal means what standard_conforming_strings says.
        expression: `"score" >= -10 AND "userName" <> E'o''x\\\\' AND "seen" < 5`,
      },
      {
        kind: 'foreignKey',
        name: 'users_boss_users_id_fk',
        columns: ['boss'],
        references: { table: { name: 'users' }, columns: ['id'] },
        onDelete: 'setNull',
      },
      { kind: 'unique', name: 'users_userName_unique', columns: ['userName'] },
      { kind: 'unique', name: 'uq_one', columns: ['code', 'key'], nullsNotDistinct: true },
    ])
    expect(readTable?.indexes).toEqual([
      {
        name: 'by_score',
        unique: false,
        elements: [
          // Drizzle's desc() is NULLS LAST, the server's is not.
          { column: 'score', order: 'desc', nulls: 'last' },
          { column: 'boss', nulls: 'first' },
          { column: 'code', operatorClass: 'text_pattern_ops' },
        ],
        where: '"score" > 0',
      },
      { name: 'by_key', unique: false, elements: [{ column: 'key' }], method: 'hash' },
      {
        name: 'by_name',
        unique: false,
        elements: [{ column: 'userName', collation: 'C', operatorClass: 'varchar_pattern_ops', order: 'desc' }],
      },
      { name: 'users_boss_index', unique: false, elements: [{ column: 'boss' }] },
      { name: 'lowered', unique: true, elements: [{ expression: 'lower("userName")' }] },
    ])
  })

  it('reads schemas, enums, sequences and views', () => {
    const [placed] = [...model.tables.values()].filter(({ ref }) => ref.name === 'posts')
    expect(placed?.ref).toEqual({ schema: 'blog', name: 'posts' })
    expect(placed?.columns.map(({ nullable }) => nullable)).toEqual([false, false, true, true])
    expect(placed?.columns[3]?.type).toEqual({ kind: 'enum', name: 'state', schema: 'blog', values: ['draft', 'out'] })
    expect(placed?.constraints).toEqual([
      { kind: 'primaryKey', name: 'pk_posts', columns: ['author', 'nr'] },
      {
        kind: 'foreignKey',
        name: 'fk_author',
        columns: ['author'],
        references: { table: { name: 'users' }, columns: ['id'] },
        onUpdate: 'cascade',
      },
      { kind: 'unique', name: 'uq_day', columns: ['of_day', 'author'] },
    ])
    expect(model.schemas).toEqual(['blog'])
    expect([...model.enums.values()]).toEqual([
      { ref: { name: 'mood' }, values: ['ok', "it's"] },
      { ref: { schema: 'blog', name: 'state' }, values: ['draft', 'out'] },
    ])
    expect([...model.sequences.values()]).toEqual([
      { ref: { schema: 'blog', name: 'counter' }, start: '5', maxValue: '9223372036854775807', cache: 3, cycle: false },
      { ref: { name: 'plain' } },
    ])
    expect([...model.views.values()]).toEqual([
      { ref: { name: 'active' }, options: {}, definition: 'select "id" from "users" where "users"."admin" = true' },
      {
        ref: { schema: 'blog', name: 'counts' },
        definition: 'select count(*) as "n" from "blog"."posts"',
        materialized: true,
        options: {},
      },
    ])
    expect(fromDrizzle([pgMaterializedView('m', { id: int() }).existing()]).views.size).toBe(0)
  })

  it('follows the casing of the application', () => {
    const cased = snakeTable(pgTable, core)('cased', { firstName: int(), given: int('givenName') }, (t) => [
      withoutName().on(t.firstName, t.given.desc()),
      unique().on(t.firstName, t.given),
      check('c', sql`${t.firstName} > 0`),
    ])
    const readTable = fromDrizzle([cased], readSnake).tables.get('cased')
    expect(readTable?.columns.map(({ name }) => name)).toEqual(['first_name', 'givenName'])
    expect(readTable?.indexes.map(({ name }) => name)).toEqual(['cased_first_name_givenName_index'])
    expect(readTable?.constraints).toEqual([
      { kind: 'check', name: 'c', expression: '"first_name" > 0' },
      {
        kind: 'unique',
        name: `cased_${byVersion('firstName', 'first_name')}_givenName_unique`,
        columns: ['first_name', 'givenName'],
      },
    ])
  })

  it('refuses what it cannot say', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => fromDrizzle([sqliteTable('p', { a: sqliteText() })])).toThrowError(code('WRONG_DIALECT'))
    expect(() => fromDrizzle([users, pgTable('users', { a: int() })])).toThrowError(code('OBJECT_EXISTS'))
    const duplicated = snakeTable(pgTable, core)('twice', { userId: int(), user_id: int() })
    expect(() => fromDrizzle([duplicated], readSnake)).toThrowError(code('OBJECT_EXISTS'))
    const nameless = pgTable('u', { a: int() }, (t) => [withoutName().on(sql`abs(${t.a})`)])
    expect(() => fromDrizzle([nameless])).toThrowError(code('INVALID_NAME'))
    const dated = pgTable('u', { a: int() }, (t) => [check('c', sql`${t.a} > ${new Date(0)}`)])
    expect(() => fromDrizzle([dated])).toThrowError(code('UNSUPPORTED'))
    let salt = 0
    const salted = customType<{ data: string }>({ dataType: () => 'text', toDriver: (value) => `${value}${salt++}` })
    expect(() => fromDrizzle([pgTable('s', { a: salted().default('x') })])).toThrowError(code('UNSUPPORTED'))
  })
})

describe('there and back', () => {
  const declared = table(
    'declared',
    {
      id: column(integer(), { nullable: false, identity: { mode: 'always', start: 5 } }),
      up: column(integer(), { default: 3 }),
      name: column(varchar(30), { nullable: false, default: "it's" }),
      doc: column(json()),
      big: column(bigint()),
      at: column(timestamp({ precision: 3, withTimezone: true }), { default: now() }),
      mood: column(enumeration(['ok', 'bad'], { name: 'feeling' }), { default: 'ok' }),
      words: column(native('postgres', 'tsvector')),
      list: column(native('postgres', 'text[]')),
      twice: column(integer(), { generated: { as: expression('"up" * 2'), stored: true } }),
    },
    {
      schema: 'app',
      primaryKey: { name: 'pk_declared', columns: ['id'] },
      uniques: [{ name: 'uq', columns: ['name', 'up'], nullsNotDistinct: true }],
      indexes: [
        {
          name: 'i',
          columns: [{ column: 'name', order: 'desc', collation: 'C', operatorClass: 'text_ops' }, 'big'],
          where: expression('"up" > 1'),
        },
        { name: 'words', columns: ['words'], method: 'gin' },
        { name: 'e', columns: [expression('lower("name")'), { column: 'up', nulls: 'first' }], unique: true },
      ],
      checks: [{ name: 'c', expression: expression('"up" < 9') }],
      foreignKeys: [
        {
          name: 'fk',
          columns: ['up'],
          references: { table: { schema: 'app', name: 'declared' }, columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'setNull',
        },
      ],
    },
  )
  const more = table(
    'more',
    { id: column(text(), { nullable: false }) },
    {
      primaryKey: ['id'],
      indexes: [{ name: 'covering', columns: ['id'], include: ['id'], nullsNotDistinct: true }],
      foreignKeys: [
        { columns: ['id'], references: { table: 'more', columns: ['id'] }, deferrable: 'deferred', notValid: true },
      ],
      comment: 'what Drizzle has no words for',
    },
  )

  it('gives a declared table back whole, with what Drizzle has no words for', () => {
    expect(fromDrizzle([toDrizzle(declared)])).toEqual(toModel([declared]))
    expect(fromDrizzle(toDrizzleAll({ declared, sample, more }))).toEqual(toModel([declared, sample, more]))
  })

  it('finds the same table when the declaration is taken away', () => {
    const differences = (one: typeof declared | typeof sample) => {
      const model = fromDrizzle([bare(toDrizzle<typeof one>(one))])
      expect(model.enums).toEqual(toModel([one]).enums)
      const [readTable] = [...model.tables.values()] as [TableModel]
      return tableDifferences(normalise(one.model), normalise(readTable))
    }
    expect(differences(declared)).toEqual([])
    // Values of a text column are TypeScript's alone to Drizzle.
    expect(differences(sample)).toEqual(['column mood: type is text, expected enum (ok, bad)'])
    const changed = table('declared', { ...declared.columns, big: column(integer()) }, { primaryKey: ['id'] })
    expect(tableDifferences(normalise(declared.model), normalise(changed.model))).not.toEqual([])
  })
})
