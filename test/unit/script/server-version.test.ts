import type { OperationRecorder } from '@org/migrate-core'
import { integer, text } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'
import { skipBefore353 } from '../../kit/sqlite-client/needs-driver.ts'
import { executeIn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { sqliteClient, sqliteClientVersion } from './client.ts'

const folder = temporaryFolder()

const chain = line(
  (op: OperationRecorder) =>
    op.createTable('accounts', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('email', text())
      t.primaryKey(['id'])
    }),
  (op: OperationRecorder) => op.alterTable('accounts', (t) => t.alterColumn('email', { nullable: false })),
)

const nativeText = 'ALTER TABLE main."accounts" ALTER COLUMN "email" SET NOT NULL;'
const copy = 'INSERT OR ABORT INTO main."_migrate_new_accounts"'
const serverOf = (script: string): readonly string[] => script.match(/this script needs SQLite \S+/g) ?? []

function migratorAt(file: string) {
  return migratorOf(sqliteDialect({ url: `sqlite:${file}` }), chain)
}

test('without a version and a database the rebuild is written, which every SQLite takes', async () => {
  const script = await migratorAt(`${folder.path}/none.db`).script()
  expect([script.includes(nativeText), script.includes(copy)]).toEqual([false, true])
  expect(serverOf(script)).toContain('this script needs SQLite 3.35.0')
})

test.each(['3.53', '3.53.2', '3.60.1'])(
  'for %s the change in place is written, and an older SQLite is refused first',
  async (version) => {
    const script = await migratorAt(`${folder.path}/none.db`).script('head', { serverVersion: version })
    expect([script.includes(nativeText), script.includes(copy)]).toEqual([true, false])
    expect(script).toContain('There must be no rows with NULL in accounts.email.')
    expect(new Set(serverOf(script))).toEqual(new Set(['this script needs SQLite 3.53.0']))
    expect(script.indexOf('this script needs SQLite')).toBeLessThan(script.indexOf('CREATE TABLE "accounts"'))
  },
)

test('for an older version the script is that without one; where nothing is changed in place, no newer SQLite is needed', async () => {
  const migrator = migratorAt(`${folder.path}/none.db`)
  expect(await migrator.script('head', { serverVersion: '3.52.0' })).toBe(await migrator.script())
  expect(await migrator.script('r1', { serverVersion: '3.53' })).toBe(await migrator.script('r1'))
})

test('a script for the database is for its SQLite, or for the version that is named', async (context) => {
  skipBefore353(context)
  const file = `${folder.path}/app.db`
  await migratorAt(file).upgrade('r1')
  const own = await migratorAt(file).script('head', { from: 'current' })
  expect([own.includes(nativeText), own.includes(copy)]).toEqual([true, false])
  const named = await migratorAt(file).script('head', { from: 'current', serverVersion: '3.40' })
  expect([named.includes(nativeText), named.includes(copy)]).toEqual([false, true])
})

test.skipIf(sqliteClient === undefined)('a client of an older SQLite stops before it changes anything', async () => {
  const file = `${folder.path}/client.db`
  executeIn(file, 'CREATE TABLE other (id)')
  const script = await migratorAt(file).script('head', { serverVersion: '3.53' })
  const run = sqliteClient?.(file, script)
  const tables = rowsOf(file, "SELECT name FROM sqlite_master WHERE type = 'table'")
  if (Number(sqliteClientVersion?.split('.')[1]) >= 53) {
    expect(run?.stopped).toBe(false)
    expect(tables).toContainEqual({ name: 'accounts' })
  } else {
    expect(run).toEqual({ stopped: true, output: expect.stringContaining('this script needs SQLite 3.53.0 or later') })
    expect(tables).toEqual([{ name: 'other' }])
  }
})

test.each(['3.34.1', '2.8', '4.0', 'newest', '', '3'])(
  '"%s" is no version of SQLite that is supported',
  async (version) => {
    const error = await errorOf(migratorAt(`${folder.path}/none.db`).script('head', { serverVersion: version }))
    expect([error.code, error.details]).toEqual([
      'INVALID_OPTION',
      { option: 'serverVersion', why: `"${version}" is no supported version of sqlite` },
    ])
  },
)

test('PostgreSQL has a script for each of its versions, MySQL one for all', async () => {
  const postgres = migratorOf(postgresDialect({ url: 'postgresql://nobody@127.0.0.1:1/none' }), chain)
  expect(await postgres.script('head', { serverVersion: '14.2' })).toMatch(/PostgreSQL 1[34] or later/)
  expect((await errorOf(postgres.script('head', { serverVersion: '9.6' }))).code).toBe('INVALID_OPTION')
  const mysql = migratorOf(mysqlDialect({ url: 'mysql://nobody@127.0.0.1:1/none' }), chain)
  const error = await errorOf(mysql.script('head', { serverVersion: '8.0' }))
  expect([error.code, error.details]).toEqual([
    'INVALID_OPTION',
    { option: 'serverVersion', why: 'scripts for mysql are the same for every version' },
  ])
})
