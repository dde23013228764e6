import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerSession } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../../../kit/own-sessions.ts'
import { tcpProxy } from '../../../kit/tcp-proxy.ts'
import { inFront } from './front.ts'
import { driverOfRun, open } from './kit.ts'

/** Other tests have databases of their own on the same server. */
const here = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())'

async function pidOf(session: ServerSession): Promise<bigint> {
  const [row] = await session.query('SELECT pg_backend_pid() AS pid')
  return row?.pid as bigint
}

const end = (database: TestDatabase, pid: bigint) => database.sql(`SELECT pg_terminate_backend(${pid})`)

/** Nothing of ours may end in the process's own handlers. */
async function unhandled(work: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = []
  const see = (error: unknown): void => void errors.push(error)
  process.on('uncaughtException', see)
  process.on('unhandledRejection', see)
  try {
    await work()
    await sleep(100)
  } finally {
    process.off('uncaughtException', see)
    process.off('unhandledRejection', see)
  }
  return errors
}

describeOnDialects(['postgres', 'postgres-next'], 'a session that the server ends', (createDatabase) => {
  test('while idle: every later call says so, and nothing else happens', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const pid = await pidOf(session)
    const errors = await unhandled(async () => {
      await end(database, pid)
      await sleep(50)
      expect(session.isOpen).toBe(false)
      await expect(session.query('SELECT 1')).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        details: { what: 'SELECT 1' },
      })
      await expect(session.execute('CREATE TABLE t ()')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await expect(session.begin()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await expect(session.runLock?.('x').take()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await session.close()
    })
    expect(errors).toEqual([])
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
  })

  test('sent before the end has been seen: rejected, not sent again on another connection', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const pid = await pidOf(session)
    const errors = await unhandled(async () => {
      for (const [at, ms] of [0, 1, 2, 5].entries()) {
        const each = at === 0 ? session : await open(database.url)
        const own = at === 0 ? pid : await pidOf(each)
        const ending = end(database, own)
        await sleep(ms)
        for (;;) {
          const answer = await each.query('SELECT pg_backend_pid() AS pid').then(
            ([row]) => row?.pid,
            (error: unknown) => (error as { code: string }).code,
          )
          if (answer !== own) {
            expect(answer).toBe('CONNECTION_LOST')
            break
          }
        }
        await ending
      }
    })
    expect(errors).toEqual([])
  })

  test('during a statement: it is rejected, and nothing is sent on', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const pid = await pidOf(session)
    const errors = await unhandled(async () => {
      const running = session.query('SELECT pg_sleep(?)', [30])
      running.catch(() => undefined)
      await sleep(100)
      await end(database, pid)
      await expect(running).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        cause: { code: driverOfRun === 'pg' ? '57P01' : 'CONNECTION_CLOSED' },
      })
      expect(session.isOpen).toBe(false)
      await session.close()
    })
    expect(errors).toEqual([])
  })

  test('inside a transaction: nothing of it stays, its ends are no hang and no success', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    const session = await open(database.url)
    const pid = await pidOf(session)
    const errors = await unhandled(async () => {
      const scope = await session.begin()
      await session.execute('INSERT INTO t VALUES (1)')
      await expect(
        session.savepoint(async () => {
          await end(database, pid)
          await sleep(50)
          await session.execute('INSERT INTO t VALUES (2)')
        }),
      ).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await expect(scope.commit()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await scope.rollback()
      await session.close()
    })
    expect(errors).toEqual([])
    expect(await database.sql('SELECT * FROM t')).toEqual([])
  })

  test.for([
    ['as is known', 50],
    ['as is not known yet', 0],
  ] as const)('rolling back a transaction whose session is gone is no error: %s', async ([, ms]) => {
    const database = await createDatabase()
    const session = await open(database.url)
    const pid = await pidOf(session)
    const scope = await session.begin()
    await end(database, pid)
    await sleep(ms)
    await scope.rollback()
  })
})

