import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isCurrentSnapshot, loadSnapshot, makeSnapshot, prepareSnapshot } from '@org/migrate-autogenerate'
import { createMigrator, integer, type Revision, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, onTestFinished, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { driverText } from '../../kit/script-text.ts'
import { chainOf } from '../../unit/last-run/kit.ts'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'
import { differencesBetween } from './kit.ts'
import { rich } from './rich.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'snapshot-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
const at = (path: string) => sqliteDialect({ url: `sqlite:///${path}` })

test('a rich schema: loaded, it equals the whole chain, with its reference rows, for the driver too', async () => {
  const base = folder()
  const [chain, loaded, plain] = ['chain.db', 'loaded.db', 'plain.db'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ]
  await migratorOf(at(chain), rich()).upgrade()
  const snapshot = await makeSnapshot(migratorOf(at(join(base, 'no.db')), rich()))
  expect(snapshot).toMatchObject({
    dialect: 'sqlite',
    server: 'SQLite',
    heads: ['main:r4'],
    without: [],
    withoutRows: [],
  })
  expect(snapshot.text).toMatch(
    /^-- sha256: [0-9a-f]{64}\n-- schema snapshot 1, [^\n]+\n-- dialect: sqlite\n-- server: SQLite\n-- heads: main:r4\n-- revisions: [0-9a-f]{64}\n-- schema: [0-9a-f]{64}\n\n/,
  )
  expect((await makeSnapshot(migratorOf(at(join(base, 'no.db')), rich()))).text).toBe(snapshot.text)
  const migrator = migratorOf(at(loaded), rich())
  expect(await isCurrentSnapshot(migrator, snapshot.text.replaceAll('\n', '\r\n'))).toBe(true)
  expect(await loadSnapshot(migrator, snapshot.text)).toMatchObject({
    stamped: ['main:r1', 'main:r2', 'main:r3', 'main:r4'],
    heads: [{ tier: 'main', heads: ['r4'] }],
  })
  expect((await migrator.plan()).steps).toEqual([])
  executeIn(plain, driverText(snapshot.text))
  for (const path of [loaded, plain]) {
    expect(await differencesBetween(at(chain), at(path))).toEqual([])
    expect(rowsOf(path, 'SELECT code, above, title FROM sorts ORDER BY code')).toEqual([
      { code: 'a', above: 'z', title: null },
      { code: 'z', above: null, title: "it's ; a\nroot \\ %" },
    ])
    executeIn(path, "INSERT INTO people (id, email) VALUES (1, 'e'); INSERT INTO teams (name) VALUES ('third')")
    expect(rowsOf(path, 'SELECT person FROM log ORDER BY 1')).toEqual([{ person: -1 }, { person: 1 }])
    expect(rowsOf(path, "SELECT id FROM teams WHERE name = 'third'")).toEqual([{ id: 3 }])
  }
  const reverted = await migrator.downgrade('r3', { allowDataLoss: true }).catch((error: unknown) => error)
  expect(reverted).toMatchObject({ code: 'IRREVERSIBLE' })
})

test("Open WebUI's chain: loaded, it equals the whole chain", async () => {
  const base = folder()
  const migratorAt = (name: string) => createMigrator({ dialect: at(join(base, name)), tiers: openWebuiTiers() })
  await migratorAt('chain.db').upgrade()
  const { text } = await makeSnapshot(migratorAt('no.db'))
  const loaded = migratorAt('loaded.db')
  const { stamped } = await loadSnapshot(loaded, text)
  expect(stamped).toHaveLength(39)
  expect(await differencesBetween(at(join(base, 'chain.db')), at(join(base, 'loaded.db')))).toEqual([])
  expect((await loaded.plan()).steps).toEqual([])
  executeIn(join(base, 'plain.db'), text)
  expect(await differencesBetween(at(join(base, 'chain.db')), at(join(base, 'plain.db')))).toEqual([])
})

test('a snapshot is prepared once for several databases, and loads into none with other revisions', async () => {
  const base = folder()
  const [one, two, other] = ['one.db', 'two.db', 'other.db'].map((name) => join(base, name)) as [string, string, string]
  const { text } = await makeSnapshot(migratorOf(at(join(base, 'no.db')), rich()))
  const load = await prepareSnapshot(migratorOf(at(join(base, 'no.db')), rich()), text)
  for (const path of [one, two])
    expect(await load(migratorOf(at(path), rich()))).toMatchObject({
      stamped: ['main:r1', 'main:r2', 'main:r3', 'main:r4'],
    })
  expect(await differencesBetween(at(one), at(two))).toEqual([])
  const upgraded = join(base, 'upgraded.db')
  await migratorOf(at(upgraded), rich()).upgrade()
  const hashes = 'SELECT revision, operations_hash FROM migrate_history ORDER BY id'
  expect(rowsOf(one, hashes)).toEqual(rowsOf(upgraded, hashes))
  for (const revisions of [rich().slice(0, 3), [...rich(), { revision: 'r5', downRevision: 'r4', upgrade: () => {} }]])
    await expect(load(migratorOf(at(other), revisions))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('prepared for main:r4'),
    })
  expect(rowsOf(other, "SELECT name FROM sqlite_master WHERE name IN ('teams', 'migrate_history')")).toEqual([])
})

