import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { counts } from './scale.ts'
import type { TestDatabase } from './servers.ts'
import { code, eventually, hold, type ServiceKit, served } from './service-database.ts'
import { tcpProxy } from './tcp-proxy.ts'

/** What the pool of a service's database on a server promises. */
export function servicePool<D>(createDatabase: () => Promise<TestDatabase>, kit: ServiceKit<D>): void {
  const ready = () => served(createDatabase, kit)

  it('keeps as many connections as it was told, and more only while they are needed', async () => {
    const { url, connections } = await ready()
    const matrix = [
      { options: { poolSize: 2, maxOverflow: 1 }, most: 3, idle: 2 },
      { options: { poolSize: 2 }, most: 2, idle: 2 },
      { options: {}, most: 15, idle: 5 },
    ]
    for (const { options, most, idle } of matrix) {
      const database = kit.open(url, { ...options, poolTimeoutMs: 200 })
      const held = hold(database, kit, most)
      const used = await held.connections()
      expect(new Set(used).size).toBe(most)
      expect(await connections()).toEqual([...used].sort((a, b) => a - b))
      await expect(kit.ids(database.db)).rejects.toEqual(code('DATABASE_BUSY'))
      await expect(database.withSession(async () => 1)).rejects.toThrow(`All ${most} connections to`)
      await held.end()
      await eventually(async () => (await connections()).length, idle)
      await kit.ids(database.db)
      await database.close()
      await eventually(connections, [])
    }
  })

  it('opens a connection for each use where no pool is wanted', async () => {
    const { url, connections } = await ready()
    for (const poolSize of [0, -1]) {
      const database = kit.open(url, { poolSize })
      const held = hold(database, kit, 20)
      expect(new Set(await held.connections()).size).toBe(20)
      await held.end()
      await eventually(connections, [])
      const [first, second] = [await kit.connection(database.db), await kit.connection(database.db)]
      expect(first).not.toBe(second)
      await database.close()
    }
  })

  it('hands a connection to the longest waiting request', async () => {
    const { url } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        database.withTransaction(async (db) => {
          await kit.ids(db)
          order.push(at)
        }),
      ),
    )
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    await database.close()
  })

  it('replaces a connection that is too old when it is taken, and not while it is used', async () => {
    const { url, connections } = await ready()
    const young = kit.open(url, { poolSize: 1, recycleMs: -1 })
    expect(await kit.connection(young.db)).toBe(await kit.connection(young.db))
    await young.close()
    const old = kit.open(url, { poolSize: 1, recycleMs: 0 })
    const first = await kit.connection(old.db)
    await old.withTransaction(async (db) => {
      const second = await kit.connection(db)
      expect(second).not.toBe(first)
      await sleep(20)
      expect(await kit.connection(db)).toBe(second)
    })
    await eventually(async () => (await connections()).length, 1)
    await old.close()
  })

  it('replaces connections that were killed while they were not used', async () => {
    const { url, connections, kill, stored } = await ready()
    const database = kit.open(url, { poolSize: 3 })
    const held = hold(database, kit, 3)
    const killed = await held.connections()
    await held.end()
    await kill(...killed)
    await kit.insert(database.db, 'a')
    await database.withTransaction(async (db) => kit.insert(db, 'b'))
    const reopened = hold(database, kit, 3)
    expect((await reopened.connections()).filter((id) => killed.includes(id))).toEqual([])
    await reopened.end()
    expect((await connections()).length).toBe(3)
    await database.close()
    expect(await stored()).toEqual(['a', 'b'])
  })

  it('notices a kill that comes right before the use', async () => {
    const { url, testDatabase, stored } = await ready()
    const database = kit.open(url, { poolSize: 1 })
    for (let round = 0; round < counts.killedIdle; round += 1) {
      const id = await kit.connection(database.db)
      await testDatabase.sql(kit.kill(id))
      await kit.insert(database.db, String(round).padStart(3, '0'))
    }
    await database.close()
    expect(await stored()).toHaveLength(counts.killedIdle)
  })

  it('leaks no connection whatever the bodies do', async () => {
    const { url, connections, stored } = await ready()
    const database = kit.open(url, { poolSize: 4, maxOverflow: 2 })
    const ends = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => {
        const id = String(at).padStart(2, '0')
        return database.withTransaction(
          async (db) => {
            await kit.insert(db, id)
            if (at % 5 === 1) throw new Error('thrown')
            if (at % 5 === 2) await kit.insert(db, id)
            if (at % 5 === 3) void kit.insert(db, `${id} not awaited`)
            if (at % 5 === 4) await kit.pause(db, 30)
          },
          at % 5 === 4 ? { timeoutMs: 100 } : {},
        )
      }),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect((await stored()).filter((id) => String(id).length === 2)).toHaveLength(20)
    await eventually(async () => (await connections()).length, 4)
    const held = hold(database, kit, 6)
    expect(new Set(await held.connections()).size).toBe(6)
    await held.end()
    await database.close()
    await eventually(connections, [])
  })

  it('replaces a connection over which nothing comes any more', async () => {
    const { url, stored } = await ready()
    const proxy = await tcpProxy(url)
    const database = kit.open(proxy.url, { poolSize: 1 })
    await kit.insert(database.db, 'before')
    let silent = 0
    proxy.rule(() => {
      silent += 1
      return silent === 1 ? 'silence' : 'pass'
    })
    await kit.insert(database.db, 'after')
    expect(proxy.connectionCount()).toBe(2)
    await database.close()
    expect(await stored()).toEqual(['after', 'before'])
  })

  it('gives its place back when no connection comes about, and tells no password', async () => {
    const { url } = await ready()
    const wrong = new URL(url)
    wrong.username = 'nobody_of_that_name'
    wrong.password = 'a-secret-word'
    wrong.pathname = '/no_database_of_that_name'
    const database = kit.open(wrong.href, { poolSize: 1, poolTimeoutMs: 20_000 })
    const reported = await Promise.all(
      Array.from({ length: 3 }, () => database.withSession(({ db }) => kit.ids(db)).catch((error: unknown) => error)),
    )
    expect(reported).toEqual([1, 2, 3].map(() => code('DATABASE_UNREACHABLE')))
    expect(
      `${database.database} ${reported.map((error) => `${(error as Error).message} ${JSON.stringify(error)}`)}`,
    ).not.toMatch(/a-secret-word/)
    await database.close()
  })

  it('refuses limits that are no numbers', async () => {
    const { url } = await createDatabase()
    for (const [option, value] of [
      ['poolSize', 1.5],
      ['maxOverflow', Number.NaN],
      ['poolTimeoutMs', Number.NaN],
      ['recycleMs', Number.NaN],
    ] as const) {
      const refused = { code: 'INVALID_OPTION', details: expect.objectContaining({ option }) }
      expect(() => kit.open(url, { [option]: value })).toThrow(expect.objectContaining(refused))
    }
  })
}
