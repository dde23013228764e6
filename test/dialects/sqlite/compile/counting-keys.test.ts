import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bigint, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'

const identity = { mode: 'byDefault' } as const

const keyed =
  (type: ColumnType, counts: boolean) =>
  (op: OperationRecorder): void =>
    op.createTable('t', (t) => {
      t.column('id', type, { nullable: false, ...(counts ? { identity } : {}) })
      t.column('a', text())
      t.primaryKey(['id'])
    })

function database(): { readonly url: string; readonly client: Database.Database } {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-counting-'))
  const file = join(folder, 'app.db')
  const client = new Database(file)
  onTestFinished(() => {
    client.close()
    rmSync(folder, { recursive: true })
  })
  return { url: `sqlite:${file}`, client }
}

it('a key of texts counts by no revision, and its texts stay texts', async () => {
  const { url, client } = database()
  const dialect = sqliteDialect({ url })
  const refusal = {
    code: 'UNSUPPORTED',
    message: expect.stringContaining(
      'AUTOINCREMENT counts in a column of the type INTEGER, and this one is VARCHAR(20)',
    ),
  }
  expect(await errorOf(migratorOf(dialect, line(keyed(varchar(20), true))).plan())).toMatchObject(refusal)
  const migrator = migratorOf(
    dialect,
    line(keyed(varchar(20), false), (op) => op.alterColumn('t', 'id', { identity })),
  )
  await migrator.upgrade('r1')
  client.exec("INSERT INTO t VALUES ('007', 'James')")
  expect(await errorOf(migrator.plan())).toMatchObject(refusal)
  expect(client.prepare('SELECT id FROM t').pluck().all()).toEqual(['007'])
})

it('a key that SQLite gives is named where another type takes that away', async () => {
  const { url, client } = database()
  const migrator = migratorOf(
    sqliteDialect({ url }),
    line(keyed(integer(), true), (op) => op.alterColumn('t', 'id', { type: bigint() })),
  )
  await migrator.upgrade('r1')
  client.exec("INSERT INTO t (a) VALUES ('one')")
  expect((await migrator.plan()).steps[0]?.notes).toEqual([
    'SQLite gives t.id to each new row while its type is INTEGER, and with BIGINT no more: each INSERT without it will fail; INTEGER has 64 bits, so leave it as it is with op.on()',
  ])
  await migrator.upgrade()
  expect(() => client.exec("INSERT INTO t (a) VALUES ('two')")).toThrow('NOT NULL constraint failed: t.id')
})

it('a key that counts on in the same change has no such note', async () => {
  const { url, client } = database()
  const migrator = migratorOf(
    sqliteDialect({ url }),
    line(keyed(integer(), true), (op) => op.alterColumn('t', 'id', { type: bigint(), identity })),
  )
  await migrator.upgrade('r1')
  expect((await migrator.plan()).steps[0]?.notes).toEqual([])
  await migrator.upgrade()
  client.exec("INSERT INTO t (a) VALUES ('one')")
  expect(client.prepare('SELECT id FROM t').pluck().all()).toEqual([1])
})
