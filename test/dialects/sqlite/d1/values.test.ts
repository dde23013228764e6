import type { Session, SqlValue } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { d1Server } from '../../../kit/d1/d1-server.ts'
import { skipWhereTextsAreCut } from '../../../kit/sqlite-client/needs-driver.ts'

const server = d1Server()

const connect = (url: string): Promise<Session> => sqliteDialect({ url }).connection.connect({ purpose: 'run' })

const definitions = [
  'CREATE TABLE v (id INTEGER PRIMARY KEY, b BOOLEAN, j JSON, d DECIMAL(30,10), r REAL, f DOUBLE, t DATETIME, x BLOB, n)',
  'CREATE TABLE "GRÖSSE""2" ("ß" BOOLEAN)',
  'INSERT INTO "GRÖSSE""2" VALUES (1)',
  'CREATE VIEW w AS SELECT b AS c, j FROM v',
]

const rows: readonly (readonly SqlValue[])[] = [
  [9007199254740993n, true, '42', '10.50', 3, 0.1, '2026-01-02 03:04:05', new Uint8Array([0, 255]), 5_000_000_000],
  [-(2n ** 63n), false, 'null', '1e400', -0, 5e-324, 'a\0b', new Uint8Array(30_000).fill(7), 2n ** 63n - 1n],
  [3n, null, '{"a": 1.0}', '12345678901234567890', Number.POSITIVE_INFINITY, 1e21, '\ud800x', Buffer.alloc(0), 'ünï💥'],
  [4n, 7n, '1.5', null, 1.7976931348623157e308, Number.NEGATIVE_INFINITY, '', null, -1.5],
]

const queries: readonly (readonly [sql: string, params?: readonly SqlValue[]])[] = [
  ['SELECT * FROM v ORDER BY id'],
  ['SELECT b, b AS a, b = 1 AS e, j, d FROM v ORDER BY id -- at the end'],
  ['SELECT c, j FROM w ORDER BY j;'],
  ['SELECT b FROM v WHERE id = ? OR t = ?', [3, '']],
  ['WITH q(a) AS (VALUES (1), (2.0), (NULL)) SELECT a, typeof(a) AS k FROM q'],
  ['SELECT 1 AS "__proto__", 2 AS "constructor"'],
  ['SELECT count(*) AS n FROM v WHERE 0'],
  ['SELECT id FROM v WHERE 0'],
  ['SELECT typeof(?) AS a, typeof(?) AS b, ? AS c, ? AS d', [-0, 1.5, -(2n ** 63n), 'it’s ?']],
  ['/* first */ SELECT id, r FROM v ORDER BY id; -- all'],
  ['SELECT id-? AS a, id FROM v WHERE id>?AND id<?AND 1', [-5, 2, 9]],
  ['SELECT id FROM v ORDER BY ?, id DESC', [1]],
  ['SELECT "ß" FROM "GRÖSSE""2"'],
  ['SELECT name, type, "notnull" FROM pragma_table_info(?)', ['v']],
]

