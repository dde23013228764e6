import { relations, sql } from 'drizzle-orm'
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  sqliteTableCreator,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const users = sqliteTable('users', { id: id(), name: text('name') })
const prefixed = sqliteTableCreator((name) => `shop_${name}`)

const customers = sqliteTable('customers', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  email: text('email').notNull().unique(),
  vip: integer('vip', { mode: 'boolean' }).notNull().default(false),
  createdAt: integer('created_at', { mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
})
const orders = sqliteTable(
  'orders',
  {
    id: id(),
    customer: integer('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    total: real('total').notNull().default(0),
    state: text('state', { enum: ['open', 'paid'] })
      .notNull()
      .default('open'),
  },
  (t) => [index('orders_customer').on(t.customer, t.state)],
)
const lines = sqliteTable(
  'order_lines',
  {
    order: integer('order_id')
      .notNull()
      .references(() => orders.id),
    position: integer('position').notNull(),
    sku: text('sku', { length: 32 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.order, t.position] }), uniqueIndex('lines_sku').on(t.order, t.sku)],
)

export const tables: readonly OracleSchema[] = [
  schema(
    'a table comes, another one goes',
    [
      { users, logs: sqliteTable('logs', { id: id(), line: text('line') }) },
      { users, notes: sqliteTable('notes', { id: id(), owner: integer('owner').references(() => users.id) }) },
    ],
    'ALTER TABLE notes ALTER COLUMN owner SET NOT NULL',
  ),
  schema(
    'a table is renamed, with what refers to it',
    [
      { users, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      (() => {
        const accounts = sqliteTable('accounts', { id: id(), name: text('name') })
        return { accounts, posts: sqliteTable('posts', { id: id(), by: integer('by').references(() => accounts.id) }) }
      })(),
    ],
    'ALTER TABLE accounts ALTER COLUMN name SET NOT NULL',
    { renamed: [{ from: 'users', to: 'accounts' }] },
  ),
  schema(
    'names with capitals, blanks and words of SQL',
    [
      {
        odd: sqliteTable('Order', {
          id: id(),
          group: integer('group'),
          camelCase: text('camelCase'),
          blank: text('a b'),
        }),
        select: sqliteTable('select', { id: id(), from: integer('from'), table: text('table').notNull().default('x') }),
      },
    ],
    'ALTER TABLE "Order" ALTER COLUMN "a b" SET NOT NULL',
  ),
  schema(
    'names from keys',
    [{ things: sqliteTable('things', { id: integer().primaryKey(), firstName: text(), lastName: text().notNull() }) }],
    'ALTER TABLE things ALTER COLUMN "firstName" SET NOT NULL',
  ),
  schema(
    'tables with a prefix',
    [
      {
        items: prefixed('items', { id: id(), sku: text('sku').notNull().unique() }, (t) => [
          index('by_sku').on(t.id, t.sku),
        ]),
      },
      { items: prefixed('items', { id: id(), sku: text('sku').notNull().unique(), size: integer('size') }) },
    ],
    'ALTER TABLE shop_items ALTER COLUMN size SET NOT NULL',
  ),
  schema(
    'names in snake case',
    [
      {
        userAccounts: sqliteTable(
          'userAccounts',
          {
            id: integer().primaryKey(),
            firstName: text().notNull(),
            userID: integer().unique(),
            given: text('givenName'),
          },
          (t) => [index('byName').on(t.firstName)],
        ),
      },
      {
        userAccounts: sqliteTable(
          'userAccounts',
          { id: integer().primaryKey(), firstName: text(), userID: integer().unique(), lastSeenAt: integer() },
          (t) => [index('byName').on(t.firstName, t.lastSeenAt)],
        ),
      },
    ],
    'ALTER TABLE "userAccounts" ALTER COLUMN first_name SET NOT NULL',
    { casing: 'snake_case', byCommand: 'pushSQLiteSchema takes no casing' },
  ),
  schema(
    'names in camel case',
    [
      {
        accounts: sqliteTable('accounts', {
          id: integer().primaryKey(),
          first_name: text(),
          last_seen_at: integer().notNull(),
        }),
      },
    ],
    'ALTER TABLE accounts ALTER COLUMN "lastSeenAt" DROP NOT NULL',
    { casing: 'camelCase', byCommand: 'pushSQLiteSchema takes no casing' },
  ),
  schema(
    'relations and what else is no table',
    [
      {
        customers,
        orders,
        customerOrders: relations(customers, ({ many }) => ({ orders: many(orders) })),
        limit: 5,
        helper: () => 1,
      },
    ],
    'ALTER TABLE orders ALTER COLUMN total DROP NOT NULL',
  ),
  schema(
    'a shop, and its next release',
    [
      { customers, orders, lines },
      {
        customers,
        orders: sqliteTable(
          'orders',
          {
            id: id(),
            customer: integer('customer_id')
              .notNull()
              .references(() => customers.id, { onDelete: 'restrict' }),
            total: real('total').notNull().default(0),
            state: text('state').notNull().default('new'),
            paidAt: integer('paid_at', { mode: 'timestamp' }),
          },
          (t) => [index('orders_paid').on(t.paidAt)],
        ),
        refunds: sqliteTable('refunds', { id: id(), amount: real('amount').notNull() }),
      },
    ],
    'ALTER TABLE refunds ALTER COLUMN amount DROP NOT NULL',
  ),
]
