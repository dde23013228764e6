import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { openSqlite, readDrizzle } from '@org/migrate-drizzle/sqlite'
import * as orm from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sq from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { isVersion1 } from '../../kit/drizzle-version.ts'

/** What 1.0 alone has; our types are those of 0.45. */
interface Casing {
  readonly snakeCase: { readonly table: typeof sq.sqliteTable }
  readonly camelCase: { readonly table: typeof sq.sqliteTable }
}
const { snakeCase, camelCase } = sq as unknown as Casing
const { defineRelations } = orm as unknown as { defineRelations(tables: object): Record<string, unknown> }
const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

describe('drizzle-orm 1.0', () => {
  it('is what these tests run on', () => {
    expect(isVersion1).toBe(true)
    expect(import.meta.resolve('drizzle-orm')).toMatch(/drizzle-orm@1\.0\.0|file:/)
  })

  it('declares tables in a casing, and an option for it is refused with what to do', () => {
    const keys = { userId: sq.integer().primaryKey(), given: sq.text('givenName') }
    const names = (table: object) =>
      [...readDrizzle([table]).schema.tables.values()].flatMap(({ columns }) => columns.map(({ name }) => name))
    expect(names(snakeCase.table('t', keys))).toEqual(['user_id', 'givenName'])
    expect(names(camelCase.table('t', { user_id: sq.integer() }))).toEqual(['userId'])
    expect(thrownBy(() => readDrizzle([sq.sqliteTable('t', keys)], { casing: 'snake_case' }))).toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'casing' },
      remedy: 'Leave it out, and declare the tables with `snakeCase.table`.',
    })
  })

  it('takes relations for db.query, and tables alone are refused with what to do', async () => {
    const t = sq.sqliteTable('t', { id: sq.integer().primaryKey() })
    expect(thrownBy(() => openSqlite({ url: ':memory:', schema: { t } }))).toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'schema' },
      remedy: 'Pass `relations: defineRelations(schema)`.',
    })
    const database = openSqlite({ url: ':memory:', relations: defineRelations({ t }) })
    await database.db.run(orm.sql`CREATE TABLE t (id INTEGER PRIMARY KEY)`)
    await database.db.insert(t).values({ id: 7 })
    expect(await (database.db.query as unknown as { t: { findMany(): Promise<unknown> } }).t.findMany()).toEqual([
      { id: 7 },
    ])
    await database.close()
  })

  it('has relations that declare nothing', () => {
    const t = sq.sqliteTable('t', { id: sq.integer().primaryKey() })
    const { schema, notes } = readDrizzle({ t, relations: defineRelations({ t }) })
    expect([[...schema.tables.keys()], notes]).toEqual([['t'], []])
  })

  it('has tables of databases that there is no dialect for: each is refused by its name', async () => {
    const mssql = (await import('drizzle-orm/mssql-core' as 'drizzle-orm/mysql-core')) as unknown as Record<
      'mssqlTable' | 'int',
      (...given: unknown[]) => object
    >
    const cockroach = (await import('drizzle-orm/cockroach-core' as 'drizzle-orm/mysql-core')) as unknown as Record<
      'cockroachTable' | 'int4',
      (...given: unknown[]) => object
    >
    const single = await import('drizzle-orm/singlestore-core')
    const tables = [
      [mssql.mssqlTable('t', { id: mssql.int() }), 'SQL Server'],
      [cockroach.cockroachTable('t', { id: cockroach.int4() }), 'CockroachDB'],
      [single.singlestoreTable('t', { id: single.int() }), 'SingleStore'],
    ] as const
    for (const [table, server] of tables) {
      expect(thrownBy(() => readPostgres([table]))).toMatchObject({
        code: 'WRONG_DIALECT',
        details: { expected: 'postgres', actual: server },
        message: `t is not a table of PostgreSQL, but of ${server}.`,
        remedy: expect.stringContaining(`There is no dialect for ${server}: keep its tables in files`),
      })
    }
    expect(thrownBy(() => readMysql([pg.pgTable('t', { id: pg.integer() })]))).toMatchObject({
      code: 'WRONG_DIALECT',
      details: { actual: 'PostgreSQL' },
    })
    expect(thrownBy(() => readPostgres([my.mysqlTable('t', { id: my.int() })]))).toMatchObject({
      details: { actual: 'MySQL' },
    })
  })

  it('turns row security on with withRLS', () => {
    const { withRLS } = pg.pgTable as unknown as { readonly withRLS: typeof pg.pgTable }
    const { schema } = readPostgres([withRLS('t', { id: pg.integer() })])
    expect(schema.tables.get('t')?.rowSecurity).toEqual({ enabled: true, forced: false })
  })

  it('writes defaults of arrays, of JSON and of bytes as the server prints them', () => {
    const news = pg as unknown as {
      bytea(): pg.PgColumnBuilderBase & { default(value: Buffer): pg.PgColumnBuilderBase }
    }
    const list = (builder: object) => builder as { default(value: unknown): pg.PgColumnBuilderBase }
    const { schema } = readPostgres([
      pg.pgTable('t', {
        words: list(pg.text().array()).default(['a', 'b c', 'd"e', '']),
        numbers: list((pg.integer() as unknown as { array(of: string): object }).array('[][]')).default([[1], [2]]),
        doc: pg.jsonb().default({ a: [1, "it's"] }),
        docs: list(pg.jsonb().array()).default([{ a: 1 }]),
        raw: news.bytea().default(Buffer.from([0, 255])),
        big: pg.bigint({ mode: 'bigint' }).default(9007199254740993n),
        at: pg.timestamp({ withTimezone: true }).default(new Date('2020-01-02T03:04:05.600Z')),
      }),
    ])
    const defaults = schema.tables.get('t')?.columns.map(({ default: value }) => value)
    expect(defaults).toEqual([
      { kind: 'literal', value: '{a,"b c","d\\"e",""}' },
      { kind: 'literal', value: '{{1},{2}}' },
      { kind: 'literal', value: '{"a":[1,"it\'s"]}' },
      { kind: 'literal', value: '{"{\\"a\\":1}"}' },
      { kind: 'expression', sql: "E'\\\\x00ff'::bytea" },
      { kind: 'expression', sql: '9007199254740993' },
      { kind: 'literal', value: '2020-01-02 03:04:05.6+00' },
    ])
  })
})
