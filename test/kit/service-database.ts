import { setTimeout as sleep } from 'node:timers/promises'
import { bigint, column, table, varchar } from '@org/migrate-core'
import type { OpenDatabase, PoolOptions } from '@org/migrate-drizzle'
import { expect, it } from 'vitest'
import type { OwnServer } from './own-server.ts'
import type { TestDatabase } from './servers.ts'

export const declared = table(
  'item',
  { id: column(varchar(40), { nullable: false }), n: column(bigint()) },
  { primaryKey: ['id'] },
)

/** How a dialect's databases are opened and asked, and what its server says of them through another connection. */
export interface ServiceKit<D> {
  open(url: string, options?: PoolOptions): OpenDatabase<D>
  insert(db: D, id: string): PromiseLike<unknown>
  ids(db: D): Promise<readonly string[]>
  /** The server's number of the connection. */
  connection(db: D): Promise<number>
  pause(db: D, seconds: number): PromiseLike<unknown>
  /** Reads the number of an item, and locks its row. */
  read(db: D, id: string): Promise<bigint>
  write(db: D, id: string, n: bigint): PromiseLike<unknown>
  transaction<T>(db: D, body: (inner: D) => Promise<T>): Promise<T>
  rollback(inner: D): unknown
  raw(db: D, text: string): PromiseLike<unknown>
  /** SQL of the server. */
  readonly table: string
  /** The numbers of all connections to the database but the one that asks, as `id`. */
  readonly connections: string
  /** The statements that run there, of `pause`, as `id`. */
  readonly pausing: string
  kill(connection: number): string
}

export const code = (expected: string) => expect.objectContaining({ code: expected })

/** Asks until it is so; a server frees what a connection had a moment after the connection has ended. */
export async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (JSON.stringify(await ask()) === JSON.stringify(expected)) return
    await sleep(50)
  }
  expect(await ask()).toEqual(expected)
}

/** A number of uses that are all under way until they are told to end. */
export function hold<D>(database: OpenDatabase<D>, kit: ServiceKit<D>, count: number) {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const began: Promise<number>[] = []
  const uses = Array.from({ length: count }, () => {
    let started: (id: number) => void = () => undefined
    began.push(
      new Promise((resolve) => {
        started = resolve
      }),
    )
    return database.withSession(async ({ db }) => {
      started(await kit.connection(db))
      await ended
    })
  })
  return {
    connections: () => Promise.all(began),
    end: async () => {
      end()
      await Promise.all(uses)
    },
  }
}

/** A database with the table, and what the server says of it. */
export async function served<D>(createDatabase: () => Promise<TestDatabase>, kit: ServiceKit<D>) {
  const testDatabase = await createDatabase()
  await testDatabase.sql(kit.table)
  const stored = async () => (await testDatabase.sql('SELECT id FROM item ORDER BY id')).map(({ id }) => id)
  const connections = async () =>
    (await testDatabase.sql(kit.connections)).map(({ id }) => Number(id)).sort((a, b) => a - b)
  const kill = async (...ids: readonly number[]) => {
    for (const id of ids) await testDatabase.sql(kit.kill(id))
    await eventually(async () => (await connections()).filter((id) => ids.includes(id)), [])
  }
  return { testDatabase, url: testDatabase.url, stored, connections, kill }
}

/** A server may die and come back between two uses, and in one. */
export function serviceOverRestart<D>(own: () => OwnServer, kit: ServiceKit<D>): void {
  it('continues when its server is back', async () => {
    const testDatabase = await own().createDatabase()
    await testDatabase.sql(kit.table)
    const database = kit.open(testDatabase.url, { poolSize: 3 })
    const held = hold(database, kit, 3)
    await held.connections()
    await held.end()
    const broken = database.withTransaction(async (db) => {
      await kit.insert(db, 'lost')
      await own().kill('SIGKILL')
      await expect(kit.insert(database.db, 'nowhere')).rejects.toEqual(code('DATABASE_UNREACHABLE'))
      await own().start()
      await kit.insert(db, 'lost, too')
    })
    await expect(broken).rejects.toEqual(code('CONNECTION_LOST'))
    await kit.insert(database.db, 'first')
    const reopened = hold(database, kit, 3)
    expect(new Set(await reopened.connections()).size).toBe(3)
    await reopened.end()
    await own().kill('SIGKILL')
    await own().start()
    await database.withTransaction(async (db) => kit.insert(db, 'second'))
    await database.close()
    expect(await testDatabase.sql('SELECT id FROM item ORDER BY id')).toEqual([{ id: 'first' }, { id: 'second' }])
  }, 300_000)
}

