import { sql } from 'drizzle-orm'
import * as sq from 'drizzle-orm/sqlite-core'

export const users = sq.sqliteTable('users', {
  id: sq.integer().primaryKey({ autoIncrement: true }),
  email: sq.text().notNull().unique(),
  flag: sq.integer({ mode: 'boolean' }).default(true),
  at: sq.integer({ mode: 'timestamp' }).default(new Date(0)),
  doc: sq.text({ mode: 'json' }).default({ a: 1 }),
  raw: sq.blob({ mode: 'buffer' }),
  big: sq.blob({ mode: 'bigint' }),
  amount: sq.numeric({ mode: 'number' }).default(1.5),
  up: sq.text().generatedAlwaysAs(sql`upper(email)`),
})
export const posts = sq.snakeCase.table(
  'posts',
  {
    authorId: sq.integer().references(() => users.id, { onDelete: 'cascade' }),
    nr: sq.integer(),
    kind: sq.text({ enum: ['a', 'b'] }),
  },
  (t) => [
    sq.primaryKey({ columns: [t.authorId, t.nr] }),
    sq.unique().on(t.nr, t.kind),
    sq.index('by_kind').on(t.kind),
    sq.check('c', sql`${t.nr} > 0`),
  ],
)
export const v = sq.sqliteView('v').as((qb) => qb.select({ id: users.id }).from(users))
