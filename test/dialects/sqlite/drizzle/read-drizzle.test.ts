import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { column, integer, readDeclared, table } from '@org/migrate-core'
import { type TableModel, tableDifferences } from '@org/migrate-core/dialect'
import { generatedNameKey, supportedFeaturesOf } from '@org/migrate-core/internal'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { eq, inArray, sql } from 'drizzle-orm'
import * as sq from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { portableFeatures } from '../../../../packages/core/src/declare/declared-schema.ts'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { byVersion, readSnake, snakeTable } from '../../../kit/drizzle-version.ts'

const withoutName = sq.index as (name?: string) => ReturnType<typeof sq.index>
const only = (tables: ReadonlyMap<string, TableModel>): TableModel => [...tables.values()][0] as TableModel
const code = (expected: string) => expect.objectContaining({ code: expected })

const date = new Date('2020-01-02T03:04:05.600Z')
const users = sq.sqliteTable('users', { id: sq.int().primaryKey(), realm: sq.text() })

const values = sq.sqliteTable('t', {
  a: sq.int({ mode: 'timestamp' }).default(date),
  b: sq.int({ mode: 'timestamp_ms' }).default(date),
  c: sq.int({ mode: 'boolean' }).default(false),
  d: sq.blob({ mode: 'bigint' }).default(12n),
  e: sq.numeric({ mode: 'bigint' }).default(12345678901234567890n),
  f: sq.numeric({ mode: 'number' }).default(1.5),
  g: sq.text({ mode: 'json' }).default({ a: [1, 'b'], c: "it's" }),
  h: sq.blob({ mode: 'buffer' }).default(Buffer.from([0, 255])),
  i: sq.blob({ mode: 'json' }).default([1]),
  j: sq.int().default(sql`(1 + 1)`),
  k: sq.text().default(sql`NULL`),
  l: sq.text().default("it's \\ ü"),
  m: sq.int().generatedAlwaysAs(sql`1 + ${2n}`),
  n: sq.int().generatedAlwaysAs(() => sql`(1 + 2)`, { mode: 'stored' }),
  o: sq.text().generatedAlwaysAs('const'),
  p: sq
    .int()
    .$default(() => 1)
    .$onUpdate(() => 2),
  q: sq.real().default(-0.5),
})

describe('what is said of columns', () => {
  it('defaults and computed values as the column writes them', () => {
    const literal = (value: string | number | boolean) => ({ default: { kind: 'literal', value } })
    const written = (text: string) => ({ default: { kind: 'expression', sql: text } })
    expect(
      Object.fromEntries(
        only(readDrizzle([values]).schema.tables).columns.map(
          ({ name, type: _, nullable: __, ...rest }) => [name, rest] as const,
        ),
      ),
    ).toEqual({
      a: literal(1577934245),
      b: literal(1577934245600),
      c: literal(false),
      d: written("x'3132'"),
      e: literal('12345678901234567890'),
      f: literal('1.5'),
      g: literal('{"a":[1,"b"],"c":"it\'s"}'),
      h: written("x'00ff'"),
      i: written("x'5b315d'"),
      j: written('1 + 1'),
      k: {},
      l: literal("it's \\ ü"),
      m: { generated: { expression: '1 + 2', stored: false } },
      n: { generated: { expression: '1 + 2', stored: true } },
      o: { generated: { expression: "'const'", stored: false } },
      p: {},
      q: literal(-0.5),
    })
  })
})

describe('what is said of tables', () => {
  it("unique() is a unique index, and names that were not given are drizzle-kit's", () => {
    const t = snakeTable(sq.sqliteTable, sq)(
      't',
      { userId: sq.int().references(() => users.id), b: sq.int().unique(), c: sq.int().unique('given_c') },
      (own) => [
        sq.primaryKey({ columns: [own.userId, own.b] }),
        sq.foreignKey({ name: 'given_fk', columns: [own.b], foreignColumns: [users.id] }),
        sq.unique().on(own.userId, own.c),
        withoutName().on(own.b),
      ],
    )
    const { schema, generatedNames } = readDrizzle([t, users], readSnake)
    const userUnique = byVersion('t_userId_c_unique', 't_user_id_c_unique')
    const readTable = schema.tables.get('t') as TableModel
    expect(readTable.constraints.map(({ kind, name }) => [kind, name])).toEqual([
      ['primaryKey', undefined],
      ['foreignKey', undefined],
      ['foreignKey', 'given_fk'],
    ])
    expect(readTable.indexes.map(({ name, unique }) => [name, unique])).toEqual([
      ['t_b_index', false],
      ['t_b_unique', true],
      ['given_c', true],
      [userUnique, true],
    ])
    expect([...generatedNames].sort()).toEqual(
      ['t_b_index', 't_b_unique', userUnique].map((name) => generatedNameKey({ name: 't' }, name)),
    )
  })

  it('tables of a creator, and of circles', () => {
    const idOfSecond = (): sq.AnySQLiteColumn => second.id
    const prefixed = sq.sqliteTableCreator((name) => `pre_${name}`)
    const first = prefixed('first', { id: sq.int().primaryKey(), second: sq.int() }, (t) => ({
      back: sq.foreignKey({ columns: [t.second], foreignColumns: [idOfSecond()] }),
    }))
    const second = prefixed('second', {
      id: sq.int().primaryKey(),
      first: sq.int().references((): sq.AnySQLiteColumn => first.id),
    })
    const { schema } = readDrizzle({ first, second })
    expect([...schema.tables.keys()]).toEqual(['pre_first', 'pre_second'])
    expect(schema.tables.get('pre_first')?.constraints[1]).toMatchObject({
      references: { table: { name: 'pre_second' }, columns: ['id'] },
    })
  })

  it('a view of the name of another thing is refused', () => {
    const view = (name: string) => sq.sqliteView(name, {}).as(sql`select 1`)
    expect(() => readDrizzle([view('v'), view('v')])).toThrowError(code('OBJECT_EXISTS'))
    expect(() => readDrizzle([users, view('users')])).toThrowError(code('OBJECT_EXISTS'))
  })
})

