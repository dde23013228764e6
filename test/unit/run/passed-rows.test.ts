import type { SqlValue, StepDatabase } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { errorOf, line } from '../../kit/migrator.ts'
import { migratorOn, temporaryFolder } from './kit.ts'

// What a backfill passes on SQLite: each row once, with the values that it holds.

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`
const using = <T>(work: (client: Database.Database) => T): T => {
  const client = new Database(file())
  try {
    return work(client)
  } finally {
    client.close()
  }
}
const sql = (statement: string): unknown => using((client) => client.exec(statement))
const rows = (statement: string): unknown[] => using((client) => client.prepare(statement).raw().all())

const step = (work: (db: StepDatabase) => Promise<void>) =>
  migratorOn(
    file(),
    line((op) => op.run('step', work)),
  ).upgrade()
async function passed(column: string, batch: number): Promise<unknown[]> {
  const all: unknown[] = []
  const each = async (page: readonly { readonly [name: string]: SqlValue }[]): Promise<void> =>
    void all.push(...page.map((row) => row[column]))
  await step(async (db) => void (await db.backfill({ table: 't', columns: [column], batch, step: each })))
  return all
}

test.each(['UTF-16le', 'UTF-16be', 'UTF-8'])('texts of a page with U+FFFD are what %s holds', async (encoding) => {
  sql(
    `PRAGMA encoding = '${encoding}'; CREATE TABLE t (code TEXT NOT NULL PRIMARY KEY, name TEXT); INSERT INTO t VALUES ('x', 'Zoë'), ('y', 'a' || char(65533)), ('z', 'plain'), (char(65533), 'key')`,
  )
  expect(await passed('name', 10)).toEqual(['Zoë', 'a\uFFFD', 'plain', 'key'])
})

test('texts of a page with U+FFFD are of their rows, whatever the key is called', async () => {
  sql(`CREATE TABLE t ("$a" INTEGER NOT NULL PRIMARY KEY, a TEXT)`)
  sql(`INSERT INTO t VALUES (1, 'z'), (2, 'b' || char(65533)), (3, CAST(x'61ff' AS TEXT)), (4, 'a')`)
  expect(await passed('a', 10)).toEqual(['z', 'b\uFFFD', 'a\uFFFD', 'a'])
})

test('a unique index that tells apart what its column finds to be equal is no key to pass rows by', async () => {
  sql('CREATE TABLE t (code TEXT NOT NULL COLLATE NOCASE, n INTEGER)')
  sql('CREATE UNIQUE INDEX u ON t (code COLLATE BINARY)')
  sql(`INSERT INTO t VALUES ('a', 1), ('A', 2), ('b', 3), ('B', 4)`)
  expect((await passed('n', 1)).toSorted()).toEqual([1n, 2n, 3n, 4n])
})

test('a primary key that tells apart what its column finds to be equal is no key to pass rows by', async () => {
  sql('CREATE TABLE t (code TEXT NOT NULL COLLATE NOCASE, n INTEGER, PRIMARY KEY (code COLLATE BINARY))')
  sql(`INSERT INTO t VALUES ('a', 1), ('A', 2), ('b', 3), ('B', 4)`)
  expect((await passed('n', 1)).toSorted()).toEqual([1n, 2n, 3n, 4n])
})

test('without a rowid such a primary key is refused', async () => {
  sql('CREATE TABLE t (code TEXT NOT NULL COLLATE NOCASE, n INTEGER, PRIMARY KEY (code COLLATE BINARY)) WITHOUT ROWID')
  sql(`INSERT INTO t VALUES ('a', 1), ('A', 2)`)
  expect((await errorOf(passed('n', 1))).code).toBe('INVALID_OPTION')
})

test('rows of 1,200 columns are passed', async () => {
  const names = Array.from({ length: 1200 }, (_, at) => `c${at}`)
  sql(`CREATE TABLE t (id INTEGER PRIMARY KEY, ${names.join(', ')}); INSERT INTO t (id, c0) VALUES (1, 'a')`)
  const all: unknown[] = []
  const each = async (page: readonly { readonly c0?: SqlValue }[]): Promise<void> =>
    void all.push(...page.map(({ c0 }) => c0))
  await step(async (db) => void (await db.backfill({ table: 't', columns: names, step: each })))
  expect(all).toEqual(['a'])
})

test.each(['BLOB', ''])('a key of the type "%s" may be of all classes', async (type) => {
  sql(`CREATE TABLE t (k ${type} NOT NULL PRIMARY KEY, n INTEGER)`)
  sql(`INSERT INTO t VALUES (1, 0), (1.5, 1), ('1', 2), ('1.5', 3), ('x', 4), (x'', 5), (x'00', 6)`)
  let found = 0
  await step(async (db) => {
    await db.backfill({
      table: 't',
      columns: ['n'],
      batch: 1,
      step: async (page) => {
        const changed = page.map(({ k = null, n }) => ({ key: { k }, set: { n: Number(n) + 10 } }))
        found += await db.updateEach({ table: 't', rows: changed })
      },
    })
  })
  expect(found).toBe(7)
  expect(rows('SELECT n FROM t ORDER BY k')).toEqual([[10], [11], [12], [13], [14], [15], [16]])
})

test('a table without a key may have a column rowid', async () => {
  sql(`CREATE TABLE t (rowid TEXT, n INTEGER); INSERT INTO t VALUES ('a', 1), (NULL, 2), ('a', 3)`)
  expect(await passed('n', 1)).toEqual([1n, 2n, 3n])
})
