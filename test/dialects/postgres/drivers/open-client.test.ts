import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import pg from 'pg'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { describeOn } from '../../../kit/own-sessions.ts'
import { tcpProxy } from '../../../kit/tcp-proxy.ts'
import { kinds, type OneConnection, type Rows } from './open-clients.ts'

beforeAll(ensureBuilt)

const own = `CREATE ROLE "KIND_role"; CREATE SCHEMA app; GRANT ALL ON SCHEMA app, public TO "KIND_role";
GRANT CREATE ON DATABASE "KIND_database" TO "KIND_role"`
const ofApplication = `SET TimeZone = 'Asia/Tokyo'; SET search_path TO app, public; SET lock_timeout = '9s'; SET ROLE "KIND_role";
LISTEN news; PREPARE mine AS SELECT 1; CREATE TEMP TABLE mine (id int); SELECT pg_advisory_lock(7)`
const read = `SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path, current_setting('lock_timeout') AS lock,
  current_setting('role') AS role, current_setting('work_mem') AS memory, current_setting('DateStyle') AS style,
  current_setting('row_security') AS security, current_setting('application_name') AS name,
  (SELECT json_agg(c)::text FROM pg_listening_channels() c) AS channels,
  (SELECT string_agg(name, ',') FROM pg_prepared_statements WHERE from_sql) AS prepared,
  (SELECT string_agg(relname, ',') FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS temporary,
  (SELECT string_agg(objid::text, ',') FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`