describe('values in a definition', () => {
  const t = sq.sqliteTable('t', { a: sq.int({ mode: 'boolean' }), b: sq.text() })

  it('stand in lists, in what columns write, in subqueries', () => {
    const view = sq.sqliteView('v').as((qb) => {
      const inner = qb.select({ b: t.b }).from(t).where(eq(t.a, true)).as('inner')
      return qb
        .select({ b: inner.b })
        .from(inner)
        .where(inArray(inner.b, ["it's", 'b\\c']))
        .limit(5)
    })
    expect(readDrizzle([view]).schema.views.get('v')?.definition).toBe(
      `select "b" from (select "b" from "t" where "t"."a" = 1) "inner" where "inner"."b" in ('it''s', 'b\\c') limit 5`,
    )
  })

  it.each([
    ['a placeholder in a list', () => inArray(t.b, [sql.placeholder('p')])],
    ['a Date in a list', () => sql`${t.b} in ${[new Date(0)]}`],
  ])('%s is refused', (_, condition) => {
    expect(() => readDrizzle([sq.sqliteTable('c', { a: sq.text() }, () => [sq.check('c', condition())])])).toThrowError(
      code('UNSUPPORTED'),
    )
  })
})

describe('what is said and not compared', () => {
  it('leaves to others what is theirs', () => {
    const view = sq.sqliteView('theirs', { id: sq.int() }).existing()
    const { existing, schema, notes } = readDrizzle({
      view,
      aliased: sq.alias(users, 'other'),
      aliasedView: sq.alias(view, 'another'),
    })
    expect(existing).toEqual([{ name: 'theirs' }])
    expect([schema.tables.size, schema.views.size, notes]).toEqual([0, 0, []])
  })

  it('says what Drizzle has words for', () => {
    const { supportedFeatures } = readDrizzle([users])
    expect(
      Object.keys(supportedFeatures).filter((name) => supportedFeatures[name as keyof typeof supportedFeatures]),
    ).toEqual(['views'])
  })
})

it('tables of table(…) are read beside those of Drizzle, and say what they can', () => {
  const declared = table('declared', { id: column(integer(), { nullable: false }) }, { options: { strict: true } })
  const both = readDrizzle({ declared, users })
  expect(both.schema.tables.get('declared')).toBe(declared.model)
  expect([supportedFeaturesOf(both, { name: 'declared' }), supportedFeaturesOf(both, { name: 'users' })]).toEqual([
    portableFeatures,
    both.supportedFeatures,
  ])
  expect(readDrizzle([toDrizzle(declared)])).toEqual(readDeclared([declared]))
})

it('names of the table before its columns, as drizzle-kit writes them, make no difference', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'read-drizzle-'))
  const raw = new Database(path.join(folder, 'a.db'))
  raw.exec(`CREATE TABLE \`paid\` (\`n\` numeric, \`ok\` integer,
      CONSTRAINT "ck" CHECK("paid"."n" > 0 and "Paid".ok <> 2));
    CREATE UNIQUE INDEX \`low\` ON \`paid\` (abs("n")) WHERE "paid"."ok" = 1;`)
  raw.close()
  const paid = sq.sqliteTable('paid', { n: sq.numeric(), ok: sq.int({ mode: 'boolean' }) }, (t) => [
    sq.check('ck', sql`${t.n} > 0 and ${t.ok} <> 2`),
    sq.uniqueIndex('low').on(sql`abs(${t.n})`).where(eq(t.ok, true)),
  ])
  const dialect = await sqliteDialect({ url: path.join(folder, 'a.db') }).load()
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  const readTable = only((await dialect.introspection.schema(session)).tables)
  await session.close()
  rmSync(folder, { recursive: true })
  const declared = only(readDrizzle([paid]).schema.tables)
  expect(tableDifferences(dialect.model.normalise(declared), dialect.model.normalise(readTable))).toEqual([])
})

it('what readDrizzle reads is what the database shows once it has been made', async () => {
  const declaredTable = sq.sqliteTable(
    'made',
    {
      id: sq.int().primaryKey({ autoIncrement: true }),
      name: sq.text().notNull().unique(),
      at: sq.text().default(sql`CURRENT_TIMESTAMP`),
      epoch: sq.int().default(sql`(unixepoch())`),
      boss: sq.int().references((): sq.AnySQLiteColumn => declaredTable.id, { onDelete: 'set null' }),
      upper: sq.text().generatedAlwaysAs(() => sql`upper("name")`, { mode: 'stored' }),
    },
    (t) => [
      sq.index('by_name').on(sql`${t.name} desc`, t.epoch).where(sql`${t.epoch} > ${0}`),
      sq.uniqueIndex('lowered').on(sql`lower(${t.name})`),
      sq.check('positive', sql`${t.epoch} < ${10n} and ${t.name} <> ${'a\\b'}`),
    ],
  )
  const pair = sq.sqliteTable('pair', { a: sq.int().references(() => declaredTable.id), b: sq.int() }, (t) => [
    sq.primaryKey({ columns: [t.a, t.b] }),
  ])
  const active = sq
    .sqliteView('active')
    .as((qb) => qb.select({ id: declaredTable.id }).from(declaredTable).where(eq(declaredTable.name, "o'x")))
  const { schema } = readDrizzle({ declaredTable, pair, values, active })
  expect(await createAndRead(await sqliteDialect({ url: ':memory:' }).load(), schema)).toEqual([])
})
