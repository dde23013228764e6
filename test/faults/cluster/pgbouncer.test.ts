import { createMigrator, graphOf, integer, type OperationRecorder, revisions, text } from '@org/migrate-core'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bustle, client, database, hasPoolers, migratorAt, picture, settingsIn, through } from './pgbouncer-kit.ts'

const tables = "SELECT count(*)::int AS n FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
const advisory = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

describe.runIf(hasPoolers)('a run through PgBouncer', () => {
  test('is refused where every transaction gets another session, before it changes or locks anything', async () => {
    const db = await database()
    const url = through('transaction', db)
    const why =
      'the pooler in front of it gives every transaction another session, so that a lock of the session does not exclude other runs'
    await expect(migratorAt(url).upgrade()).rejects.toMatchObject({
      code: 'SERVER_UNSUPPORTED',
      details: { server: url, why },
      message: `${url} cannot be migrated: ${why}. Nothing was changed.`,
      remedy:
        "Give the migrator a direct URL of the server: `migrationUrl` in the configuration, or --url; or say lock: 'table' to postgresDialect, and the run is kept alone by a row with a lease.",
    })
    expect(await db.sql(tables)).toEqual([{ n: 0 }])
    expect(await db.sql(advisory)).toEqual([{ n: 0 }])
  })

  test('is refused while others use the pool as well', async () => {
    const db = await database()
    const url = through('transaction', db)
    const otherClients = bustle(url)
    try {
      for (let turn = 0; turn < 5; turn += 1) {
        await expect(postgresDialect({ url }).connection.connect({ purpose: 'run' })).rejects.toMatchObject({
          code: 'SERVER_UNSUPPORTED',
        })
      }
    } finally {
      await otherClients.stop()
    }
  })

  test.each([{}, { lock: 'table' as const }])('is refused where there are no transactions: %o', async (options) => {
    const db = await database()
    const url = through('statement', db)
    const why = 'the pooler in front of it gives every statement another session, so that there are no transactions'
    await expect(postgresDialect({ url, ...options }).connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'SERVER_UNSUPPORTED',
      details: { server: url, why },
      remedy:
        'Give the migrator a direct URL of the server: `migrationUrl` in the configuration, or --url; or let the pooler pool by transactions or sessions.',
    })
    expect(await db.sql(tables)).toEqual([{ n: 0 }])
    for (const right of [db.url, through('session', db)])
      await (await postgresDialect({ url: right }).connection.connect({ purpose: 'run' })).close()
  })

  test('is refused for an open client that goes through it, which then has a lock in a table or a direct URL', async () => {
    const db = await database()
    const pool = new pg.Pool({ connectionString: through('transaction', db), max: 3 })
    onTestFinished(() => pool.end())
    const connect = (options: PostgresOptions) => postgresDialect(options).connection.connect({ purpose: 'run' })
    await expect(connect({ driver: pool })).rejects.toMatchObject({
      code: 'SERVER_UNSUPPORTED',
      remedy:
        "Give postgresDialect a direct `url` of the server in place of the client; or say lock: 'table' to postgresDialect, and the run is kept alone by a row with a lease.",
    })
    expect(await db.sql(tables)).toEqual([{ n: 0 }])
    await (await connect({ url: db.url })).close()
    const tiers = openWebuiTiers()
    const migrator = createMigrator({ dialect: postgresDialect({ driver: pool, lock: 'table' }), tiers })
    await migrator.upgrade()
    expect((await migrator.status()).state).toBe('atHead')
  })

  test('works where every client has a session of its own, with the lock of the session', async () => {
    const [db, reference] = [await database(), await database()]
    const url = through('session', db)
    const session = await postgresDialect({ url }).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    expect(session.leased).toBeUndefined()
    expect(await session.runLock?.('migrate_history').take()).toBe(true)
    expect(await db.sql(advisory)).toEqual([{ n: 1 }])
    expect(await session.runLock?.('migrate_history').holds()).toBe(true)
    await session.close()
    await expect.poll(() => db.sql(advisory)).toEqual([{ n: 0 }])
    await migratorAt(url).upgrade()
    await migratorAt(reference.url).upgrade()
    expect(await picture(db)).toEqual(await picture(reference))
  })

  test('leaves no setting in sessions that others are given next, and looks all the same', async () => {
    const db = await database()
    await migratorAt(db.url).upgrade()
    const plain = await settingsIn(client(db.url))
    const url = through('transaction', db)
    expect((await migratorAt(url).status()).tiers).toEqual((await migratorAt(db.url).status()).tiers)
    await expect(migratorAt(url).downgrade('base')).rejects.toMatchObject({ code: 'SERVER_UNSUPPORTED' })
    await migratorAt(url, { lock: 'table', lockTimeoutMs: 4_321 }).downgrade('base')
    // As many as the pool has: each is in one of its sessions.
    const clients = [1, 2, 3].map(() => client(url))
    const settings = await Promise.all(
      clients.map((sql) => sql.begin(async (inner) => settingsIn(inner as unknown as typeof sql))),
    )
    expect(settings).toEqual([plain, plain, plain])
  })
})