describeOn('postgres', 'a session of ours', (createDatabase) => {
  test('frees its locks before close has returned', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    for (let round = 0; round < 10; round += 1) {
      const session = await open(database.url)
      await session.begin()
      await session.execute('LOCK TABLE t')
      expect(await session.runLock?.('x').take()).toBe(true)
      await session.close()
      expect(
        await database.sql(
          `SELECT * FROM pg_locks WHERE ${here} AND (locktype = 'advisory' OR relation = 't'::regclass)`,
        ),
      ).toEqual([])
    }
  })

  test('ends a statement that runs when it is closed', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const running = session.query('SELECT pg_sleep(300)')
    running.catch(() => undefined)
    await sleep(50)
    await session.close()
    await expect(running).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })

  test('cancels a running statement in the server when the signal says so, and stays usable', async () => {
    const database = await createDatabase()
    const stop = new AbortController()
    const session = await open(database.url, { signal: stop.signal })
    const pid = await pidOf(session)
    const running = session.query('SELECT pg_sleep(?)', [30])
    running.catch(() => undefined)
    await sleep(50)
    const reason = new Error('told to stop')
    stop.abort(reason)
    await expect(running).rejects.toBe(reason)
    const [row] = await database.sql(`SELECT state FROM pg_stat_activity WHERE pid = ${pid}`)
    expect(row?.state).toBe('idle')
    await expect(session.query('SELECT 1')).rejects.toBe(reason)
    expect(session.isOpen).toBe(true)
  })

  // The server clears a request to cancel each time it reads a command.
  test.each(['session', 'table'] as const)(
    'cancels a statement that reaches the server later than the signal does: lock %s',
    async (lock) => {
      const database = await createDatabase()
      const proxy = await tcpProxy(database.url)
      const stop = new AbortController()
      const session = await open(proxy.url, { signal: stop.signal, ...(lock === 'table' ? { lock } : {}) })
      const sent = proxy.holdNext(300)
      const running = session.query('SELECT pg_sleep(2)')
      running.catch(() => undefined)
      await sent
      const reason = new Error('told to stop')
      stop.abort(reason)
      await expect(running).rejects.toBe(reason)
      expect(session.isOpen).toBe(true)
    },
  )

  test.each(['session', 'table'] as const)(
    'ends all statements that are on their way when the signal says so, and gives each answer to its own: lock %s',
    async (lock) => {
      const database = await createDatabase()
      const stop = new AbortController()
      const session = await open(database.url, lock === 'table' ? { lock } : {})
      const scope = await session.begin({ signal: stop.signal })
      const together = ['SELECT pg_sleep(30)', 'SELECT 1 AS one', 'SELECT pg_sleep(30)', 'SELECT 2 AS two']
      const answers = Promise.allSettled(together.map((text) => session.query(text)))
      await sleep(50)
      const reason = new Error('told to stop')
      stop.abort(reason)
      const [first, ...behind] = await answers
      expect(first).toEqual({ status: 'rejected', reason })
      // In the transaction of one that was canceled the server refuses the others.
      expect(behind.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      await scope.rollback()
      const later = ['SELECT 3 AS three', 'SELECT 4 AS four', 'SELECT 5 AS five']
      expect(await Promise.all(later.map((text) => session.query(text)))).toEqual([
        [{ three: 3n }],
        [{ four: 4n }],
        [{ five: 5n }],
      ])
    },
  )

  test.each(['session', 'table'] as const)(
    'ends all statements outside a transaction, of which only the first has begun: lock %s',
    async (lock) => {
      const database = await createDatabase()
      const stop = new AbortController()
      const session = await open(database.url, { signal: stop.signal, ...(lock === 'table' ? { lock } : {}) })
      const together = ['SELECT pg_sleep(30)', 'SELECT pg_sleep(30)', 'SELECT pg_sleep(30)']
      const answers = Promise.allSettled(together.map((text) => session.query(text)))
      await sleep(50)
      const reason = new Error('told to stop')
      stop.abort(reason)
      const rejected = { status: 'rejected', reason }
      expect(await answers).toEqual([rejected, rejected, rejected])
      expect(session.isOpen).toBe(true)
    },
  )

  test('a request to cancel that comes late, at what stands behind the statement, is the signal too', async () => {
    const database = await createDatabase()
    for (let round = 0; round < 5; round += 1) {
      const stop = new AbortController()
      const session = await open(database.url, { signal: stop.signal, lock: 'table' })
      const pid = await pidOf(session)
      const answers = Promise.allSettled(Array.from({ length: 40 }, () => session.query('SELECT pg_sleep(30)')))
      const requests = database.sql(
        `SELECT count(pg_cancel_backend(${pid})) FILTER (WHERE pg_sleep(0.0003) IS NOT NULL) FROM generate_series(1, 300)`,
      )
      const reason = new Error('told to stop')
      stop.abort(reason)
      expect(await answers).toEqual(Array.from({ length: 40 }, () => ({ status: 'rejected', reason })))
      await requests
      expect(await database.sql(`SELECT state FROM pg_stat_activity WHERE pid = ${pid}`)).toEqual([{ state: 'idle' }])
    }
  })

  test('commits nothing after the signal, rolls back and frees its lock', async () => {
    const database = await createDatabase()
    const stop = new AbortController()
    const session = await open(database.url)
    const lock = session.runLock?.('x')
    expect(await lock?.take()).toBe(true)
    const scope = await session.begin({ signal: stop.signal })
    await session.execute('CREATE TABLE t ()')
    const running = session.execute('SELECT pg_sleep(30)')
    running.catch(() => undefined)
    await sleep(50)
    stop.abort(new Error('told to stop'))
    await expect(running).rejects.toThrow('told to stop')
    await expect(scope.commit()).rejects.toThrow('told to stop')
    await scope.rollback()
    expect(await lock?.release()).toBe(true)
    expect(await database.sql("SELECT to_regclass('t') AS t")).toEqual([{ t: null }])
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1n }])
  })
})

