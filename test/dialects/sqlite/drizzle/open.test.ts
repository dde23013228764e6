import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bigint, column, table, text } from '@org/migrate-core'
import { openSqlite, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const item = toDrizzle(
  table('item', { id: column(text(), { nullable: false }), n: column(bigint()) }, { primaryKey: ['id'] }),
)

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'open-sqlite-'))
  file = path.join(folder, 'a.db')
  const raw = new Database(file)
  raw.exec('CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, n BIGINT)')
  raw.close()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const stored = () => {
  const raw = new Database(file, { readonly: true })
  const rows = raw.prepare('SELECT id FROM item ORDER BY id').all() as { id: string }[]
  raw.close()
  return rows.map(({ id }) => id)
}
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('openSqlite', () => {
  it('keeps what a transaction did when its body returns, and nothing when it throws', async () => {
    const database = openSqlite({ url: file })
    await database.withTransaction((db) => db.insert(item).values({ id: 'kept', n: 9223372036854775807n }))
    const failing = database.withTransaction(async (db) => {
      await db.insert(item).values({ id: 'lost' })
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await database.db.select().from(item)).toEqual([{ id: 'kept', n: 9223372036854775807n }])
    await database.close()
    expect(stored()).toEqual(['kept'])
  })

  it('rolls an inner transaction back alone', async () => {
    const database = openSqlite({ url: file })
    await database.withTransaction(async (db) => {
      await db.insert(item).values({ id: 'outer' })
      await expect(
        db.transaction(async (inner) => {
          await inner.insert(item).values({ id: 'inner' })
          throw new Error('inner stops')
        }),
      ).rejects.toThrow('inner stops')
      await expect(db.transaction((inner) => Promise.resolve(inner.rollback()))).rejects.toThrow()
      await db.transaction((inner) => inner.insert(item).values({ id: 'second' }))
    })
    await database.close()
    expect(stored()).toEqual(['outer', 'second'])
  })

  it('lets nothing slip into an inner transaction that is not its own', async () => {
    const database = openSqlite({ url: file })
    await database.withTransaction(async (db) => {
      await db.transaction(async (inner) => {
        await inner.insert(item).values({ id: 'inner' })
        await expect(db.insert(item).values({ id: 'beside' })).rejects.toEqual(code('ALREADY_IN_TRANSACTION'))
      })
      await db.insert(item).values({ id: 'outer' })
    })
    await database.close()
    expect(stored()).toEqual(['inner', 'outer'])
  })

  it('commits nothing by itself in a session', async () => {
    const database = openSqlite({ url: file })
    await database.withSession(async (session) => {
      await session.db.insert(item).values({ id: 'one' })
      await session.commit()
      await session.db.insert(item).values({ id: 'two' })
      await session.rollback()
      await session.withTransaction((db) => db.insert(item).values({ id: 'three' }))
    })
    await database.close()
    expect(stored()).toEqual(['one'])
  })

  it('refuses a session that was released, also for a query prepared before', async () => {
    const database = openSqlite({ url: file })
    const [db, query] = await database.withTransaction(
      async (inside) => [inside, inside.select().from(item).prepare()] as const,
    )
    await expect(db.select().from(item)).rejects.toEqual(code('SESSION_CLOSED'))
    await expect(query.all()).rejects.toEqual(code('SESSION_CLOSED'))
    await database.close()
    await expect(database.db.select().from(item)).rejects.toEqual(code('SESSION_CLOSED'))
  })

  it('waits for another writer without blocking the event loop, and gives up in time', async () => {
    const database = openSqlite({ url: file, busyTimeoutMs: 1_000 })
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
    }, 10)
    await expect(database.db.insert(item).values({ id: 'a' })).rejects.toEqual(code('DATABASE_BUSY'))
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(1)
    const waiting = database.db.insert(item).values({ id: 'b' })
    await sleep(20)
    other.exec('COMMIT')
    other.close()
    await waiting
    await database.close()
    expect(stored()).toEqual(['b'])
  })

  it('lets own transactions take turns', async () => {
    const database = openSqlite({ url: file, maxConnections: 3 })
    await database.db.insert(item).values({ id: 'sum', n: 0n })
    await Promise.all(
      Array.from({ length: 20 }, () =>
        database.withTransaction(async (db) => {
          const [row] = await db.select().from(item)
          await sleep(1)
          await db
            .update(item)
            .set({ n: (row?.n ?? 0n) + 1n })
            .where(eq(item.id, 'sum'))
        }),
      ),
    )
    expect(await database.db.select().from(item)).toEqual([{ id: 'sum', n: 20n }])
    await database.close()
  })

  it('stops at the signal or the time limit, rolls back, and continues to work', async () => {
    const database = openSqlite({ url: file, maxConnections: 1 })
    const stop = new AbortController()
    let late: Promise<unknown> = Promise.resolve()
    const work = database.withTransaction(
      async (db) => {
        await db.insert(item).values({ id: 'slow' })
        late = sleep(20).then(() => db.insert(item).values({ id: 'late' }))
        stop.abort()
        await late
      },
      { signal: stop.signal },
    )
    await expect(work).rejects.toEqual(code('ABORTED'))
    await expect(late).rejects.toEqual(code('SESSION_CLOSED'))
    const never = database.withTransaction(() => new Promise(() => undefined), { timeoutMs: 20 })
    await expect(never).rejects.toEqual(code('ABORTED'))
    const before = new AbortController()
    before.abort()
    await expect(database.withSession(async () => 1, { signal: before.signal })).rejects.toEqual(code('ABORTED'))
    await database.db.insert(item).values({ id: 'next' })
    await database.close()
    expect(stored()).toEqual(['next'])
  })

  it('gives joined columns of one name each its own value', async () => {
    const database = openSqlite({ url: ':memory:' })
    await database.db.run(sql`CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, n BIGINT)`)
    await database.db.insert(item).values([
      { id: 'a', n: 1n },
      { id: 'b', n: 2n },
    ])
    const other = alias(item, 'other')
    const rows = await database.db
      .select()
      .from(item)
      .innerJoin(other, eq(sql`${item.n} + 1`, other.n))
    expect(rows).toEqual([{ item: { id: 'a', n: 1n }, other: { id: 'b', n: 2n } }])
    expect(await database.db.select().from(item).where(eq(item.id, 'none')).get()).toBeUndefined()
    await database.close()
  })

  it('sets the journal mode only when told', async () => {
    const mode = () => {
      const raw = new Database(file)
      const journalMode = raw.pragma('journal_mode', { simple: true })
      raw.close()
      return journalMode
    }
    const withFileSettings = openSqlite({ url: file })
    await withFileSettings.db.select().from(item)
    await withFileSettings.close()
    expect(mode()).toBe('delete')
    const wal = openSqlite({ url: file, journalMode: 'wal' })
    await wal.db.select().from(item)
    await wal.close()
    expect(mode()).toBe('wal')
  })

  it('keeps values out of the messages of errors', async () => {
    const database = openSqlite({ url: file })
    await database.db.insert(item).values({ id: 'a secret' })
    const secondInsert = database.db.insert(item).values({ id: 'a secret' })
    await expect(secondInsert).rejects.toEqual(code('SQLITE_CONSTRAINT_PRIMARYKEY'))
    await expect(secondInsert).rejects.not.toThrow(/a secret/)
    await database.close()
  })
})