/** What every service's database on a server promises. */
export function serviceDatabase<D>(createDatabase: () => Promise<TestDatabase>, kit: ServiceKit<D>): void {
  const ready = () => served(createDatabase, kit)

  it('keeps what a transaction did when its body returns, and nothing when it throws', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url)
    await database.withTransaction(async (db) => {
      await kit.insert(db, 'kept')
      await kit.write(db, 'kept', 9223372036854775807n)
    })
    const failing = database.withTransaction(async (db) => {
      await kit.insert(db, 'lost')
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await kit.read(database.db, 'kept')).toBe(9223372036854775807n)
    await database.close()
    expect(await stored()).toEqual(['kept'])
  })

  it('rolls an inner transaction back alone', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url)
    await database.withTransaction(async (db) => {
      await kit.insert(db, 'outer')
      const failing = kit.transaction(db, async (inner) => {
        await kit.insert(inner, 'inner')
        await kit.transaction(inner, async (third) => kit.insert(third, 'third'))
        throw new Error('inner stops')
      })
      await expect(failing).rejects.toThrow('inner stops')
      await expect(kit.transaction(db, async (inner) => kit.rollback(inner))).rejects.toThrow(/rollback/i)
      // What the server refuses is over with the savepoint, and the transaction is not.
      await expect(kit.transaction(db, async (inner) => kit.insert(inner, 'outer'))).rejects.toThrow()
      await kit.transaction(db, async (inner) => kit.insert(inner, 'second'))
    })
    await database.close()
    expect(await stored()).toEqual(['outer', 'second'])
  })

  it('lets nothing slip into an inner transaction that is not its own', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url)
    await database.withTransaction(async (db) => {
      let left: D | undefined
      const inner = kit.transaction(db, async (own) => {
        left = own
        await kit.insert(own, 'inner')
        await expect(kit.insert(db, 'beside')).rejects.toEqual(code('ALREADY_IN_TRANSACTION'))
        await expect(kit.transaction(db, async () => 1)).rejects.toEqual(code('ALREADY_IN_TRANSACTION'))
      })
      await expect(kit.insert(db, 'at once')).rejects.toEqual(code('ALREADY_IN_TRANSACTION'))
      await inner
      await expect(kit.insert(left as D, 'after')).rejects.toEqual(code('SESSION_CLOSED'))
      await kit.insert(db, 'outer')
    })
    const failing = database.withTransaction(async (db) => {
      await kit.insert(db, 'lost')
      void kit.transaction(db, (inner) => Promise.resolve(kit.pause(inner, 0.2))).catch(() => undefined)
    })
    await expect(failing).rejects.toEqual(code('ALREADY_IN_TRANSACTION'))
    await database.close()
    expect(await stored()).toEqual(['inner', 'outer'])
  })

  it('commits nothing by itself in a session', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url)
    await database.withSession(async (session) => {
      await kit.insert(session.db, 'one')
      expect(await stored()).toEqual([])
      await session.commit()
      await kit.insert(session.db, 'two')
      await session.rollback()
      await session.withTransaction(async (db) => kit.insert(db, 'three'))
      await session.commit()
      await session.withTransaction(async (db) => kit.insert(db, 'four'))
    })
    await database.close()
    expect(await stored()).toEqual(['one', 'three'])
  })

  it('refuses what began outside a transaction to begin or end one', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    for (const text of ['BEGIN', 'COMMIT', 'SAVEPOINT a', '/* first */ ROLLBACK']) {
      await expect(kit.raw(database.db, text)).rejects.toEqual(code('UNSUPPORTED'))
    }
    await kit.insert(database.db, 'a')
    await database.close()
    expect(await stored()).toEqual(['a'])
  })

  it('refuses a session that was released, and everything after close', async () => {
    const { url, connections } = await ready()
    const database = kit.open(url)
    const db = await database.withTransaction(async (inside) => inside)
    await expect(kit.insert(db, 'a')).rejects.toEqual(code('SESSION_CLOSED'))
    const session = await database.withSession(async (inside) => inside)
    await expect(session.commit()).rejects.toEqual(code('SESSION_CLOSED'))
    await expect(session.rollback()).rejects.toEqual(code('SESSION_CLOSED'))
    await expect(session.withTransaction(async () => 1)).rejects.toEqual(code('SESSION_CLOSED'))
    await kit.ids(database.db)
    await Promise.all([database.close(), database.close()])
    await expect(kit.ids(database.db)).rejects.toEqual(code('SESSION_CLOSED'))
    await expect(database.withSession(async () => 1)).rejects.toEqual(code('SESSION_CLOSED'))
    await eventually(connections, [])
  })

  it('closes when the last use has ended, and refuses those that wait', async () => {
    const { url, stored, connections } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    let closing: Promise<void> = Promise.resolve()
    const waiting = database.withTransaction(async (db) => {
      await kit.insert(db, 'a')
      const refused = expect(kit.ids(database.db)).rejects.toEqual(code('SESSION_CLOSED'))
      closing = database.close()
      await refused
      await kit.insert(db, 'b')
    })
    await waiting
    await closing
    expect(await stored()).toEqual(['a', 'b'])
    await eventually(connections, [])
  })

  it('fails a transaction whose connection was killed, keeps nothing of it, and continues', async () => {
    const { url, kill, stored } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    const lost = database.withTransaction(async (db) => {
      await kit.insert(db, 'a')
      await kill(await kit.connection(db))
      await kit.insert(db, 'b')
    })
    await expect(lost).rejects.toEqual(code('CONNECTION_LOST'))
    const ignored = database.withTransaction(async (db) => {
      await kit.insert(db, 'c')
      await kill(await kit.connection(db))
      await expect(kit.insert(db, 'd')).rejects.toEqual(code('CONNECTION_LOST'))
      await expect(kit.insert(db, 'e')).rejects.toEqual(code('CONNECTION_LOST'))
    })
    await expect(ignored).rejects.toEqual(code('CONNECTION_LOST'))
    const inner = database.withTransaction(async (db) => {
      await kit.insert(db, 'f')
      await kit
        .transaction(db, async (own) => {
          await kill(await kit.connection(own))
          await kit.insert(own, 'g')
        })
        .catch(() => undefined)
    })
    await expect(inner).rejects.toThrow()
    const beforeCommit = database.withTransaction(async (db) => {
      await kit.insert(db, 'h')
      await kill(await kit.connection(db))
    })
    await expect(beforeCommit).rejects.toEqual(code('CONNECTION_LOST'))
    const whileRunning = database.withSession(async ({ db }) => {
      const id = await kit.connection(db)
      const pausing = kit.pause(db, 30)
      const refused = expect(pausing).rejects.toEqual(code('CONNECTION_LOST'))
      await kill(id)
      await refused
    })
    await whileRunning
    await kit.insert(database.db, 'next')
    await database.close()
    expect(await stored()).toEqual(['next'])
  })

  it('stops at the signal or the time limit, in the server too, and rolls back', async () => {
    const { url, testDatabase, stored } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    const pausing = async () => (await testDatabase.sql(kit.pausing)).length
    const stop = new AbortController()
    const work = database.withTransaction(
      async (db) => {
        await kit.insert(db, 'slow')
        await kit.pause(db, 60)
        await kit.insert(db, 'late')
      },
      { signal: stop.signal },
    )
    await eventually(pausing, 1)
    stop.abort()
    await expect(work).rejects.toEqual(code('ABORTED'))
    expect(await pausing()).toBe(0)
    const slow = database.withSession(({ db }) => Promise.resolve(kit.pause(db, 60)), { timeoutMs: 100 })
    await expect(slow).rejects.toEqual(code('ABORTED'))
    const never = database.withTransaction(() => new Promise(() => undefined), { timeoutMs: 20 })
    await expect(never).rejects.toEqual(code('ABORTED'))
    await expect(database.withSession(async () => 1, { signal: AbortSignal.abort() })).rejects.toEqual(code('ABORTED'))
    // Waiting for a connection ends with it too.
    const held = hold(database, kit, 1)
    await held.connections()
    await expect(database.withSession(async () => 1, { timeoutMs: 50 })).rejects.toEqual(code('ABORTED'))
    await held.end()
    await kit.insert(database.db, 'next')
    await database.close()
    expect(await stored()).toEqual(['next'])
  })

  it('takes one signal for many uses and many statements at a time', async () => {
    const { url, connections } = await ready()
    const warnings: string[] = []
    const warn = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', warn)
    const database = kit.open(url)
    const stop = new AbortController()
    const uses = Array.from({ length: 30 }, () =>
      database.withSession(({ db }) => Promise.all(Array.from({ length: 20 }, () => kit.pause(db, 0.01))), stop),
    )
    await Promise.all(uses)
    const stopped = [1, 2, 3, 4].map(() => database.withSession(({ db }) => Promise.resolve(kit.pause(db, 60)), stop))
    setTimeout(() => stop.abort(), 100)
    expect(await Promise.allSettled(stopped)).toEqual(
      [1, 2, 3, 4].map(() => ({ status: 'rejected', reason: code('ABORTED') })),
    )
    await database.close()
    await eventually(connections, [])
    process.off('warning', warn)
    expect(warnings).toEqual([])
  })

  it('refuses what a stopped body continues to send', async () => {
    const { url, stored } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    let late: Promise<unknown> = Promise.resolve()
    const stop = new AbortController()
    const work = database.withTransaction(
      async (db) => {
        await kit.insert(db, 'a')
        late = sleep(200).then(() => kit.insert(db, 'late'))
        late.catch(() => undefined)
        stop.abort()
        await late
      },
      { signal: stop.signal },
    )
    await expect(work).rejects.toEqual(code('ABORTED'))
    await kit.insert(database.db, 'next')
    await expect(late).rejects.toEqual(code('SESSION_CLOSED'))
    await database.close()
    expect(await stored()).toEqual(['next'])
  })

  it('takes turns where transactions want the same row', async () => {
    const { url, testDatabase } = await ready()
    const database = kit.open(url)
    await kit.insert(database.db, 'sum')
    await kit.write(database.db, 'sum', 0n)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        database.withTransaction(async (db) => kit.write(db, 'sum', (await kit.read(db, 'sum')) + 1n)),
      ),
    )
    await database.close()
    expect((await testDatabase.sql('SELECT n FROM item')).map(({ n }) => Number(n))).toEqual([50])
  })
}
