import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { needsDriver } from '../../../kit/sqlite-client/needs-driver.ts'
import { type TestDatabase, testDatabase } from '../../../openwebui/chain/kit/database.ts'
import { type ExpectedRow, readExpected, rowDifferences } from '../../../openwebui/chain/kit/expected.ts'
import { dataOf, masterOf, schemaOf, tableNames } from '../../../openwebui/chain/kit/schema.ts'
import { keyed } from './kit.ts'

needsDriver('better-sqlite3-multiple-ciphers')

const key = `x'${'c0ffee17'.repeat(8)}'`

const rowsExpected = readExpected<{
  readonly tables: Readonly<Record<string, { readonly key: readonly string[]; readonly rows: readonly ExpectedRow[] }>>
}>('expected-head.json')

/** Texts that could not stand in a file by chance. */
function textsOf(db: TestDatabase): readonly string[] {
  const plainTexts = new Set<string>()
  for (const table of tableNames(db)) {
    plainTexts.add(table)
    for (const row of db.rows(`SELECT * FROM "${table}"`))
      for (const value of Object.values(row)) if (typeof value === 'string') plainTexts.add(value.slice(0, 200))
  }
  return [...plainTexts].filter((text) => Buffer.byteLength(text) >= 5)
}

/** Which of the texts stand in a file of the folder, the logs and the lock included. */
const stored = (db: TestDatabase, plainTexts: readonly string[]): readonly string[] => {
  const home = path.dirname(db.path)
  return readdirSync(home).flatMap((name) => {
    const bytes = readFileSync(path.join(home, name))
    return plainTexts.filter((text) => bytes.includes(text)).map((text) => `${name}: ${text}`)
  })
}

it("Open WebUI's chain goes up, down and up again on an encrypted file, none of whose bytes are those of a text or a table", async () => {
  const [db, plain] = [testDatabase({ key }), testDatabase()]
  plain.load('legacy-018.sql')
  await plain.migrator.upgrade()
  const plainTexts = textsOf(plain)
  expect(plainTexts.length).toBeGreaterThan(500)
  // It can be seen where it is.
  expect(stored(plain, plainTexts).length).toBeGreaterThan(500)

  db.load('legacy-018.sql')
  const before = { master: masterOf(db), data: dataOf(db) }
  await db.migrator.upgrade()
  expect(stored(db, [...plainTexts, 'c0ffee17'])).toEqual([])
  expect(schemaOf(db)).toEqual(schemaOf(plain))
  expect(
    Object.entries(rowsExpected.tables).flatMap(([table, each]) => rowDifferences(db, table, each.key, each.rows)),
  ).toEqual([])

  await db.migrator.downgrade('base')
  expect(masterOf(db)).toEqual(before.master)
  expect(dataOf(db)).toEqual(before.data)
  await db.migrator.upgrade()
  expect(stored(db, [...plainTexts, 'c0ffee17'])).toEqual([])
  expect((await db.migrator.status()).state).toBe('atHead')
})

it('neither are those of its write-ahead log', async () => {
  const db = testDatabase({ key })
  // An open reader keeps the log from being taken back into the file.
  const reader = keyed(db.path, key)
  reader.exec('PRAGMA journal_mode = wal; CREATE TABLE kept_open (a); BEGIN; SELECT * FROM kept_open')
  reader.prepare('SELECT * FROM kept_open').all()
  db.load('legacy-018.sql')
  await db.migrator.upgrade()
  const files = readdirSync(path.dirname(db.path))
  expect(files).toContain(`${path.basename(db.path)}-wal`)
  expect(readFileSync(`${db.path}-wal`).length).toBeGreaterThan(100_000)
  expect(stored(db, [...textsOf(db), 'c0ffee17'])).toEqual([])
  reader.close()
})