describeOn('postgres', 'a line that breaks', (createDatabase) => {
  test('is told while idle, during a statement and inside a transaction', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    const errors = await unhandled(async () => {
      const idle = await inFront(database.url)
      const first = await open(idle.url)
      idle.cut()
      await sleep(50)
      await expect(first.query('SELECT 1')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await first.close()

      const busy = await inFront(database.url)
      const second = await open(busy.url)
      const running = second.query('SELECT pg_sleep(?)', [30])
      running.catch(() => undefined)
      await sleep(50)
      busy.cut()
      await expect(running).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await expect(second.query('SELECT 1')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })

      const within = await inFront(database.url)
      const third = await open(within.url)
      const scope = await third.begin()
      await third.execute('INSERT INTO t VALUES (1)')
      within.cut()
      await expect(scope.commit()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await scope.rollback()
    })
    expect(errors).toEqual([])
    expect(await database.sql('SELECT * FROM t')).toEqual([])
  })

  test('a cancel request that is not accepted is no error of its own: the statement ends by itself', async () => {
    const database = await createDatabase()
    const front = await inFront(database.url)
    const stop = new AbortController()
    const session = await open(front.url, { signal: stop.signal })
    const errors = await unhandled(async () => {
      const running = session.query('SELECT pg_sleep(0.3), 1 AS one')
      await sleep(50)
      front.shut()
      stop.abort(new Error('told to stop'))
      expect((await running)[0]?.one).toBe(1n)
      await expect(session.query('SELECT 1')).rejects.toThrow('told to stop')
    })
    expect(errors).toEqual([])
  })

  test('a session whose server is silent is closed all the same', async () => {
    const database = await createDatabase()
    const front = await inFront(database.url)
    const session = await open(front.url)
    const running = session.query('SELECT pg_sleep(1)')
    running.catch(() => undefined)
    front.freeze()
    await session.close()
    await expect(running).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  })
})

describeOn('postgres', 'statements sent at once', (createDatabase) => {
  test('are answered each with its own, and one that fails leaves the others', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, (_, at) =>
        at % 10 === 3
          ? session.query('SELECT 1/0')
          : at % 2 === 0
            ? session.query('SELECT CAST(? AS int) AS n', [at])
            : session.query(`SELECT ${at} AS n`),
      ),
    )
    expect(answers.map((each) => (each.status === 'fulfilled' ? each.value[0]?.n : each.reason.code))).toEqual(
      Array.from({ length: 60 }, (_, at) => (at % 10 === 3 ? '22012' : BigInt(at))),
    )
  })
})
