import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import * as orm from 'drizzle-orm'
import { count, eq, max, sql } from 'drizzle-orm'
import { customType, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, it, onTestFinished } from 'vitest'
import { isVersion1, queried } from '../../../kit/drizzle-version.ts'

const boxes = sqliteTable('boxes', {
  id: integer().primaryKey(),
  size: integer(),
  isOpen: integer('is_open', { mode: 'boolean' }),
  seconds: integer({ mode: 'timestamp' }),
  milliseconds: integer({ mode: 'timestamp_ms' }),
  weight: real(),
  label: text(),
})
/** 1.0 has the relations of all tables together. */
const boxesOfBoxes = isVersion1
  ? (undefined as never)
  : orm.relations(boxes, ({ one, many }) => ({
      outer: one(boxes, { fields: [boxes.size], references: [boxes.id], relationName: 'in' }),
      inner: many(boxes, { relationName: 'in' }),
    }))

interface Helper {
  readonly boxes: typeof boxes
  readonly one: { boxes(how: object): object }
  readonly many: { boxes(how: object): object }
}
const tables = queried({ boxes, boxesOfBoxes }, { boxes }, (r: Helper) => ({
  boxes: {
    outer: r.one.boxes({ from: r.boxes.size, to: r.boxes.id, alias: 'in' }),
    inner: r.many.boxes({ from: r.boxes.id, to: r.boxes.size, alias: 'in' }),
  },
}))

const row = {
  id: 1,
  size: 1,
  isOpen: true,
  seconds: new Date('2026-01-02T03:04:05Z'),
  milliseconds: new Date('2026-01-02T03:04:05.678Z'),
  weight: 2,
  label: 'a',
}

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'plain-columns-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.db')
  const raw = new Database(file)
  raw.exec(`CREATE TABLE boxes (id INTEGER PRIMARY KEY, size INTEGER, is_open INTEGER, seconds INTEGER, milliseconds INTEGER, weight REAL, label TEXT);
INSERT INTO boxes VALUES (1, 1, 1, 1767323045, 1767323045678, 2, 'a')`)
  raw.close()
  const database = openSqlite({ url: file, ...tables })
  onTestFinished(() => database.close())
  return database
}

it('a column of Drizzle itself reads what its type says', async () => {
  const { db } = open()
  expect(await db.select().from(boxes)).toEqual([row])
  expect(await db.select().from(boxes).get()).toEqual(row)
  expect(await db.select({ id: boxes.id, n: count(), top: max(boxes.size) }).from(boxes)).toEqual([
    { id: 1, n: 1, top: 1 },
  ])
  expect(await db.update(boxes).set({ size: 7 }).where(eq(boxes.id, 1)).returning()).toEqual([{ ...row, size: 7 }])
})

it('so it does in a relational query, in a batch and in a transaction', async () => {
  const database = open()
  const { db } = database
  expect(await db.query.boxes.findFirst({ with: { outer: true, inner: true } })).toEqual({
    ...row,
    outer: row,
    inner: [row],
  })
  expect(await db.batch([db.select().from(boxes), db.query.boxes.findMany()])).toEqual([[row], [row]])
  await database.withTransaction(async (inner) => {
    expect(await inner.select().from(boxes)).toEqual([row])
  })
})

it('SQL without columns gives every integer as a bigint', async () => {
  expect(await open().db.all(sql`SELECT size, weight FROM boxes`)).toEqual([[1n, 2]])
})

it('a number that would be another one is refused, with its table and column', async () => {
  const { db } = open()
  await db.run(sql`UPDATE boxes SET size = 9007199254740993`)
  await expect(db.select().from(boxes)).rejects.toMatchObject({
    code: 'VALUE_INVALID',
    message: expect.stringContaining('boxes.size'),
  })
})

/** Its author reads what Drizzle's own drivers give: a number. */
const flag = customType<{ data: boolean; driverData: number }>({
  dataType: () => 'integer',
  fromDriver: (value) => value === 1,
  toDriver: (value) => (value ? 1 : 0),
})
const shown = customType<{ data: string; driverData: number }>({
  dataType: () => 'integer',
  fromDriver: (value) => `${typeof value} ${value}`,
})
const customs = sqliteTable('boxes', { id: integer().primaryKey(), isOpen: flag('is_open'), size: shown() })

it("a column of customType reads what Drizzle's drivers give, and an integer that is no number as it is", async () => {
  const { db } = open()
  expect(await db.select().from(customs)).toEqual([{ id: 1, isOpen: true, size: 'number 1' }])
  expect(await db.update(customs).set({ isOpen: false }).returning({ isOpen: customs.isOpen })).toEqual([
    { isOpen: false },
  ])
  await db.run(sql`UPDATE boxes SET size = 9007199254740993`)
  expect(await db.select({ size: customs.size }).from(customs)).toEqual([{ size: 'bigint 9007199254740993' }])
})