function testsOf(kind: string, databaseUrl: () => Promise<{ readonly url: string; readonly name: string }>): void {
  const connected = async (): Promise<OneConnection & { filled(text: string): string }> => {
    const { url, name } = await databaseUrl()
    const one = await (kinds[kind] as (typeof kinds)[string])(url)
    const filled = (text: string): string =>
      text.replaceAll('KIND_role', `role_of_${name}`).replaceAll('KIND_database', name)
    return { ...one, filled }
  }

  test('what the session was is what it is again, also after a failure inside a transaction', async () => {
    const { client, sql, filled } = await connected()
    await sql(filled(own))
    await sql(filled(ofApplication))
    const before = await sql(read)
    const role = filled('KIND_role')
    expect(before).toEqual([
      {
        zone: 'Asia/Tokyo',
        path: 'app, public',
        lock: '9s',
        role,
        memory: before[0]?.memory,
        style: 'ISO, MDY',
        security: 'on',
        name: before[0]?.name,
        channels: '["news"]',
        prepared: 'mine',
        temporary: 'mine',
        locks: '7',
      },
    ])
    const session = await postgresDialect({ driver: client, applicationName: 'ours' }).connection.connect({
      purpose: 'run',
    })
    expect(await session.query("SELECT current_setting('TimeZone') AS z, current_schema()::text AS s")).toMatchObject([
      { z: 'UTC', s: 'app' },
    ])
    await session.runLock?.('head').take()
    await session.execute("SET work_mem = '9MB'")
    await session.execute("SET TimeZone = 'Europe/Oslo'")
    await session.execute('RESET lock_timeout')
    await session.execute('LISTEN ours')
    await session.execute('PREPARE ours AS SELECT 2')
    await session.execute('CREATE TEMP TABLE ours (id int)')
    await session.query('SELECT pg_advisory_lock(8)')
    await session.execute('SET ROLE NONE')
    for (const id of [1n, 2n, 3n]) await session.query('SELECT ? + 1 AS n', [id])
    await session.begin()
    await expect(session.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' })
    await session.close()
    expect(await sql(read)).toEqual(before)
    if (kind !== 'PGlite') await sql('RESET ROLE; DISCARD ALL').catch(() => sql('RESET ROLE'))
  })

  test('what a revision takes away is there again, and custom settings that it sets are not', async () => {
    const { client, sql } = await connected()
    await sql(
      "LISTEN news; SELECT pg_advisory_lock(7), pg_advisory_lock_shared(7, 1); SET app.tenant = 'a'; SET app.kept = 'k'",
    )
    const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
    await session.execute('UNLISTEN *')
    await session.query('SELECT pg_advisory_unlock_all()')
    await session.execute("SET app.tenant = 'b'")
    await session.execute(`DO $$ BEGIN SET "app".own TO 'c'; END $$`)
    await session.query("SELECT set_config('app.called', 'd', false)")
    await session.query('SELECT set_config(?, ?, false)', ['app.valued', 'e'])
    await session.begin()
    await expect(session.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' })
    await expect(session.query("SET app.late = 'f'")).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    await session.close()
    expect(
      await sql(`SELECT current_setting('app.tenant') AS tenant, current_setting('app.kept') AS kept,
        current_setting('app.own', true) AS own, current_setting('app.called', true) AS called,
        current_setting('app.valued', true) AS valued, current_setting('app.late', true) AS late,
        (SELECT json_agg(c)::text FROM pg_listening_channels() c) AS channels,
        (SELECT string_agg(objid::text || mode, ',' ORDER BY objid) FROM pg_locks
          WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`),
    ).toEqual([
      {
        tenant: 'a',
        kept: 'k',
        own: '',
        called: '',
        valued: '',
        late: null,
        channels: '["news"]',
        locks: '1ShareLock,7ExclusiveLock',
      },
    ])
  })

  test('a session that is given up while it begins leaves nothing of its own', async () => {
    const { client, sql } = await connected()
    await sql("SET TimeZone = 'Asia/Tokyo'")
    const own = "SELECT current_setting('TimeZone') AS zone, current_setting('application_name') AS name"
    const before = await sql(own)
    const { connection } = postgresDialect({ driver: client, applicationName: 'ours' })
    const ends = new Set<string>()
    for (let turns = 0; turns < 60; turns += 1) {
      const stop = new AbortController()
      const connecting = connection.connect({ purpose: 'run', signal: stop.signal }).then(
        (session) => session.close().then(() => 'connected'),
        (error: Error) => error.message,
      )
      // PGlite answers in the turn of the loop in which it is asked.
      for (let turn = 0; turn < turns; turn += 1)
        await (kind === 'PGlite' ? Promise.resolve().then() : new Promise((resolve) => setImmediate(resolve)))
      stop.abort(new Error('stopped'))
      ends.add(await connecting)
      expect(await sql(own)).toEqual(before)
    }
    expect(ends).toContain('stopped')
  })

  test('a client with an open transaction is refused, and the transaction continues', async () => {
    const { client, sql } = await connected()
    await sql('CREATE TABLE t (n int)')
    await sql('BEGIN ISOLATION LEVEL REPEATABLE READ; INSERT INTO t VALUES (1)')
    await expect(postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'ALREADY_IN_TRANSACTION',
      message: expect.stringMatching(/^the client given as `driver` has a transaction open on /),
    })
    await sql('INSERT INTO t VALUES (2)')
    await sql('COMMIT')
    expect(await sql('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }])
    // The pool of pg ends a connection on which a query failed.
    if (kind === 'pg.Pool') return
    await sql('BEGIN')
    await sql('SELECT nothing').catch(() => undefined)
    await expect(postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'ALREADY_IN_TRANSACTION',
    })
    await sql('ROLLBACK')
    const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
    await session.close()
  })

  test('on one connection a second session is refused in time, and a shadow is made inside the first', async () => {
    const { client } = await connected()
    const dialect = postgresDialect({ driver: client, connectTimeoutMs: 2_000 })
    const session = await dialect.connection.connect({ purpose: 'inspect' })
    await expect(dialect.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { why: 'its one connection is used by another session of this program' },
    })
    const counted = await dialect.shadow?.use(async (shadow) => {
      await shadow.session.execute('CREATE TABLE made (id int)')
      return shadow.session.query('SELECT count(*) AS n FROM made')
    })
    expect(counted).toMatchObject([{ n: 0n }])
    expect(await session.query("SELECT to_regclass('made')::text AS made")).toMatchObject([{ made: null }])
    await expect(session.execute('CREATE TABLE no (id int)')).rejects.toMatchObject({ code: '25006' })
    await session.close()
    const next = await dialect.connection.connect({ purpose: 'run' })
    await next.execute('CREATE TABLE yes (id int)')
    await next.close()
  })

  test('what the application sends meanwhile waits, and is no part of the transaction', async () => {
    const { client, sql } = await connected()
    await sql('CREATE TABLE t (n int)')
    const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    const sent = sql('INSERT INTO t VALUES (2)')
    await session.execute('INSERT INTO t VALUES (3)')
    await scope.rollback()
    await session.close()
    await sent
    expect(await sql('SELECT n FROM t')).toEqual([{ n: 2 }])
  })
}

for (const kind of ['pg.Pool', 'pg.Client', 'postgres.js'])
  describeOn('postgres', `an open client: ${kind}`, (createDatabase) => {
    testsOf(kind, createDatabase)

    test('a killed run leaves nothing half; the next one ends at head, and goes down again', async () => {
      const { url, sql } = await createDatabase()
      await killedAndResumed(kind, url, sql)
    })

    test('a lock of the application that another session took in the meantime is reported', async () => {
      const { url } = await createDatabase()
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      onTestFinished(() => other.end())
      const { client, sql } = await (kinds[kind] as (typeof kinds)[string])(url)
      await sql('SELECT pg_advisory_lock(7)')
      const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
      await session.query('SELECT pg_advisory_unlock(7)')
      await other.query('SELECT pg_advisory_lock(7)')
      await expect(session.close()).rejects.toMatchObject({
        code: 'SESSION_SETTING_REFUSED',
        message: expect.stringMatching(/^an advisory lock of the client given as `driver` was freed in the run, and/),
      })
      await other.query('SELECT pg_advisory_unlock(7)')
      await sql('SELECT pg_advisory_lock(7)')
      const next = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
      await next.close()
      expect(
        await sql("SELECT 1 AS held FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
      ).toEqual([{ held: 1 }])
    })

    test('a session that is closed while its statement runs gives the only connection back at once', async () => {
      const { url } = await createDatabase()
      const { client, sql } = await (kinds[kind] as (typeof kinds)[string])(url)
      await sql("SET TimeZone = 'Asia/Tokyo'")
      const state = "SELECT pg_backend_pid() AS pid, current_setting('TimeZone') AS zone"
      const before = await sql(state)
      const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
      const running = expect(session.query('SELECT pg_sleep(3600)')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await new Promise((resolve) => setTimeout(resolve, 300))
      await session.close()
      await running
      expect(await sql(state)).toEqual(before)
    })

    test('the only connection is given up when it lets nothing through any more', async () => {
      const { url } = await createDatabase()
      const proxy = await tcpProxy(url)
      const { client, sql } = await (kinds[kind] as (typeof kinds)[string])(proxy.url)
      if (client instanceof pg.Client) client.on('error', () => undefined)
      if (client instanceof pg.Pool) client.on('error', () => undefined)
      const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
      proxy.rule(() => 'silence')
      const sent = sql('SELECT 1 AS one').catch((error: Error) => error.message)
      const running = expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await session.close()
      await running
      proxy.calm()
      if (kind === 'pg.Client') expect(await sent).toBe('Client was closed and is not queryable')
      else expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })

    test('a connection that the server ends is lost, and the client of a pool continues with another', async () => {
      const { url, sql: admin } = await createDatabase()
      const { client, sql } = await (kinds[kind] as (typeof kinds)[string])(url)
      if (client instanceof pg.Client) client.on('error', () => undefined)
      if (client instanceof pg.Pool) client.on('error', () => undefined)
      const session = await postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
      const [row] = await session.query('SELECT pg_backend_pid() AS pid')
      await admin(`SELECT pg_terminate_backend(${row?.pid})`)
      await expect(session.query('SELECT pg_sleep(1)')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      expect(session.isOpen).toBe(false)
      await session.close()
      // postgres.js 3.4.9 by itself may leave the next query of a client unanswered, where the server ended a reserved connection.
      if (kind === 'postgres.js') return
      if (kind === 'pg.Client') await expect(sql('SELECT 1 AS one')).rejects.toThrow('not queryable')
      else expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
  })

describe('an open client: PGlite', () => {
  testsOf('PGlite', async () => ({ url: '', name: 'postgres' }))

  test('a killed run leaves nothing half; the next one ends at head, and goes down again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pglite-open-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const data = join(folder, 'data')
    await killedAndResumed('PGlite', data, async (query) => {
      const db = await PGlite.create(data)
      try {
        return (await db.query(query)).rows as Rows
      } finally {
        await db.close()
      }
    })
  })
})

async function killedAndResumed(kind: string, url: string, sql: (text: string) => Promise<Rows>): Promise<void> {
  const program = fileURLToPath(new URL('./client-program.mjs', import.meta.url))
  const run = (command: string) => spawnSync(process.execPath, [program, kind, url, command], { encoding: 'utf8' })
  expect(run('kill')).toMatchObject({ signal: 'SIGKILL' })
  const tables = "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname IN ('a', 'b') ORDER BY 1"
  expect(await sql(tables)).toEqual([])
  expect(run('upgrade')).toMatchObject({ status: 0, stderr: '' })
  expect(await sql(tables)).toEqual([{ name: 'a' }, { name: 'b' }])
  expect(await sql('SELECT id FROM b')).toEqual([{ id: 7 }])
  expect(run('downgrade')).toMatchObject({ status: 0, stderr: '' })
  expect(await sql(tables)).toEqual([])
}
