import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { column, expression, integer, table, text, toModel } from '@org/migrate-core'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { fromDrizzle, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { pgTable, text as pgText } from 'drizzle-orm/pg-core'
import * as core from 'drizzle-orm/sqlite-core'
import {
  type AnySQLiteColumn,
  alias,
  blob,
  check,
  foreignKey,
  index,
  integer as int,
  primaryKey,
  real,
  sqliteTable,
  sqliteView,
  text as txt,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { byVersion, readSnake, snakeTable, someRelations } from '../../../kit/drizzle-version.ts'

/** Drizzle's types ask for a name, its code does without. */
const withoutName = index as (name?: string) => ReturnType<typeof index>

const users = sqliteTable(
  'users',
  {
    id: int().primaryKey({ autoIncrement: true }),
    userName: txt().notNull().unique(),
    admin: int({ mode: 'boolean' }).notNull().default(true),
    born: int({ mode: 'timestamp' }).default(new Date('2020-01-01T00:00:00Z')),
    tags: txt({ mode: 'json' }).default({ a: "it's" }),
    made: txt().default(sql`CURRENT_TIMESTAMP`),
    epoch: int().default(sql`(unixepoch())`),
    big: blob({ mode: 'bigint' }),
    score: real().default(-1.5),
    code: txt({ enum: ['a', 'b'] }).$defaultFn(() => 'a'),
    boss: int().references((): AnySQLiteColumn => users.id, { onDelete: 'set null' }),
    shout: txt().generatedAlwaysAs(sql`upper("userName")`, { mode: 'stored' }),
  },
  (t) => [
    index('by_score').on(sql`${t.score} desc`, t.userName).where(sql`${t.score} > ${0}`),
    withoutName().on(t.boss),
    uniqueIndex('lowered').on(sql`lower(${t.userName})`),
    check('positive', sql`${t.score} >= ${-10} AND ${t.userName} <> ${"o'x"}`),
  ],
)
const posts = sqliteTable('posts', { author: int().notNull(), nr: int().notNull(), of: txt('of_day') }, (t) => [
  primaryKey({ name: 'pk_posts', columns: [t.author, t.nr] }),
  unique('uq_day').on(t.of, t.author),
  foreignKey({ name: 'fk_author', columns: [t.author], foreignColumns: [users.id] }).onUpdate('cascade'),
])
const active = sqliteView('active').as((qb) =>
  qb.select({ id: users.id }).from(users).where(sql`${users.admin} = ${1}`),
)
const elsewhere = sqliteView('elsewhere', { id: int() }).existing()

const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })

