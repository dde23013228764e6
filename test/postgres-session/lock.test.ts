import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeOnEach } from '../kit/servers.ts'
import { open } from './kit.ts'

/** Other tests have databases of their own on the same server. */
const here = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())'

describeOnEach(['postgres', 'postgres-next'], 'the lock of a run', (fresh) => {
  test('is taken by one session, never waits, and tells who has it', async () => {
    const database = await fresh()
    const [one, two] = [await open(database.url), await open(database.url, { applicationName: 'second' })]
    const [mine, theirs] = [one.runLock?.('history'), two.runLock?.('history')]
    expect(await mine?.holder()).toBeUndefined()
    expect(await mine?.take()).toBe(true)
    expect(await mine?.take()).toBe(true)
    const begun = performance.now()
    expect(await theirs?.take()).toBe(false)
    expect(performance.now() - begun).toBeLessThan(1_000)
    const [row] = await one.query('SELECT pg_backend_pid() AS pid')
    expect(await theirs?.holder()).toMatch(
      new RegExp(`^connection ${row?.pid} of postgres@127\\.0\\.0\\.1 \\(migrate\\) since \\d\\d:\\d\\d:\\d\\d$`),
    )
    expect(await theirs?.release()).toBe(false)
    expect(await mine?.release()).toBe(true)
    expect(await theirs?.take()).toBe(true)
    await two.close()
    expect(await mine?.take()).toBe(true)
    // Taken once, whoever asked: one release frees it.
    expect(await one.runLock?.('history').release()).toBe(true)
    expect(await database.sql(`SELECT * FROM pg_locks WHERE ${here} AND locktype = 'advisory'`)).toEqual([])
  })

  test('is another for another key and another schema, and the same for every program that knows the rule', async () => {
    const database = await fresh()
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
    const database = await fresh()
    const session = await open(database.url)
    const lock = session.runLock?.('a')
    expect(await lock?.take()).toBe(true)
    await session.query('SELECT pg_advisory_unlock_all()')
    expect(await lock?.release()).toBe(false)
  })

  test('shows a role without rights whose it is, without what it may not see', async () => {
    const database = await fresh()
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
      expect(await session.runLock?.('a').holder()).toMatch(/^connection \d+ of postgres \(migrate\)$/)
      await session.close()
    } finally {
      await database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})

describeOnEach(['postgres', 'postgres-next'], 'the limits of statements', (fresh) => {
  const shown = 'SELECT current_setting($$lock_timeout$$) AS lock, current_setting($$statement_timeout$$) AS statement'

  test('hold until others are set, also over the end of a transaction and a savepoint', async () => {
    const database = await fresh()
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
    const database = await fresh()
    await database.sql(`ALTER DATABASE "${database.name}" SET lock_timeout = '123ms'`)
    const session = await open(database.url)
    await session.limit?.({ lockMs: 10 })
    await session.query('SELECT 1')
    await session.limit?.()
    expect((await session.query(shown))[0]?.lock).toBe('123ms')
  })

  test('set after a statement of a transaction failed hold after its rollback', async () => {
    const database = await fresh()
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
    const database = await fresh()
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
