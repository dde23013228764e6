import { compare as compareSchemas } from '@org/migrate-autogenerate'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import { integer, json, jsonb, numeric, pgTable } from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const t = pgTable('t', {
  id: integer('id').primaryKey(),
  a: numeric('a').notNull().default('0'),
  b: numeric('b', { precision: 10, scale: 2 }).default('1.50'),
  c: numeric('c', { mode: 'number' }).default(2),
})

/** What drizzle-kit 0.31 sends. */
const theirs = `CREATE TABLE "t" ("id" integer PRIMARY KEY NOT NULL, "a" numeric DEFAULT '0' NOT NULL, "b" numeric(10, 2) DEFAULT '1.50',
  "c" numeric DEFAULT 2)`
const defaults = `SELECT json_agg(pg_get_expr(adbin, adrelid) ORDER BY adnum)::text AS found FROM pg_attrdef WHERE adrelid = 't'::regclass`

describeOn('postgres', 'a default of a numeric column', (createDatabase) => {
  const compare = (url: string) => compareSchemas(migratorOf(postgresDialect({ url }), []), readDrizzle({ t }))

  it('is in the catalog what drizzle-kit makes of it', async () => {
    const [drizzles, own] = [await createDatabase(), await createDatabase()]
    await drizzles.sql(theirs)
    for (const { statements } of (await compare(own.url)).changes) for (const text of statements) await own.sql(text)
    const defaultRows = await own.sql(defaults)
    expect(defaultRows).toEqual(await drizzles.sql(defaults))
    expect(JSON.parse(String(defaultRows[0]?.found))).toEqual(["'0'::numeric", expect.stringContaining('1.50'), '2'])
    for (const { url } of [drizzles, own]) expect((await compare(url)).changes).toEqual([])
  })

  it('is the same by its value, written as a number or as text', async () => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id integer PRIMARY KEY, a numeric DEFAULT 0 NOT NULL, b numeric(10, 2) DEFAULT 1.50, c numeric DEFAULT '2')",
    )
    expect((await compare(db.url)).changes).toEqual([])
  })
})

const documents = pgTable('t', {
  id: integer('id').primaryKey(),
  a: jsonb('a').default(null),
  b: json('b').default(null),
  c: jsonb('c'),
})

describeOn('postgres', 'a default null of a column of JSON', (createDatabase) => {
  it('is the null of JSON, as drizzle-kit writes it', async () => {
    const [drizzles, own] = [await createDatabase(), await createDatabase()]
    await drizzles.sql(
      `CREATE TABLE "t" ("id" integer PRIMARY KEY NOT NULL, "a" jsonb DEFAULT 'null'::jsonb, "b" json DEFAULT 'null'::json, "c" jsonb)`,
    )
    const compareAt = (url: string) =>
      compareSchemas(migratorOf(postgresDialect({ url }), []), readDrizzle({ t: documents }))
    for (const { statements } of (await compareAt(own.url)).changes) for (const text of statements) await own.sql(text)
    const defaultRows = await own.sql(defaults)
    expect(defaultRows).toEqual(await drizzles.sql(defaults))
    expect(JSON.parse(String(defaultRows[0]?.found))).toEqual(["'null'::jsonb", "'null'::json"])
    for (const { url } of [drizzles, own]) expect((await compareAt(url)).changes).toEqual([])
  })
})
