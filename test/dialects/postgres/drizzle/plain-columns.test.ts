import { openPostgres } from '@org/migrate-drizzle/postgres'
import { count, max, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { queried } from '../../../kit/drizzle-version.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const plain = pg.pgTable('plain', {
  integer: pg.integer().primaryKey(),
  small: pg.smallint(),
  big: pg.bigint({ mode: 'number' }),
  exact: pg.bigint({ mode: 'bigint' }),
  amount: pg.numeric(),
  rate: pg.numeric({ mode: 'number' }),
  flag: pg.boolean(),
  local: pg.timestamp(),
  moment: pg.timestamp({ withTimezone: true }),
  words: pg.timestamp({ mode: 'string' }),
  day: pg.date({ mode: 'date' }),
  written: pg.date(),
  data: pg.jsonb(),
  double: pg.doublePrecision(),
  list: pg.integer().array(),
})
const row = {
  ...{ integer: 1, small: 3, big: 9007199254740991, exact: 9007199254740993n, amount: '1.50', rate: 1.5, flag: true },
  ...{ local: new Date('2026-01-02T03:04:05.678Z'), moment: new Date('2026-01-02T03:04:05.678Z') },
  ...{ words: '2026-01-02 03:04:05', day: new Date('2026-01-02'), written: '2026-01-02' },
  ...{ data: { a: [1] }, double: 2.5, list: [1, 2] },
}

describeOnEach(['postgres', 'postgres-next'], 'columns of Drizzle itself', (createDatabase) => {
  test('read what their types say', async () => {
    const { url, sql: run } = await createDatabase()
    await run(`CREATE TABLE plain (integer integer PRIMARY KEY, small smallint, big bigint, exact bigint, amount numeric, rate numeric, flag boolean,
local timestamp, moment timestamptz, words timestamp, day date, written date, data jsonb, "double" double precision, list integer[])`)
    const database = openPostgres({ url, ...queried({ plain }) })
    const { db } = database
    expect(await db.insert(plain).values(row).returning()).toEqual([row])
    expect(await db.select().from(plain)).toEqual([row])
    expect(await db.query.plain.findFirst()).toEqual(row)
    expect(await db.select({ n: count(), top: max(plain.small) }).from(plain)).toEqual([{ n: 1, top: 3 }])
    expect(await db.execute(sql`SELECT small FROM plain`)).toEqual([{ small: 3n }])
    await database.close()
  })

  test("of customType read what Drizzle's drivers give: integers as numbers, wide ones as texts", async () => {
    const { url, sql: run } = await createDatabase()
    await run('CREATE TABLE customs (id integer PRIMARY KEY, small integer, wide bigint)')
    const shown = (type: string) =>
      pg.customType<{ data: string; driverData: unknown }>({
        dataType: () => type,
        fromDriver: (value) => `${typeof value} ${String(value)}`,
      })
    const customs = pg.pgTable('customs', {
      id: pg.integer().primaryKey(),
      small: shown('integer')(),
      wide: shown('bigint')(),
    })
    const database = openPostgres({ url })
    await run('INSERT INTO customs VALUES (1, 2, 9007199254740993)')
    const read = { id: 1, small: 'number 2', wide: 'string 9007199254740993' }
    expect(await database.db.select().from(customs)).toEqual([read])
    expect(await database.db.update(customs).set({ id: 1 }).returning()).toEqual([read])
    await database.close()
  })
})
