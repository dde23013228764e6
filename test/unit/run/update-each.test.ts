import type { StepDatabase } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { errorOf, line } from '../../kit/migrator.ts'
import { migratorOn, temporaryFolder } from './kit.ts'

// What updateEach writes on SQLite: the values that `execute` writes, to the rows that are meant.

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`
function using<T>(work: (client: Database.Database) => T): T {
  const client = new Database(file())
  try {
    return work(client)
  } finally {
    client.close()
  }
}
const sql = (statement: string): unknown => using((client) => client.exec(statement))
const rows = (statement: string): unknown[] => using((client) => client.prepare(statement).raw().all())
const step = (work: (db: StepDatabase) => Promise<unknown>) =>
  migratorOn(
    file(),
    line((op) => op.run('step', async (db) => void (await work(db)))),
  ).upgrade()

test('a whole number in a column of texts is its digits', async () => {
  sql(`CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT, r REAL); INSERT INTO t VALUES ('5', 'a', 1), ('6', 'b', 1)`)
  let found = 0
  await step(async (db) => {
    const list = [5, 6].map((k) => ({ key: { k }, set: { v: k * 10, r: k } }))
    found = await db.updateEach({ table: 't', rows: list })
  })
  expect(found).toBe(2)
  expect(rows('SELECT k, v, r, typeof(r) FROM t ORDER BY k')).toEqual([
    ['5', '50', 5, 'real'],
    ['6', '60', 6, 'real'],
  ])
})

test.each([
  ['TEXT COLLATE NOCASE', 'a', 'A'],
  ['TEXT COLLATE RTRIM', 'a', 'a  '],
  ['INTEGER', '1', '1.0'],
  ['INTEGER', 1n, '01'],
  ['NUMERIC', '1.50', '1.5'],
])('two keys that a column of %s takes for one are refused before anything is changed', async (type, one, other) => {
  sql(`CREATE TABLE t (k ${type} PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('${one}', 'old'), (7, 'old')`)
  const both = [one, other].map((k, at) => ({ key: { k }, set: { v: `new ${at}` } }))
  const error = await errorOf(step((db) => db.updateEach({ table: 't', rows: both })))
  expect(error.code).toBe('INVALID_OPTION')
  expect(error.message).toContain('two rows have keys that the database takes for one')
  expect(rows('SELECT v FROM t')).toEqual([['old'], ['old']])
})

test('a key that two rows have is named before anything is changed', async () => {
  sql(`CREATE TABLE t (a TEXT, b INTEGER, v TEXT, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('x', 1, 'old')`)
  const both = [1, 2, 1].map((b, at) => ({ key: { a: 'x', b }, set: { v: `new ${at}` } }))
  const error = await errorOf(step((db) => db.updateEach({ table: 't', rows: both })))
  expect(error.code).toBe('INVALID_OPTION')
  expect(error.message).toContain('two rows have the key a = x, b = 1')
  expect(rows('SELECT v FROM t')).toEqual([['old']])
})

test('keys that a server could take for one are two rows where the column says so', async () => {
  sql(`CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES ('a', 'old'), ('A', 'old'), ('é', 'old')`)
  const both = ['a', 'A', 'é'].map((k) => ({ key: { k }, set: { v: `new ${k}` } }))
  await step((db) => db.updateEach({ table: 't', rows: both }))
  expect(rows('SELECT k, v FROM t ORDER BY k')).toEqual([
    ['A', 'new A'],
    ['a', 'new a'],
    ['é', 'new é'],
  ])
})

test('rows of one key that is not unique are no second key', async () => {
  sql(`CREATE TABLE t (k TEXT COLLATE NOCASE, v TEXT); INSERT INTO t VALUES ('a', 'old'), ('a', 'old'), ('é', 'old')`)
  const list = ['a', 'é'].map((k) => ({ key: { k }, set: { v: `new ${k}` } }))
  await step((db) => db.updateEach({ table: 't', rows: list }))
  expect(rows('SELECT v FROM t')).toEqual([['new a'], ['new a'], ['new é']])
})

/** More rows than a statement takes: each has two values, and a statement 20,000. */
const many = (set: (n: bigint) => Readonly<Record<string, bigint | string>>) =>
  Array.from({ length: 10_001 }, (_, at) => ({ key: { k: BigInt(at) }, set: set(BigInt(at)) }))
const numbered = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO t SELECT i, i FROM n`

test('a key that passes to a row of a later statement is refused before anything is changed', async () => {
  sql(`CREATE TABLE t (k INTEGER, v INTEGER); ${numbered}`)
  const up = many((k) => ({ k: k === 3n ? 10_000n : k + 1_000_000n }))
  const error = await errorOf(step((db) => db.updateEach({ table: 't', rows: up })))
  expect([error.code, error.message]).toEqual([
    'INVALID_OPTION',
    expect.stringContaining('a row gets the key by which a later row is found'),
  ])
  expect(rows('SELECT count(*) FROM t WHERE k = v')).toEqual([[10_001]])
})

test('a key that a row gets may be that of an earlier row, or its own', async () => {
  sql(`CREATE TABLE t (k INTEGER, v INTEGER); ${numbered}`)
  const down = many((k) => ({ k: k === 10_000n ? 3n : k === 5n ? 5n : k + 1_000_000n }))
  await step((db) => db.updateEach({ table: 't', rows: down }))
  expect(rows('SELECT k, v FROM t WHERE k < 1000000 ORDER BY k')).toEqual([
    [3, 10_000],
    [5, 5],
  ])
})

test.each([
  ['TEXT COLLATE NOCASE', 'key 10000', 'KEY 10000'],
  ['INTEGER', 10_000n, '010000'],
  ['TEXT COLLATE RTRIM', 'key 10000', 'key 10000 '],
])('a key of %s that passes to a later row in another spelling is refused', async (type, last, spelt) => {
  sql(`CREATE TABLE t (k ${type}, v INTEGER)`)
  const list = many(() => ({})).map((_, at) => ({
    key: { k: at === 10_000 ? last : `n${at}` },
    set: { k: at === 0 ? spelt : `m${at}` },
  }))
  const error = await errorOf(step((db) => db.updateEach({ table: 't', rows: list })))
  expect(error.message).toContain('a row gets the key by which a later row is found')
})

test('the hidden key that backfill gives finds the rows again', async () => {
  sql(`CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), ('b')`)
  await step((db) =>
    db.backfill({
      table: 't',
      columns: ['v'],
      step: async (page) => {
        const list = page.map(({ rowid = null, v }) => ({ key: { rowid }, set: { v: `${v}!` } }))
        expect(await db.updateEach({ table: 't', rows: list })).toBe(2)
      },
    }),
  )
  expect(rows('SELECT v FROM t ORDER BY rowid')).toEqual([['a!'], ['b!']])
})

test.each([
  ['raises the key of its rows', 'UPDATE t SET k = k + 10'],
  ['adds rows behind them', 'INSERT INTO t SELECT max(k) + 1, 0 FROM t'],
])('a backfill whose step %s ends with an error', async (_what, statement) => {
  sql('CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER); INSERT INTO t VALUES (1, 1), (2, 2)')
  const raise = async (db: StepDatabase): Promise<unknown> =>
    db.backfill({ table: 't', columns: ['v'], batch: 1, step: async () => void (await db.execute(statement)) })
  const error = await errorOf(step(raise))
  expect(error.code).toBe('INVALID_OPTION')
  expect(error.message).toContain('of a table that had 2')
  expect(rows('SELECT k, v FROM t')).toEqual([
    [1, 1],
    [2, 2],
  ])
})
