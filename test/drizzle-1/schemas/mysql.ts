import { sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'

export const users = my.mysqlTable('users', {
  id: my.int().primaryKey().autoincrement(),
  email: my.varchar({ length: 90 }).notNull().unique(),
  mood: my.mysqlEnum(['ok', 'bad']).default('ok'),
  flag: my.boolean().default(true),
  at: my.timestamp().defaultNow(),
  big: my.bigint({ mode: 'bigint', unsigned: true }),
  text: my.bigint({ mode: 'string' }),
  doc: my.json(),
  raw: my.varbinary({ length: 9 }),
  bytes: my.longblob(),
  amount: my.decimal({ precision: 10, scale: 2 }).default('1.50'),
  up: my.varchar({ length: 90 }).generatedAlwaysAs(sql`upper(email)`, { mode: 'stored' }),
})
export const posts = my.snakeCase.table(
  'posts',
  {
    authorId: my.int().references(() => users.id, { onDelete: 'cascade' }),
    nr: my.int(),
    kind: my.varchar({ length: 20 }),
  },
  (t) => [
    my.primaryKey({ columns: [t.authorId, t.nr] }),
    my.unique().on(t.nr, t.kind),
    my.index('by_kind').on(t.kind),
    my.check('posts_c', sql`${t.nr} > 0`),
  ],
)
export const v = my.mysqlView('v').as((qb) => qb.select({ id: users.id }).from(users))