describe('values on D1', () => {
  test('are the same as on a file, in and out', async (context) => {
    skipWhereTextsAreCut(context)
    const [file, d1] = [await connect(':memory:'), await connect(server().createDatabase().url)]
    for (const session of [file, d1]) {
      for (const sql of definitions) await session.execute(sql)
      for (const row of rows) await session.execute('INSERT INTO v VALUES (?,?,?,?,?,?,?,?,?)', row)
    }
    for (const [sql, params] of queries) {
      const [expected, actual] = [await file.query(sql, params), await d1.query(sql, params)]
      expect(expected.length, sql).toBe(actual.length)
      expect([sql, actual]).toEqual([sql, expected])
    }
    // The comparison sees a difference: what the engine itself gives is not it.
    expect((await d1.query('SELECT id FROM v WHERE n = ?', [5_000_000_000n])).map((row) => row.id)).toEqual([
      9007199254740993n,
    ])
  })

  test('an infinite number and -0 that are alone in their row are what they are, and so is NULL', async () => {
    const d1 = await connect(server().createDatabase().url)
    await d1.execute('CREATE TABLE z (id INTEGER PRIMARY KEY, v)')
    const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0n, null]
    for (const [id, value] of values.entries()) await d1.execute('INSERT INTO z VALUES (?, ?)', [id, value])
    for (const [id, value] of values.entries())
      expect(await d1.query('SELECT v FROM z WHERE id = ?', [id])).toEqual([{ v: value }])
  })

  test('a negative number takes no condition away', async () => {
    const d1 = await connect(server().createDatabase().url)
    await d1.execute('CREATE TABLE m (id INTEGER PRIMARY KEY, n)')
    await d1.execute('INSERT INTO m VALUES (1, 10), (2, 20)')
    expect(await d1.execute('UPDATE m SET n = n-? WHERE id = 1', [-5])).toEqual({ changes: 1 })
    expect(await d1.query('SELECT n FROM m ORDER BY id')).toEqual([{ n: 15n }, { n: 20n }])
    await expect(d1.query('SELECT ?2, ?1', [7, 8])).rejects.toThrow('placeholders with numbers')
  })

  test('every bit of a REAL is kept', async () => {
    const d1 = await connect(server().createDatabase().url)
    const values = Array.from({ length: 90 }, (_, at) => Math.PI * 10 ** (at * 6.8 - 306)).map((v, at) =>
      at % 2 ? v : -v,
    )
    await d1.execute('CREATE TABLE f (id INTEGER PRIMARY KEY, r REAL)')
    await d1.execute(`INSERT INTO f (r) VALUES ${values.map(() => '(?)').join(', ')}`, values)
    expect((await d1.query('SELECT r FROM f ORDER BY id')).map(({ r }) => r)).toEqual(values)
  })

  test('that cannot be stored as they are are refused by number', async () => {
    const d1 = await connect(server().createDatabase().url)
    await expect(d1.query('SELECT ?, ?', [1, undefined as never])).rejects.toThrow('parameter 2 is undefined')
    await expect(d1.query('SELECT ?', [Number.NaN])).rejects.toThrow('parameter 1 is NaN')
    await expect(d1.query('SELECT ?', [2n ** 63n])).rejects.toThrow('does not fit into the 64 bits')
  })

  test('changes are counted outside of a list, also with RETURNING, and are 0 for DDL', async () => {
    const d1 = await connect(server().createDatabase().url)
    expect(await d1.execute('CREATE TABLE v (a)')).toEqual({ changes: 0 })
    expect(await d1.execute('INSERT INTO v VALUES (1), (2)')).toEqual({ changes: 2 })
    expect(await d1.execute('/* all */ UPDATE v SET a = 3 RETURNING a')).toEqual({ changes: 2 })
    expect(await d1.execute('DROP TABLE v')).toEqual({ changes: 0 })
    expect(await d1.execute('SELECT 1')).toEqual({ changes: 0 })
  })

  test('more texts than can be bound are sent as literals', async () => {
    const d1 = await connect(server().createDatabase().url)
    const texts = Array.from({ length: 130 }, (_, at) => `text ${at}`)
    const rows = await d1.query(`SELECT * FROM (VALUES ${texts.map(() => '(?)').join(', ')})`, texts)
    expect(rows.map((row) => row.column1)).toEqual(texts)
  })

  test('of as many columns as a table may have are read in a list too', async () => {
    const d1 = await connect(server().createDatabase().url)
    const names = Array.from({ length: 100 }, (_, at) => `n${at}`)
    await d1.execute(`CREATE TABLE wide (${names.join(', ')})`)
    await d1.execute(`INSERT INTO wide (n0, n99) VALUES (1, 2.5)`)
    const scope = await d1.begin()
    const [row] = await d1.query('SELECT * FROM wide')
    expect([row?.n0, row?.n50, row?.n99]).toEqual([1n, null, 2.5])
    await d1.execute('UPDATE wide SET n0 = 5')
    await scope.commit()
    expect(await d1.query('SELECT n0 FROM wide')).toEqual([{ n0: 5n }])
  })
})
