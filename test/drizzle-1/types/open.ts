// The types that a program has on drizzle-orm 1.0: checked by test/dialects/drizzle-1/types.test.ts.
import { openMysql } from '@org/migrate-drizzle/mysql'
import { openPostgres } from '@org/migrate-drizzle/postgres'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { defineRelations } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sq from 'drizzle-orm/sqlite-core'

/** A type that is that one and no other; `any` is none. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => undefined

const users = sq.sqliteTable('users', { id: sq.integer().primaryKey(), name: sq.text() })
const posts = sq.sqliteTable('posts', { id: sq.integer().primaryKey(), author: sq.integer().notNull() })
const relations = defineRelations({ users, posts }, (r) => ({
  posts: { by: r.one.users({ from: r.posts.author, to: r.users.id }) },
}))
export async function onSqlite() {
  const { db, withTransaction } = openSqlite({ url: ':memory:', relations })
  const selected = await db.select().from(users)
  same<typeof selected, { id: number; name: string | null }[]>(true)
  const found = await db.query.posts.findMany({ columns: { id: true }, with: { by: true } })
  same<typeof found, { id: number; by: { id: number; name: string | null } | null }[]>(true)
  await withTransaction(async (tx) => {
    await tx.insert(users).values({ id: 1 })
    const user = await tx.query.users.findFirst()
    same<typeof user, { id: number; name: string | null } | undefined>(true)
  })
  const plain = openSqlite({ url: ':memory:' })
  await plain.db.insert(users).values({ id: 1 })
  // @ts-expect-error: a number is wanted.
  await plain.db.insert(users).values({ id: 'a' })
}

const accounts = pg.pgTable('accounts', { id: pg.integer().primaryKey(), mail: pg.text() })
export async function onPostgres() {
  const { db } = openPostgres({ url: 'postgres://localhost/a', relations: defineRelations({ accounts }) })
  const selected = await db.select().from(accounts)
  same<typeof selected, { id: number; mail: string | null }[]>(true)
  const found = await db.query.accounts.findMany()
  same<typeof found, { id: number; mail: string | null }[]>(true)
  const plain = openPostgres({ url: 'postgres://localhost/a' })
  await plain.db.insert(accounts).values({ id: 1 })
}

const orders = my.mysqlTable('orders', { id: my.int().primaryKey(), note: my.text() })
export async function onMysql() {
  const { db } = openMysql({ url: 'mysql://localhost/a', relations: defineRelations({ orders }) })
  const selected = await db.select().from(orders)
  same<typeof selected, { id: number; note: string | null }[]>(true)
  const found = await db.query.orders.findMany()
  same<typeof found, { id: number; note: string | null }[]>(true)
  const plain = openMysql({ url: 'mysql://localhost/a' })
  await plain.db.insert(orders).values({ id: 1 })
}
