import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { bigint, column, table, text } from '@org/migrate-core'
import { openSqlite, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFile } from '../../../../packages/dialect-sqlite/src/connection/connection.ts'
import { SqliteServiceConnection } from '../../../../packages/dialect-sqlite/src/connection/service-connection.ts'
import { code } from '../../../kit/service-database.ts'
import { asSql, clientOf, serviceTransactions } from '../../../kit/service-transactions.ts'

const item = toDrizzle(
  table('item', { id: column(text(), { nullable: false }), n: column(bigint()) }, { primaryKey: ['id'] }),
)

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'open-sqlite-'))
  file = path.join(folder, 'a.db')
  const raw = new Database(file)
  raw.exec('CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, n BIGINT)')
  raw.close()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = () => openSqlite({ url: file, maxConnections: 1 })
type Db = ReturnType<typeof open>['db']

const stored = () => {
  const raw = new Database(file, { readonly: true })
  const rows = raw.prepare('SELECT id FROM item').all() as { id: string }[]
  raw.close()
  return rows.map(({ id }) => id)
}

describe('openSqlite', () => {
  serviceTransactions<Db>({
    open: async () => open(),
    senders: {
      'db.run of raw SQL': (db, text) => db.run(asSql.raw(text)),
      'db.run of a tag': (db, text) => db.run(asSql.tagged(text)),
      'db.all': (db, text) => db.all(asSql.raw(text)),
      'db.get': (db, text) => db.get(asSql.raw(text)),
      'db.values': (db, text) => db.values(asSql.raw(text)),
      'a text': (db, text) => db.run(text),
      'the client of Drizzle': (db, text) => clientOf(db)(text, [], 'run'),
      'a batch': (db, text) => db.batch([db.run(asSql.raw(text))]),
    },
    insert: (db, id) => db.insert(item).values({ id }),
    transaction: (db, body) => db.transaction((inner) => body(inner as unknown as Db)),
    stored: async () => stored(),
    statements: ['BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE', ';BEGIN IMMEDIATE', ';; /* x */ ; COMMIT', 'END', '\uFEFFBEGIN'],
  })

  it('takes one statement at a time', async () => {
    const database = open()
    await expect(database.db.run(sql.raw(`INSERT INTO item VALUES ('a', 1); BEGIN`))).rejects.toThrow()
    await expect(database.db.run(sql.raw(`BEGIN; INSERT INTO item VALUES ('a', 1)`))).rejects.toThrow()
    await database.db.insert(item).values({ id: 'kept' })
    await database.close()
    expect(stored()).toEqual(['kept'])
  })

  it('rolls back a transaction that a statement leaves open, gives the connection up, and says so', async () => {
    const connection = await openFile(file, { purpose: 'run', waitMs: 100, key: undefined })
    const line = new SqliteServiceConnection(connection, 100)
    // No statement does that; one that SQLite learns one day might.
    connection.db.exec(`BEGIN; INSERT INTO item VALUES ('lost', 1)`)
    expect(await line.alive()).toBe(false)
    await expect(line.send('SELECT 1', [])).rejects.toEqual(code('UNSUPPORTED'))
    expect(line.isOpen).toBe(false)
    expect(stored()).toEqual([])
  })

  it('refuses them in memory too', async () => {
    const database = openSqlite({ url: ':memory:' })
    await expect(database.db.run(sql.raw('BEGIN IMMEDIATE'))).rejects.toEqual(code('UNSUPPORTED'))
    await database.db.run(sql`CREATE TABLE t (a)`)
    await database.db.run(sql`INSERT INTO t VALUES (1)`)
    expect(await database.db.values(sql`SELECT a FROM t`)).toEqual([[1n]])
    await database.close()
  })
})
