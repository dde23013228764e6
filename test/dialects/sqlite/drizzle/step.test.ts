import { bigint, column, json, type StepDatabase, table, text } from '@org/migrate-core'
import type { Session } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/sqlite'
import { asc, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const item = toDrizzle(
  table(
    'item',
    { id: column(text(), { nullable: false }), n: column(bigint()), doc: column(json()) },
    { primaryKey: ['id'] },
  ),
)

let session: Session
/** The part of a step that Drizzle uses, on a real session of the dialect. */
function stepOn(on: Session): StepDatabase {
  const step: Pick<StepDatabase, 'dialect' | 'query' | 'execute' | 'transaction'> = {
    dialect: 'sqlite',
    query: async <R>(text: string, params: Parameters<Session['query']>[1]) =>
      (await on.query(text, params)) as readonly R[],
    execute: (text, params) => on.execute(text, params),
    transaction: (body) => on.savepoint(() => body(stepOn(on))),
  }
  return step as StepDatabase
}

beforeEach(async () => {
  session = await sqliteDialect({ url: ':memory:' }).connection.connect({ purpose: 'run' })
  await session.execute('CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, n BIGINT, doc JSON)')
  await session.begin()
})
afterEach(() => session.close())

describe('drizzleOf', () => {
  it('reads and writes exact values through the step', async () => {
    const db = drizzleOf(stepOn(session))
    await db.insert(item).values([
      { id: 'a', n: 9223372036854775807n, doc: { x: 1 } },
      { id: 'b', n: 1n, doc: 42 },
    ])
    expect(await db.select().from(item).orderBy(asc(item.id))).toEqual([
      { id: 'a', n: 9223372036854775807n, doc: { x: 1 } },
      { id: 'b', n: 1n, doc: 42 },
    ])
    expect(await session.query('SELECT typeof(n) AS n, typeof(doc) AS doc FROM item ORDER BY id')).toEqual([
      { n: 'integer', doc: 'text' },
      { n: 'integer', doc: 'integer' },
    ])
    expect(await db.select().from(item).where(eq(item.id, 'none')).get()).toBeUndefined()
  })

  it('keeps columns of one name, and columns that are called like numbers, apart', async () => {
    const db = drizzleOf(stepOn(session))
    await db.insert(item).values([
      { id: 'a', n: 1n },
      { id: 'b', n: 2n },
    ])
    const other = alias(item, 'other')
    const joined = await db
      .select({ left: item.id, right: other.id })
      .from(item)
      .innerJoin(other, sql`${other.n} = ${item.n} + 1`)
    expect(joined).toEqual([{ left: 'a', right: 'b' }])
    const numbers = await db
      .select({ id: item.id, one: sql`1`, zero: sql`0`, n: item.n })
      .from(item)
      .where(eq(item.id, 'b'))
    expect(numbers).toEqual([{ id: 'b', one: 1n, zero: 0n, n: 2n }])
    const counted = await db.select({ count: sql<number>`count(*)`.mapWith(Number) }).from(item)
    expect(counted).toEqual([{ count: 2 }])
    const common = db.$with('c').as(db.select({ id: item.id }).from(item))
    expect(await db.with(common).select().from(common).orderBy(asc(common.id))).toEqual([{ id: 'a' }, { id: 'b' }])
  })

  it('gives what RETURNING returns, and refuses it where two columns would become one', async () => {
    const db = drizzleOf(stepOn(session))
    expect(await db.insert(item).values({ id: 'a', n: 5n }).returning()).toEqual([{ id: 'a', n: 5n, doc: null }])
    expect(
      await db
        .update(item)
        .set({ n: 6n })
        .returning({ n: item.n, size: sql<bigint>`length(${item.id})` }),
    ).toEqual([{ n: 6n, size: 1n }])
    await expect(db.delete(item).returning({ n: item.n, again: item.n })).rejects.toEqual(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    )
  })

  it('takes SQL of the author, with comments and stars', async () => {
    const db = drizzleOf(stepOn(session))
    expect(await db.all(sql`INSERT INTO item (id) VALUES ('a') RETURNING *`)).toEqual([['a', null, null]])
    expect(await db.all(sql`SELECT id, 7 FROM item -- all of them`)).toEqual([['a', 7n]])
  })

  it('makes transactions savepoints, and batches all or nothing', async () => {
    const db = drizzleOf(stepOn(session))
    await expect(
      db.transaction(async (tx) => {
        await tx.insert(item).values({ id: 'a' })
        await tx.transaction((inner) => inner.insert(item).values({ id: 'b' }))
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    await expect(db.batch([db.insert(item).values({ id: 'c' }), db.insert(item).values({ id: 'c' })])).rejects.toThrow()
    expect(await db.select().from(item)).toEqual([])
    const [, rows] = await db.batch([db.insert(item).values({ id: 'c' }), db.select().from(item)])
    expect(rows).toEqual([{ id: 'c', n: null, doc: null }])
  })

  it('lets the errors of the step through as they are', async () => {
    const refusing = {
      ...stepOn(session),
      query: () => Promise.reject(Object.assign(new Error('no'), { code: 'DDL_IN_DATA_STEP' })),
    }
    await expect(drizzleOf(refusing).select().from(item)).rejects.toEqual(
      expect.objectContaining({ code: 'DDL_IN_DATA_STEP', message: 'no' }),
    )
  })

  it('refuses another database', () => {
    expect(() => drizzleOf({ ...stepOn(session), dialect: 'mysql' })).toThrowError(
      expect.objectContaining({ code: 'WRONG_DIALECT' }),
    )
  })
})
