import { type OpenWebuiDatabase, openDatabase } from '@org/migrate-schema/database'
import { eq } from 'drizzle-orm'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { describeOn } from '../../kit/own-sessions.ts'
import { testDatabase } from '../chain/kit/database.ts'
import { readExpected, rowDifferences } from '../chain/kit/expected.ts'
import { databaseAt, servers } from '../servers/kit/database.ts'
import { load } from '../servers/kit/load.ts'
import { type ExpectedHead, headDifferences } from '../servers/kit/reading.ts'
import { failure, head, openService, patience } from './kit.ts'

const row = (id: string) => ({ id, user_id: 'u', title: id, archived: false, created_at: 1n, updated_at: 2n })

/** What every test of sessions sends, on whichever dialect; each branch is typed by its own Drizzle. */
async function promises(service: OpenWebuiDatabase): Promise<void> {
  const code = (expected: string) => expect.objectContaining({ code: expected })
  if (service.dialect === 'postgres') {
    const { db, tables } = service
    const rows = await db.select({ id: tables.chat.id, at: tables.chat.created_at }).from(tables.chat)
    expectTypeOf(rows).toEqualTypeOf<{ id: string; at: bigint }[]>()
    await service.withTransaction((inner) => inner.insert(tables.chat).values(row('kept')))
    const failing = service.withTransaction(async (inner) => {
      await inner.insert(tables.chat).values(row('lost'))
      throw new Error('stop')
    })
    expect(await failure(failing)).toEqual(new Error('stop'))
    const session = await service.withSession(async (own) => {
      await own.db.insert(tables.chat).values(row('never committed'))
      return own
    })
    await expect(session.commit()).rejects.toEqual(code('SESSION_CLOSED'))
    expect(await db.query.chat.findMany({ where: eq(tables.chat.user_id, 'u') })).toMatchObject([{ id: 'kept' }])
    await db.delete(tables.chat).where(eq(tables.chat.id, 'kept'))
  } else if (service.dialect === 'mysql') {
    const { db, tables } = service
    const rows = await db.select({ id: tables.chat.id, at: tables.chat.created_at }).from(tables.chat)
    expectTypeOf(rows).toEqualTypeOf<{ id: string; at: bigint }[]>()
    await service.withTransaction((inner) => inner.insert(tables.chat).values(row('kept')))
    const failing = service.withTransaction(async (inner) => {
      await inner.insert(tables.chat).values(row('lost'))
      throw new Error('stop')
    })
    expect(await failure(failing)).toEqual(new Error('stop'))
    const session = await service.withSession(async (own) => {
      await own.db.insert(tables.chat).values(row('never committed'))
      return own
    })
    await expect(session.commit()).rejects.toEqual(code('SESSION_CLOSED'))
    expect(await db.select().from(tables.chat).where(eq(tables.chat.user_id, 'u'))).toMatchObject([{ id: 'kept' }])
    await db.delete(tables.chat).where(eq(tables.chat.id, 'kept'))
  } else {
    const { db, tables } = service
    const rows = await db.select({ id: tables.chat.id, at: tables.chat.created_at }).from(tables.chat)
    expectTypeOf(rows).toEqualTypeOf<{ id: string; at: bigint }[]>()
    await service.withTransaction((inner) => inner.insert(tables.chat).values(row('kept')))
    const failing = service.withTransaction(async (inner) => {
      await inner.insert(tables.chat).values(row('lost'))
      throw new Error('stop')
    })
    expect(await failure(failing)).toEqual(new Error('stop'))
    const session = await service.withSession(async (own) => {
      await own.db.insert(tables.chat).values(row('never committed'))
      return own
    })
    await expect(session.commit()).rejects.toEqual(code('SESSION_CLOSED'))
    expect(await db.query.chat.findMany({ where: eq(tables.chat.user_id, 'u') })).toMatchObject([{ id: 'kept' }])
    await db.delete(tables.chat).where(eq(tables.chat.id, 'kept'))
  }
  await service.close()
  await expect(service.withSession(async () => 1)).rejects.toEqual(code('SESSION_CLOSED'))
}

// @ts-expect-error the tables of one dialect are not those of another: which it is has to be asked first
export const unasked = (service: OpenWebuiDatabase) => service.db.select().from(service.tables.chat)

describe('a database of a former release, at 018, opened by a service', () => {
  it(
    'sqlite: has the rows that are expected at head, and sessions that keep what was committed',
    async () => {
      const db = testDatabase()
      db.load('legacy-018.sql')
      const service = await openService({ DATABASE_URL: `sqlite:///${db.path}` })
      expect(service.started).toMatchObject({ state: 'atHead', revision: [head] })
      expect(service.started.applied).toHaveLength(21)
      const { tables } = readExpected<ExpectedHead>('expected-head.json')
      for (const [table, { key, rows }] of Object.entries(tables)) {
        expect(rowDifferences(db, table, key, rows)).toEqual([])
      }
      await promises(service)
    },
    patience,
  )
})

for (const server of servers) {
  describeOn(server, 'a database of a former release, at 018, opened by a service', (createDatabase) => {
    it(
      'has the rows that are expected at head, and sessions that keep what was committed',
      async () => {
        const db = await databaseAt(createDatabase)
        await load(db, 'legacy-018.sql')
        const service = await openService({ DATABASE_URL: db.database.url, DATABASE_POOL_SIZE: '2' })
        expect(service.started).toMatchObject({ state: 'atHead', revision: [head] })
        expect(service.started.applied).toHaveLength(21)
        expect(await headDifferences(db)).toEqual([])
        await promises(service)
      },
      patience,
    )

    it('tells no password when it cannot get in', async () => {
      const { url } = await createDatabase()
      const wrong = new URL(url)
      wrong.username = 'nobody_of_that_name'
      wrong.password = 'c4nary-word'
      const notes: string[] = []
      const error = await failure(openDatabase({ DATABASE_URL: wrong.href }, { onNote: (note) => notes.push(note) }))
      expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
      expect([error.message, JSON.stringify(error), ...notes].join('\n')).not.toContain('c4nary')
    })
  })
}