describe.runIf(hasPoolers)("a run with lock: 'table' through PgBouncer that pools by transactions", () => {
  test('makes of Open WebUI’s chain what a direct one does: to head, to base, to head again', async () => {
    const [db, reference] = [await database(), await database()]
    const url = through('transaction', db)
    const otherClients = bustle(url)
    try {
      const [shared, direct] = [migratorAt(url, { lock: 'table' }), migratorAt(reference.url)]
      for (const target of ['head', 'base', 'head'] as const) {
        for (const each of [shared, direct]) await (target === 'base' ? each.downgrade(target) : each.upgrade(target))
        expect([target, await picture(db)]).toEqual([target, await picture(reference)])
      }
    } finally {
      await otherClients.stop()
    }
    expect(await db.sql('SELECT owner FROM migrate_lock WHERE id = 1')).toEqual([{ owner: null }])
    expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'e223b100ad81' }])
  })

  test('works in the schema that was asked for, whatever others have set in the session', async () => {
    const db = await database()
    const url = through('transaction', db)
    await db.sql(
      'CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int, note text); CREATE TABLE t (id int, note text)',
    )
    const tiers = [
      graphOf(
        revisions([
          {
            revision: 'r1',
            downRevision: null,
            upgrade: (op: OperationRecorder) => {
              op.createTable('t', (t) => {
                t.column('id', integer(), { nullable: false })
                t.column('note', text(), { nullable: true })
                t.primaryKey(['id'])
              })
            },
          },
          {
            revision: 'r2',
            downRevision: 'r1',
            upgrade: (op: OperationRecorder) => {
              op.run('fill', {
                up: async (step) => void (await step.execute('INSERT INTO t (id) VALUES (?)', [1n])),
                down: 'none',
              })
              op.createIndex('t', 'by_note', ['note'], { concurrently: true })
            },
          },
        ]),
      ),
    ]
    // What is no part of a transaction has the time limits that others left.
    const otherClients = bustle(url, 'RESET lock_timeout')
    try {
      const migrator = migratorAt(url, { lock: 'table', schema: 'own' }, { tiers })
      await migrator.upgrade()
      const where =
        "SELECT n.nspname, i.indisvalid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relname = 'by_note'"
      expect(await db.sql(where)).toEqual([{ nspname: 'own', indisvalid: true }])
      expect(await db.sql('SELECT id FROM own.t')).toEqual([{ id: 1 }])
      expect(await db.sql('SELECT id FROM elsewhere.t UNION ALL SELECT id FROM public.t')).toEqual([])
      await migrator.downgrade('base')
      expect(await db.sql(where)).toEqual([])
      expect(await db.sql("SELECT schemaname FROM pg_tables WHERE tablename = 't' ORDER BY 1")).toEqual([
        { schemaname: 'elsewhere' },
        { schemaname: 'public' },
      ])
    } finally {
      await otherClients.stop()
    }
  })

  test('refuses what would stay in the session, and names outside a transaction that could not be found', async () => {
    const db = await database()
    await db.sql('CREATE SCHEMA own; CREATE TABLE own.t (id int)')
    const url = through('transaction', db)
    const session = await postgresDialect({ url, lock: 'table', schema: 'own' }).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    for (const sql of ['SET search_path TO x', ' /* a */ set role x', 'RESET ALL', 'LISTEN a', 'DISCARD ALL']) {
      await expect(session.execute(sql)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    }
    await session.execute("SET LOCAL lock_timeout = '1s'")
    await expect(session.execute('VACUUM t')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: {
        why: `with lock: 'table' it has no search path of its own, and its names would not be found in "own"`,
      },
    })
    expect(await db.sql("SELECT vacuum_count::int AS n FROM pg_stat_user_tables WHERE relname = 't'")).toEqual([
      { n: 0 },
    ])
    await session.execute('CREATE INDEX CONCURRENTLY i ON t (id)')
    await session.execute('REINDEX INDEX CONCURRENTLY i')
    await session.execute('DROP INDEX CONCURRENTLY IF EXISTS none_such')
    await session.execute('DROP INDEX CONCURRENTLY "i"')
    expect(await db.sql("SELECT relname FROM pg_class WHERE relname = 'i'")).toEqual([])
  })

  test('has its limits in every transaction and around every statement', async () => {
    const db = await database()
    const url = through('transaction', db)
    const session = await postgresDialect({ url, lock: 'table', lockTimeoutMs: 700 }).connection.connect({
      purpose: 'run',
    })
    onTestFinished(() => session.close())
    const shown = async (): Promise<unknown> => {
      const [row] = await session.query(
        'SELECT current_setting($$lock_timeout$$) AS lock, current_setting($$statement_timeout$$) AS statement',
      )
      return { ...row }
    }
    const otherClients = bustle(url)
    try {
      expect(await shown()).toEqual({ lock: '700ms', statement: '0' })
      await session.limit?.({ lockMs: 10, statementMs: 60_000 })
      expect(await shown()).toEqual({ lock: '10ms', statement: '1min' })
      const scope = await session.begin()
      expect(await shown()).toEqual({ lock: '10ms', statement: '1min' })
      await session
        .savepoint(async () => {
          await session.limit?.({ lockMs: 20 })
          expect(await shown()).toEqual({ lock: '20ms', statement: '0' })
          throw new Error('back')
        })
        .catch(() => undefined)
      expect(await shown()).toEqual({ lock: '20ms', statement: '0' })
      await scope.commit()
      expect(await shown()).toEqual({ lock: '20ms', statement: '0' })
      await session.limit?.()
      expect(await shown()).toEqual({ lock: '700ms', statement: '0' })
    } finally {
      await otherClients.stop()
    }
  })

  test('gives many statements at once each its own answer, and its own failure', async () => {
    const db = await database()
    const url = through('transaction', db)
    const session = await postgresDialect({ url, lock: 'table' }).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        n % 5 === 3
          ? session.query(`SELECT ?::int / 0 AS n`, [BigInt(n)])
          : session.query('SELECT ?::int AS n', [BigInt(n)]),
      ),
    )
    answers.forEach((answer, n) => {
      if (n % 5 === 3) expect(answer).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
      else expect(answer).toEqual({ status: 'fulfilled', value: [{ n: BigInt(n) }] })
    })
    await session.execute('CREATE TABLE p (id int PRIMARY KEY)')
    await session.execute('CREATE TABLE c (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED)')
    // Only the commit says so.
    await expect(session.execute('INSERT INTO c VALUES (1)')).rejects.toMatchObject({ code: '23503' })
    expect(await db.sql('SELECT * FROM c')).toEqual([])
  })
})