describe('fromDrizzle', () => {
  it('reads columns, keys, indexes, foreign keys and checks', () => {
    const model = fromDrizzle({
      users,
      posts,
      active,
      elsewhere,
      again: users,
      other: alias(users, 'zz'),
      rel: someRelations(users),
      helper: () => 1,
    })
    expect([...model.tables.keys()]).toEqual(['users', 'posts'])
    expect(model.tables.get('users')).toEqual({
      ref: { name: 'users' },
      columns: [
        { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false, identity: { mode: 'autoIncrement' } },
        { name: 'userName', type: { kind: 'text' }, nullable: false },
        { name: 'admin', type: { kind: 'integer', bits: 32 }, nullable: false, ...literal(true) },
        { name: 'born', type: { kind: 'integer', bits: 32 }, nullable: true, ...literal(1577836800) },
        { name: 'tags', type: { kind: 'text' }, nullable: true, ...literal('{"a":"it\'s"}') },
        { name: 'made', type: { kind: 'text' }, nullable: true, default: { kind: 'now' } },
        {
          name: 'epoch',
          type: { kind: 'integer', bits: 32 },
          nullable: true,
          default: { kind: 'expression', sql: 'unixepoch()' },
        },
        { name: 'big', type: { kind: 'bytes' }, nullable: true },
        { name: 'score', type: { kind: 'real' }, nullable: true, ...literal(-1.5) },
        { name: 'code', type: { kind: 'text' }, nullable: true },
        { name: 'boss', type: { kind: 'integer', bits: 32 }, nullable: true },
        {
          name: 'shout',
          type: { kind: 'text' },
          nullable: true,
          generated: { expression: 'upper("userName")', stored: true },
        },
      ],
      constraints: [
        { kind: 'primaryKey', columns: ['id'] },
        { kind: 'check', name: 'positive', expression: `"score" >= -10 AND "userName" <> 'o''x'` },
        {
          kind: 'foreignKey',
          columns: ['boss'],
          references: { table: { name: 'users' }, columns: ['id'] },
          onDelete: 'setNull',
        },
      ],
      indexes: [
        {
          name: 'by_score',
          unique: false,
          elements: [{ column: 'score', order: 'desc' }, { column: 'userName' }],
          where: '"score" > 0',
        },
        { name: 'users_boss_index', unique: false, elements: [{ column: 'boss' }] },
        { name: 'lowered', unique: true, elements: [{ expression: 'lower("userName")' }] },
        { name: 'users_userName_unique', unique: true, elements: [{ column: 'userName' }] },
      ],
      options: {},
    })
    expect(model.tables.get('posts')?.constraints).toEqual([
      { kind: 'primaryKey', name: 'pk_posts', columns: ['author', 'nr'] },
      {
        kind: 'foreignKey',
        name: 'fk_author',
        columns: ['author'],
        references: { table: { name: 'users' }, columns: ['id'] },
        onUpdate: 'cascade',
      },
    ])
    expect(model.tables.get('posts')?.indexes).toEqual([
      { name: 'uq_day', unique: true, elements: [{ column: 'of_day' }, { column: 'author' }] },
    ])
    expect([...model.views.values()]).toEqual([
      { ref: { name: 'active' }, definition: 'select "id" from "users" where "users"."admin" = 1' },
    ])
  })

  it('leaves the chunks of the application as they were', () => {
    const chunk = sql`${users.score} > ${0}`
    const held = sqliteTable('held', { score: real() }, () => [check('c', chunk)])
    fromDrizzle([held])
    expect(new Database(':memory:').prepare('SELECT 1').get()).toEqual({ '1': 1 })
    expect((chunk as unknown as { readonly shouldInlineParams: boolean }).shouldInlineParams).toBe(false)
  })

  it('equals the database that the same DDL makes', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'from-drizzle-'))
    const file = path.join(folder, 'a.db')
    const raw = new Database(file)
    // What drizzle-kit writes for these tables.
    raw.exec(`CREATE TABLE \`posts\` (\`author\` integer NOT NULL, \`nr\` integer NOT NULL, \`of_day\` text,
        CONSTRAINT \`pk_posts\` PRIMARY KEY(\`author\`, \`nr\`), CONSTRAINT \`fk_author\` FOREIGN KEY (\`author\`) REFERENCES \`users\`(\`id\`) ON UPDATE cascade ON DELETE no action);
      CREATE UNIQUE INDEX \`uq_day\` ON \`posts\` (\`of_day\`,\`author\`);`)
    raw.close()
    const dialect = await sqliteDialect({ url: file }).load()
    const session = await dialect.connection.connect({ purpose: 'inspect' })
    const normal = (model: SchemaModel): SchemaModel => ({
      ...model,
      tables: new Map([...model.tables].map(([key, one]) => [key, dialect.model.normalise(one)])),
    })
    const introspected = normal(await dialect.introspection.schema(session))
    await session.close()
    rmSync(folder, { recursive: true })
    expect(schemaDifferences(normal(fromDrizzle([posts])), introspected)).toEqual([])
    const changed = sqliteTable('posts', { author: int().notNull(), nr: int(), of: txt('of_day') })
    expect(schemaDifferences(normal(fromDrizzle([changed])), introspected).length).toBeGreaterThan(1)
  })

  it('follows the casing of the application, and refuses two keys that become one name', () => {
    const cased = snakeTable(sqliteTable, core)('cased', { firstName: txt(), given: txt('givenName') }, (t) => [
      withoutName().on(t.firstName),
      unique().on(t.firstName, t.given),
      check('c', sql`${t.firstName} <> ''`),
    ])
    const model = fromDrizzle([cased], readSnake).tables.get('cased')
    expect(model?.columns.map(({ name }) => name)).toEqual(['first_name', 'givenName'])
    expect(model?.indexes.map(({ name }) => name)).toEqual([
      'cased_first_name_index',
      `cased_${byVersion('firstName', 'first_name')}_givenName_unique`,
    ])
    expect(model?.constraints).toEqual([{ kind: 'check', name: 'c', expression: `"first_name" <> ''` }])
    const duplicated = snakeTable(sqliteTable, core)('twice', { userId: txt(), user_id: txt() })
    expect(() => fromDrizzle([duplicated], readSnake)).toThrowError(expect.objectContaining({ code: 'OBJECT_EXISTS' }))
  })

  it('refuses what it cannot say', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => fromDrizzle([pgTable('p', { a: pgText() })])).toThrowError(code('WRONG_DIALECT'))
    expect(() => fromDrizzle([users, sqliteTable('users', { a: txt() })])).toThrowError(code('OBJECT_EXISTS'))
    const expressionIndex = sqliteTable('u', { a: txt() }, (t) => [withoutName().on(sql`lower(${t.a})`)])
    expect(() => fromDrizzle([expressionIndex])).toThrowError(code('INVALID_NAME'))
    const placeholder = sqliteTable('u', { a: txt() }, (t) => [check('c', sql`${t.a} > ${sql.placeholder('p')}`)])
    expect(() => fromDrizzle([placeholder])).toThrowError(code('UNSUPPORTED'))
    const dated = sqliteTable('u', { a: txt() }, (t) => [check('c', sql`${t.a} > ${new Date(0)}`)])
    expect(() => fromDrizzle([dated])).toThrowError(code('UNSUPPORTED'))
  })

  it('gives a declared table back whole, with what Drizzle has no words for', () => {
    const declared = table(
      'declared',
      {
        id: column(integer(), { nullable: false }),
        up: column(integer(), { default: 3 }),
        name: column(text(), { collation: 'NOCASE' }),
      },
      {
        primaryKey: { name: 'pk', columns: ['id'] },
        uniques: [{ name: 'uq', columns: ['name'] }],
        foreignKeys: [
          { name: 'fk', columns: ['up'], references: { table: 'declared', columns: ['id'] }, deferrable: 'deferred' },
        ],
        options: { strict: true },
      },
    )
    expect(fromDrizzle([toDrizzle(declared)])).toEqual(toModel([declared]))
  })

  it('finds all that Drizzle has words for when the declaration is taken away', () => {
    const declared = table(
      'declared',
      {
        id: column(integer(), { nullable: false, identity: { mode: 'autoIncrement' } }),
        up: column(integer(), { default: 3 }),
        name: column(text(), { nullable: false, default: "it's" }),
        twice: column(integer(), { generated: { as: expression('"up" * 2') } }),
      },
      {
        primaryKey: ['id'],
        indexes: [
          {
            name: 'i',
            columns: [{ column: 'name', order: 'desc', collation: 'NOCASE' }, expression('lower("name")')],
            where: expression('"up" > 1'),
          },
        ],
        checks: [{ name: 'c', expression: expression('"up" < 9') }],
        foreignKeys: [
          {
            name: 'fk',
            columns: ['up'],
            references: { table: 'other', columns: ['x'] },
            onDelete: 'cascade',
            onUpdate: 'setNull',
          },
        ],
      },
    )
    const bare = toDrizzle(declared)
    Reflect.deleteProperty(bare, Symbol.for('@org/migrate-core/declaration/1'))
    expect(fromDrizzle([bare])).toEqual(toModel([declared]))
  })
})
