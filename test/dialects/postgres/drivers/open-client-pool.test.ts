import { PGlite } from '@electric-sql/pglite'
import { integer } from '@org/migrate-core'
import { describeDriver } from '@org/migrate-core/dialect'
import { type PostgresClient, type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/own-sessions.ts'
import { tcpProxy } from '../../../kit/tcp-proxy.ts'
import { kinds } from './open-clients.ts'

describeOn('postgres', 'the pool of an application', (createDatabase) => {
  test('two runs at once: each revision is applied once, and the pool has all its connections back', async () => {
    const { url, sql } = await createDatabase()
    const pool = new pg.Pool({ connectionString: url, max: 3 })
    onTestFinished(() => pool.end())
    const chain = line(
      (op) => op.createTable('a', (t) => t.column('id', integer())),
      (op) => op.run('row', { up: async (db) => void (await db.execute('INSERT INTO a VALUES (1)')), down: 'none' }),
    )
    const runs = [0, 1].map(() => migratorOf(postgresDialect({ driver: pool }), chain).upgrade())
    await Promise.all(runs)
    expect(await sql('SELECT count(*)::int AS n FROM a')).toEqual([{ n: 1 }])
    expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0])
  })

  test('one without a free connection is named in the error', async () => {
    const { url } = await createDatabase()
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    onTestFinished(() => pool.end())
    const dialect = postgresDialect({ driver: pool, connectTimeoutMs: 2_000 })
    const sessions = [await dialect.connection.connect({ purpose: 'run' }), await pool.connect()] as const
    await expect(dialect.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { why: 'the pool gave no connection in time; sessions of the migrator use 1 of its connections' },
    })
    sessions[1].release()
    await sessions[0].close()
    expect(await pool.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  })

  test.each<readonly [string, (url: string) => Promise<{ client: PostgresClient; release: () => Promise<void> }>]>([
    [
      'a pool of pg',
      async (url) => {
        const client = new pg.Pool({ connectionString: url, max: 1 })
        const own = await client.connect()
        onTestFinished(() => client.end())
        return { client, release: async () => own.release() }
      },
    ],
    [
      'postgres.js',
      async (url) => {
        const client = postgres(url, { max: 1, onnotice: () => undefined })
        const own = await client.reserve()
        const release = async (): Promise<void> => {
          own.release()
          // It waits for the request of the migrator, which gives its connection back.
          await client.unsafe('SELECT 1')
        }
        onTestFinished(() => client.end())
        return { client, release }
      },
    ],
  ])('the one connection of %s that the program uses is named in the error', async (_kind, open) => {
    const { url } = await createDatabase()
    const { client, release } = await open(url)
    const dialect = postgresDialect({ driver: client, connectTimeoutMs: 1_000 })
    await expect(dialect.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { why: 'its one connection did not come in time; sessions of the migrator use 0 of its connections' },
      remedy: 'Give its connections back before the run, or let a pool have more of them.',
    })
    await release()
    await (await dialect.connection.connect({ purpose: 'run' })).close()
  })

  test('a client that was ended is refused with what to do, and connects no more', async () => {
    const { url, sql } = await createDatabase()
    const chain = line((op) => op.createTable('a', (t) => t.column('id', integer())))
    const pool = new pg.Pool({ connectionString: url })
    const client = new pg.Client({ connectionString: url })
    const ofPostgres = postgres(url, { connection: { application_name: 'ended' }, onnotice: () => undefined })
    const pglite = await PGlite.create()
    await Promise.all([client.connect(), ofPostgres.unsafe('SELECT 1')])
    await Promise.all([pool.end(), client.end(), ofPostgres.end(), pglite.close()])
    for (const [driver, why] of [
      [pool, 'Cannot use a pool after calling end on the pool'],
      [client, 'Client was closed and is not queryable'],
      [ofPostgres, expect.stringMatching(/^write CONNECTION_ENDED /)],
      [pglite, 'this PGlite is closed'],
    ] as const) {
      await expect(migratorOf(postgresDialect({ driver }), chain).upgrade()).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        details: { why },
        remedy: 'Give as `driver` a client that is open, connects to the server and has a free connection.',
      })
    }
    const ended = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'ended' AND datname = current_database()`
    await expect.poll(() => sql(ended)).toEqual([{ n: 0 }])
    const open = new pg.Pool({ connectionString: url })
    onTestFinished(() => open.end())
    await migratorOf(postgresDialect({ driver: open }), chain).upgrade()
    expect(await sql('SELECT * FROM a')).toEqual([])
  })

  test('a run whose connection lets nothing through ends, also where the pool can open no other one', async () => {
    const { url } = await createDatabase()
    const proxy = await tcpProxy(url)
    const pool = new pg.Pool({ connectionString: proxy.url, max: 4 })
    pool.on('error', () => undefined)
    const dialect = postgresDialect({ driver: pool, connectTimeoutMs: 1_000, unansweredMs: 100 })
    const session = await dialect.connection.connect({ purpose: 'run' })
    proxy.rule(() => 'silence')
    await expect(session.query('SELECT 1 AS one')).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('no answer came, and the server cannot be reached on another connection either'),
    })
    await session.close()
  })

  test('a canceled statement leaves the connection usable', async () => {
    const { url } = await createDatabase()
    for (const kind of ['pg.Pool', 'pg.Client', 'postgres.js']) {
      const { client, sql } = await (kinds[kind] as (typeof kinds)[string])(url)
      const stop = new AbortController()
      const { connection } = postgresDialect({ driver: client })
      const session = await connection.connect({ purpose: 'run', signal: stop.signal })
      const slept = session.query('SELECT pg_sleep(60)')
      setTimeout(() => stop.abort(new Error('stopped')), 300)
      await expect(slept).rejects.toThrow('stopped')
      await session.close()
      expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
    }
  })

  test('a session that is closed while its statement runs ends that connection, and the pool has another', async () => {
    const { url, sql } = await createDatabase()
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    onTestFinished(() => pool.end())
    const session = await postgresDialect({ driver: pool }).connection.connect({ purpose: 'run' })
    const running = expect(session.query('SELECT pg_sleep(3600)')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await expect
      .poll(() => sql("SELECT 1 AS one FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'"))
      .toHaveLength(1)
    await session.close()
    await running
    expect(await pool.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  })

  test('a client whose answers are not the server’s is refused, with the reason', async () => {
    const { url } = await createDatabase()
    const refusal = (client: PostgresClient) =>
      postgresDialect({ driver: client }).connection.connect({ purpose: 'run' })
    const camel = postgres(url, { transform: postgres.camel, max: 1 })
    await expect(refusal(camel)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'driver: this client of postgres.js has `transform`, which changes names or values of results',
      remedy: 'Give a client without `transform` for the migrations, and end it after them; or give the `url`.',
    })
    await camel.end()
    const plain = postgres(url, { max: 1 })
    await (await refusal(plain)).close()
    await plain.end()
    await expect(refusal(new pg.Client({ connectionString: url }))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'driver: this client of pg is not connected: call its connect() first',
    })
    // What pg.native.Client is to us, without its compiled binding.
    const native = { connect: () => undefined, query: () => undefined, native: {} }
    await expect(refusal(native)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'driver: this client has the native bindings of pg, which give no values as the server wrote them',
    })
  })
})

describe('`driver` as an open client', () => {
  const pool = new pg.Pool({ host: 'db.example.org', port: 6000, user: 'app', database: 'shop' })
  const refusal = (options: PostgresOptions): unknown => {
    try {
      return postgresDialect(options)
    } catch (error) {
      return (error as Error).message
    }
  }

  test('is described without its password', async () => {
    const { connection } = postgresDialect({ driver: pool })
    expect(connection.database).toBe('postgres://app@db.example.org:6000/shop')
    expect(describeDriver((await connection.driver?.()) ?? { name: '', why: '' })).toBe(
      'pg (an open client of the application)',
    )
    const sql = postgres('postgres://app:secret@db.example.org:6000/shop')
    expect(postgresDialect({ driver: sql }).connection.database).toBe('postgres://app@db.example.org:6000/shop')
    const byString = new pg.Pool({ connectionString: 'postgres://app:secret@db.example.org/shop' })
    expect(postgresDialect({ driver: byString }).connection.database).toBe('postgres://app@db.example.org/shop')
  })

  test('stands in the place of `url` and `ssl`', () => {
    expect(refusal({ url: 'postgres://localhost/x', driver: pool })).toBe(
      'driver: an open client is given instead of `url`, not beside it',
    )
    expect(refusal({ driver: pool, ssl: true })).toBe('ssl: an open client has its connection')
    expect(refusal({ driver: {} as PostgresClient })).toBe(
      'driver: it is one of postgres, pg, pglite, or an open client of one of them',
    )
    expect(refusal({ driver: drizzle(pool) as unknown as PostgresClient })).toBe(
      'driver: it is one of postgres, pg, pglite, or an open client of one of them; this is an instance of Drizzle: give its `$client`',
    )
  })
})