test('a database from which downgrades preserved values is no empty one until they are restored or deleted', async () => {
  const path = join(folder(), 'app.db')
  const migrator = migratorOf(at(path), chainOf(1))
  const { text } = await makeSnapshot(migrator)
  await migrator.upgrade()
  executeIn(path, 'INSERT INTO t_r1 (id) VALUES (7), (8)')
  await migrator.downgrade('base')
  await expect(loadSnapshot(migrator, text)).rejects.toMatchObject({
    code: 'DATABASE_PROTECTED',
    message: expect.stringContaining('it has 2 preserved values, which only an upgrade restores'),
    remedy: 'Run `migrate upgrade`, which restores them; or delete them with `migrate preserved purge <revision>`.',
  })
  expect(rowsOf(path, "SELECT name FROM sqlite_master WHERE name = 't_r1'")).toEqual([])
  await migrator.upgrade()
  expect(rowsOf(path, 'SELECT id FROM t_r1 ORDER BY id')).toEqual([{ id: 7 }, { id: 8 }])
  await migrator.downgrade('base')
  expect(await migrator.preserved.purge('r1')).toBe(2)
  expect(await loadSnapshot(migrator, text)).toMatchObject({ stamped: ['main:r1'] })
})

test('a database of which a downgrade preserved the position of a counter is no empty one either, until it is deleted', async () => {
  const path = join(folder(), 'app.db')
  const numbered: Revision = {
    revision: 'r1',
    downRevision: null,
    upgrade: (op) =>
      op.createTable('numbered', (t) => {
        t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
        t.column('name', text())
        t.primaryKey(['id'])
      }),
  }
  const migrator = migratorOf(at(path), [numbered])
  const snapshot = await makeSnapshot(migrator)
  await migrator.upgrade()
  executeIn(path, "INSERT INTO numbered (name) VALUES ('a'), ('b'); DELETE FROM numbered")
  await migrator.downgrade('base')
  await expect(loadSnapshot(migrator, snapshot.text)).rejects.toMatchObject({
    code: 'DATABASE_PROTECTED',
    message: expect.stringContaining('it has the position of 1 counter, which only an upgrade restores'),
  })
  await migrator.upgrade()
  executeIn(path, "INSERT INTO numbered (name) VALUES ('c')")
  expect(rowsOf(path, 'SELECT id FROM numbered')).toEqual([{ id: 3 }])
  executeIn(path, 'DELETE FROM numbered')
  await migrator.downgrade('base')
  expect(await migrator.preserved.purge('r1')).toBe(0)
  expect(await loadSnapshot(migrator, snapshot.text)).toMatchObject({ stamped: ['main:r1'] })
})

/** How many statements the shadow databases of a snapshot of so many tables are sent outside of transactions. */
async function nonTransactionalStatements(tables: number): Promise<number> {
  let count = 0
  const dialect = at(join(folder(), 'no.db'))
  const { shadow } = dialect
  const useDatabase = shadow?.useDatabase
  if (shadow === undefined || useDatabase === undefined) throw new Error('no shadow database')
  const observed = (empty: UnloadedDialect): UnloadedDialect => {
    const connect: typeof empty.connection.connect = async (request) => {
      const session = await empty.connection.connect(request)
      const execute = session.execute.bind(session)
      const begin = session.begin.bind(session)
      let transactions = 0
      return Object.assign(session, {
        execute: (...statement: Parameters<typeof execute>) => {
          if (transactions === 0) count += 1
          return execute(...statement)
        },
        begin: async (...options: Parameters<typeof begin>) => {
          const scope = await begin(...options)
          transactions += 1
          const commit = scope.commit.bind(scope)
          return Object.assign(scope, { commit: () => commit().finally(() => (transactions -= 1)) })
        },
      })
    }
    return { ...empty, connection: { ...empty.connection, connect } }
  }
  const observedShadow: typeof shadow = {
    ...shadow,
    useDatabase: (work, request = {}) =>
      useDatabase((empty) => work({ ...empty, dialect: observed(empty.dialect) }), request),
  }
  const revisions = line((op) => {
    for (let each = 0; each < tables; each++) op.createTable(`t${each}`, (t) => t.column('id', integer()))
  })
  await makeSnapshot(migratorOf({ ...dialect, shadow: observedShadow }, revisions))
  return count
}

test('the shadow databases are written in transactions: SQLite writes its file once for many tables', async () => {
  expect(await nonTransactionalStatements(40)).toBe(await nonTransactionalStatements(4))
})
