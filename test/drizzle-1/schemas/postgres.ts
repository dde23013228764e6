import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
export const mood = pg.pgEnum('mood', ['ok', 'bad'])
export const seq = pg.pgSequence('counter', { startWith: 5 })
export const app = pg.pgSchema('app')
export const users = pg.pgTable('users', {
  id: pg.integer().primaryKey().generatedAlwaysAsIdentity(),
  email: pg.text().unique(),
  moods: mood().array().default(['ok']),
  m: pg
    .integer()
    .array('[][]')
    .default([[1], [2]]),
  doc: pg.jsonb().default({ a: 1 }),
  docs: pg.jsonb().array(),
  raw: pg.bytea(),
  big: pg.bigint({ mode: 'bigint' }).default(9007199254740993n),
  flag: pg.boolean().array().default([true]),
  at: pg.timestamp({ withTimezone: true }).defaultNow(),
  up: pg.text().generatedAlwaysAs(sql`upper(email)`),
})
export const posts = pg.pgTable.withRLS(
  'posts',
  { author: pg.integer().references(() => users.id), nr: pg.integer(), kind: pg.text() },
  (t) => [
    pg.primaryKey({ columns: [t.author, t.nr] }),
    pg.unique().on(t.nr, t.kind).nullsNotDistinct(),
    pg.index().on(t.kind.desc()),
    pg.check('c', sql`${t.nr} > 0`),
    pg.pgPolicy('p', { for: 'select', using: sql`true` }),
  ],
)
export const placed = app.table('placed', { id: pg.uuid().defaultRandom().primaryKey() })
export const v = pg.pgView('v').as((qb) => qb.select({ id: users.id }).from(users))
export const mv = pg.pgMaterializedView('mv').as((qb) => qb.select({ id: users.id }).from(users))
