import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeOnDialects } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

/** Other tests have databases of their own on the same server. */
const here = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())'

describeOnDialects(['postgres', 'postgres-next'], 'the lock of a run', (createDatabase) => {
  test('is taken by one session, never waits, and tells who has it', async () => {
    const database = await createDatabase()
    const [one, two] = [await open(database.url), await open(database.url, { applicationName: 'second' })]
    const [mine, theirs] = [one.runLock?.('history'), two.runLock?.('history')]
    expect(await mine?.holder()).toBeUndefined()
    expect(await mine?.take()).toBe(true)
    expect(await mine?.take()).toBe(true)
    expect(await theirs?.take()).toBe(false)
    const [row] = await one.query('SELECT pg_backend_pid() AS pid')
    expect(await theirs?.holder()).toEqual({
      who: `connection ${row?.pid} of postgres@127.0.0.1 (migrate)`,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      doing: 'idle',
    })
    expect(await theirs?.release()).toBe(false)
    expect(await mine?.release()).toBe(true)
    expect(await theirs?.take()).toBe(true)
    await two.close()
    expect(await mine?.take()).toBe(true)
    // Taken once, for every caller: one release frees it.
    expect(await one.runLock?.('history').release()).toBe(true)
    expect(await database.sql(`SELECT * FROM pg_locks WHERE ${here} AND locktype = 'advisory'`)).toEqual([])
  })

  test('is another for another key and another schema, and the same for every program that knows the rule', async () => {
    const database = await createDatabase()
    const one = await open(database.url)
    const two = await open(database.url, { schema: 'apart' })
    const three = await open(database.url, { schema: 'public' })
    expect(await one.runLock?.('a').take()).toBe(true)
    expect(await one.runLock?.('b').take()).toBe(true)
    expect(await two.runLock?.('a').take()).toBe(true)
    expect(await three.runLock?.('a').take()).toBe(false)
    const rule = (schema: string, key: string): string =>
      createHash('sha256')
        .update(`["@org/migrate","${database.name}","${schema}","${key}"]`)
        .digest()
        .readBigInt64BE(0)
        .toString()
    const held = await database.sql(
      `SELECT ((classid::bigint << 32) | objid::bigint)::text AS key FROM pg_locks WHERE ${here} AND locktype = 'advisory' AND objsubid = 1`,
    )
    expect(held.map(({ key }) => key).sort()).toEqual(
      [rule('public', 'a'), rule('public', 'b'), rule('apart', 'a')].sort(),
    )
  })

  test('that is gone is said so when it is given back', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const lock = session.runLock?.('a')
    expect(await lock?.take()).toBe(true)
    await session.query('SELECT pg_advisory_unlock_all()')
    expect(await lock?.release()).toBe(false)
  })

  test('shows a role without rights whose it is, without what it may not see', async () => {
    const database = await createDatabase()
    const role = `r_${database.name}`
    await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`)
    try {
      const holder = await open(database.url)
      expect(await holder.runLock?.('a').take()).toBe(true)
      const url = new URL(database.url)
      url.username = role
      url.password = 'x'
      const session = await open(url.href)
      expect(await session.runLock?.('a').take()).toBe(false)
      expect(await session.runLock?.('a').holder()).toEqual({
        who: expect.stringMatching(/^connection \d+ of postgres \(migrate\)$/),
      })
      expect(await session.sessionState?.(holder.identity ?? '')).toBe('unknown')
      await holder.close()
      expect(await session.sessionState?.(holder.identity ?? '')).toBe('ended')
      await session.close()
    } finally {
      await database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'the lock of a run in the face of others', (createDatabase) => {
  test('lets its holder build an index concurrently while three others ask for it', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t AS SELECT n, md5(n::text) AS m FROM generate_series(1, 100000) n')
    const holder = await open(database.url)
    expect(await holder.runLock?.('a').take()).toBe(true)
    let built = false
    const waiters = await Promise.all([1, 2, 3].map(() => open(database.url)))
    const attempts = waiters.map(async (waiter) => {
      let times = 0
      while (!built) {
        expect(await waiter.runLock?.('a').take()).toBe(false)
        times += 1
      }
      return times
    })
    await holder.execute('CREATE INDEX CONCURRENTLY i ON t (m)').finally(() => {
      built = true
    })
    for (const times of await Promise.all(attempts)) expect(times).toBeGreaterThan(1)
    expect(await database.sql('SELECT indisvalid FROM pg_index WHERE indexrelid = $$i$$::regclass')).toEqual([
      { indisvalid: true },
    ])
    expect(await holder.runLock?.('a').holds()).toBe(true)
  })

  test('is free as soon as the server has ended the session that holds it', async () => {
    const database = await createDatabase()
    const [holder, next] = [await open(database.url), await open(database.url)]
    expect(await holder.runLock?.('a').take()).toBe(true)
    const [row] = await holder.query('SELECT pg_backend_pid() AS pid')
    await database.sql(`SELECT pg_terminate_backend(${row?.pid}, 30000)`)
    expect(await next.runLock?.('a').take()).toBe(true)
    expect(await next.sessionState?.(holder.identity ?? '')).toBe('ended')
    await expect(holder.runLock?.('a').holds()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'what became of a session', (createDatabase) => {
  test('is told of its process, by its number and its beginning', async () => {
    const database = await createDatabase()
    const [one, two] = [await open(database.url), await open(database.url)]
    const identity = one.identity ?? ''
    const [row] = await one.query(
      'SELECT pid, to_char(backend_start AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') AS begun FROM pg_stat_activity WHERE pid = pg_backend_pid()',
    )
    expect(identity).toBe(`process ${row?.pid} since ${row?.begun}`)
    expect(await two.sessionState?.(identity)).toBe('idle')
    const scope = await one.begin()
    expect(await two.sessionState?.(identity)).toBe('busy')
    await scope.rollback()
    expect(await two.sessionState?.(identity)).toBe('idle')
    const sleeping = one.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await expect.poll(() => two.sessionState?.(identity)).toBe('busy')
    // Another process that was given its number.
    expect(await two.sessionState?.(identity.replace(/since .*/, 'since 2001-01-01T00:00:00.000000Z'))).toBe('ended')
    await database.sql(`SELECT pg_terminate_backend(${row?.pid}, 30000)`)
    await sleeping
    expect(await two.sessionState?.(identity)).toBe('ended')
    expect(await two.sessionState?.('something of another tool')).toBe('unknown')
  })

  test("is told of a client by its name, where it lives on transactions alone (lock: 'table')", async () => {
    const database = await createDatabase()
    const [one, two] = [await open(database.url, { lock: 'table' }), await open(database.url)]
    expect(one.leased).toMatch(/^lock: 'table'/)
    expect(one.runLock).toBeUndefined()
    const identity = one.identity ?? ''
    expect(identity).toMatch(/^client migrate:[0-9a-f]{16}$/)
    expect(await two.sessionState?.(identity)).toBe('idle')
    const scope = await one.begin()
    expect(await two.sessionState?.(identity)).toBe('busy')
    await scope.rollback()
    await one.close()
    await expect.poll(() => two.sessionState?.(identity)).toBe('ended')
    const other = await open(database.url, { lock: 'table' })
    expect(other.identity).not.toBe(identity)
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'the limits of statements', (createDatabase) => {
  const shown = 'SELECT current_setting($$lock_timeout$$) AS lock, current_setting($$statement_timeout$$) AS statement'

  test('hold until others are set, also over the end of a transaction and a savepoint', async () => {
    const database = await createDatabase()
    const session = await open(database.url, { lockTimeoutMs: 700 })
    const limits = async (): Promise<unknown> => ({ ...(await session.query(shown))[0] })
    const own = { lock: '700ms', statement: '0' }
    expect(await limits()).toEqual(own)
    await session.limit?.({ lockMs: 10, statementMs: 60_000 })
    expect(await limits()).toEqual({ lock: '10ms', statement: '1min' })
    await session.limit?.()
    expect(await limits()).toEqual(own)

    const first = await session.begin()
    await session.limit?.({ statementMs: 50_000 })
    expect(await limits()).toEqual({ lock: '700ms', statement: '50s' })
    await first.rollback()
    expect(await limits()).toEqual({ lock: '700ms', statement: '50s' })

    const second = await session.begin()
    await session
      .savepoint(async () => {
        await session.limit?.({ lockMs: 0 })
        expect(await limits()).toEqual({ lock: '0', statement: '0' })
        throw new Error('back')
      })
      .catch(() => undefined)
    expect(await limits()).toEqual({ lock: '0', statement: '0' })
    await session.limit?.()
    expect(await limits()).toEqual(own)
    await second.commit()
    expect(await limits()).toEqual(own)
  })

  test('come back to those of the role and the database', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET lock_timeout = '123ms'`)
    const session = await open(database.url)
    await session.limit?.({ lockMs: 10 })
    await session.query('SELECT 1')
    await session.limit?.()
    expect((await session.query(shown))[0]?.lock).toBe('123ms')
  })

  test('set after a statement of a transaction failed hold after its rollback', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const scope = await session.begin()
    await session.limit?.({ lockMs: 10 })
    await expect(session.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
    await session.limit?.({ lockMs: 20 })
    await expect(session.query('SELECT 1')).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      cause: { code: '22012' },
    })
    await scope.rollback()
    expect((await session.query(shown))[0]?.lock).toBe('20ms')
  })

  test('end a wait for a lock, and a statement, with errors that are told apart', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    const [holder, session] = [await open(database.url), await open(database.url)]
    const scope = await holder.begin()
    await holder.execute('LOCK TABLE t')
    await session.limit?.({ lockMs: 50 })
    await expect(session.execute('ALTER TABLE t ADD c int')).rejects.toMatchObject({ code: '55P03' })
    await session.limit?.({ lockMs: 0, statementMs: 50 })
    await expect(session.execute('ALTER TABLE t ADD c int')).rejects.toMatchObject({ code: '57014' })
    await scope.rollback()
    await session.limit?.()
    await session.execute('ALTER TABLE t ADD c int')
  })
})
