import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { client, database, hasPoolers, through } from './pgbouncer-kit.ts'

const upgrades: readonly ((op: OperationRecorder) => void)[] = [
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', text())
      t.primaryKey(['id'])
    }),
  (op) => {
    op.addColumn('t', 'b', integer(), { nullable: false, default: 5 })
    op.run('change', { up: async (db) => void (await db.execute(`UPDATE t SET a = 'changed'`)), down: 'none' })
    op.createTable('u', (t) => t.column('id', integer()))
  },
  (op) => op.dropTable('t', { preserve: true }),
]

/** Leaves that in every session of the pool: each client holds its own while the others come. */
async function leaveInPool(url: string, sql: string): Promise<void> {
  const clients = [1, 2, 3].map(() => client(url))
  await Promise.all(clients.map((each) => each.unsafe('BEGIN; SELECT pg_sleep(0.3); COMMIT').simple()))
  await Promise.all(clients.map((each) => each.unsafe(`SELECT pg_sleep(0.3); ${sql}`).simple()))
  await Promise.all(clients.map((each) => each.end()))
}

/** A table of the server's own, so that its temporary copies have rows of theirs. */
const temporary = (table: string): string =>
  `CREATE TEMP TABLE IF NOT EXISTS ${table} (LIKE public.${table} INCLUDING ALL)`

describe.runIf(hasPoolers)("what another client left in the pool's sessions", () => {
  test.each([
    ['a temporary table of that name', () => `${temporary('t')}; INSERT INTO t VALUES (99) ON CONFLICT DO NOTHING`],
    [
      'temporary tables with the names of the history',
      () => ['migrate_history', 'migrate_version', 'migrate_lock'].map(temporary).join(';'),
    ],
    ['a role', (role: string) => `SET ROLE ${role}`],
    ['another user', (role: string) => `SET SESSION AUTHORIZATION ${role}`],
    ['that transactions only read', () => 'SET default_transaction_read_only = on'],
  ])('does not take part in a run: %s', async (_what, leftover) => {
    const db = await database()
    const role = `other_${db.name}`
    await db.sql(`CREATE ROLE ${role} SUPERUSER`)
    onTestFinished(async () => void (await db.sql(`DROP ROLE ${role}`)))
    const url = through('transaction', db)
    const migrator = migratorOf(postgresDialect({ url, lock: 'table' }), line(...upgrades))
    await migrator.upgrade('r1')
    await db.sql(`INSERT INTO t VALUES (1, 'first')`)
    await leaveInPool(url, leftover(role))
    await migrator.upgrade('r2')
    expect(await db.sql('SELECT * FROM public.t')).toEqual([{ id: 1, a: 'changed', b: 5 }])
    expect(await db.sql(`SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'u'`)).toEqual([
      { tableowner: 'postgres' },
    ])
    await migrator.upgrade('r3')
    expect(await db.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = 't'`)).toEqual([])
    await migrator.downgrade('r2')
    expect(await db.sql('SELECT * FROM public.t')).toEqual([{ id: 1, a: 'changed', b: 5 }])
  })
})

describe.runIf(hasPoolers)('a schema that a run makes through a pool', () => {
  test.each([
    ['another search path', () => 'SET search_path TO pg_catalog'],
    ['a role', (role: string) => `SET ROLE ${role}`],
    ['that transactions only read', () => 'SET default_transaction_read_only = on'],
  ])("is the run's, whatever another client left in its sessions: %s", async (_what, leftover) => {
    const db = await database()
    const role = `other_${db.name}`
    await db.sql(`CREATE ROLE ${role} SUPERUSER`)
    onTestFinished(async () => void (await db.sql(`DROP ROLE ${role}`)))
    const url = through('transaction', db)
    await leaveInPool(url, leftover(role))
    await migratorOf(postgresDialect({ url, lock: 'table', schema: 'own' }), line(...upgrades)).upgrade('r1')
    expect(await db.sql(`SELECT nspowner::regrole::text AS owner FROM pg_namespace WHERE nspname = 'own'`)).toEqual([
      { owner: 'postgres' },
    ])
    expect(await db.sql(`SELECT schemaname FROM pg_tables WHERE tablename = 't'`)).toEqual([{ schemaname: 'own' }])
  })
})

describe.runIf(hasPoolers)('a database that takes no changes by its own setting', () => {
  test('is refused through a pool, as on a direct connection', async () => {
    const db = await database()
    await db.sql(`ALTER DATABASE ${db.name} SET default_transaction_read_only = on`)
    const url = through('transaction', db)
    const migrator = migratorOf(postgresDialect({ url, lock: 'table' }), line(...upgrades))
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'DATABASE_READ_ONLY' })
  })
})
