import { bytes, column, table, text } from '@org/migrate-core'
import { openPostgres, toDrizzle } from '@org/migrate-drizzle/postgres'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { bustle, database, hasPoolers, settingsAt, through } from './pgbouncer-kit.ts'

const item = toDrizzle(
  table('item', { id: column(text(), { nullable: false }), raw: column(bytes()) }, { primaryKey: ['id'] }),
)
const raw = Buffer.from([0, 1, 254, 255])

describe.runIf(hasPoolers).each(['transaction', 'session'] as const)('a service behind PgBouncer (%s)', (mode) => {
  test('stands in its schema and reads its values, whatever others leave in the sessions, and leaves nothing itself', async () => {
    const ownDatabase = await database()
    await ownDatabase.sql(
      'CREATE TABLE item (id text); CREATE SCHEMA own; CREATE TABLE own.item (id text PRIMARY KEY, raw bytea)',
    )
    const before = await settingsAt(through(mode, ownDatabase))
    const url = through(mode, ownDatabase)
    const service = openPostgres({
      url,
      databaseSchema: 'own',
      poolSize: mode === 'transaction' ? 8 : 3,
    })
    await service.withTransaction((db) => db.insert(item).values({ id: 'alone', raw }))
    expect(await service.db.select().from(item)).toEqual([{ id: 'alone', raw }])
    expect(await settingsAt(url)).toEqual(before)
    const otherClients = mode === 'transaction' ? bustle(url) : { stop: async () => undefined }
    const ids = Array.from({ length: 40 }, (_, at) => String(at))
    await Promise.all(
      ids.map(async (id, at) => {
        if (at % 2 === 0) await service.db.insert(item).values({ id, raw })
        else
          await service.withTransaction(async (db) => {
            await db.insert(item).values({ id, raw })
            await db.transaction((inner) => inner.execute(sql`SELECT pg_sleep(0.01)`))
          })
        expect(await service.db.select().from(item).where(eq(item.id, id))).toEqual([{ id, raw }])
      }),
    )
    await otherClients.stop()
    const stop = new AbortController()
    const slow = service.withTransaction(
      async (db) => {
        await db.insert(item).values({ id: 'lost' })
        setTimeout(() => stop.abort(), 100)
        await db.execute(sql`SELECT pg_sleep(60)`)
      },
      { signal: stop.signal },
    )
    await expect(slow).rejects.toMatchObject({ code: 'ABORTED' })
    await service.close()
    expect(await ownDatabase.sql('SELECT count(*)::int AS n FROM own.item')).toEqual([{ n: 41 }])
    expect(await ownDatabase.sql('SELECT count(*)::int AS n FROM item')).toEqual([{ n: 0 }])
  })
})
