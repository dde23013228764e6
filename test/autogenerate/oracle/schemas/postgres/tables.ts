import { relations } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  pgTableCreator,
  serial,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const users = pgTable('users', { id: id(), name: text('name') })
const prefixed = pgTableCreator((name) => `shop_${name}`)

const state = pgEnum('order_state', ['open', 'paid'])
const customers = pgTable('customers', {
  id: uuid('id').primaryKey().defaultRandom(),
  email: varchar('email', { length: 255 }).notNull().unique(),
  vip: boolean('vip').notNull().default(false),
  profile: jsonb('profile').notNull().default({}),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
})
const orders = pgTable(
  'orders',
  {
    id: serial('id').primaryKey(),
    customer: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    total: numeric('total', { precision: 12, scale: 2 }).notNull().default('0.00'),
    state: state('state').notNull().default('open'),
  },
  (t) => [index('orders_customer').on(t.customer, t.state)],
)

export const tables: readonly OracleSchema[] = [
  schema(
    'a table comes, another one goes',
    [
      { users, logs: pgTable('logs', { id: serial('id').primaryKey(), line: text('line') }) },
      { users, notes: pgTable('notes', { id: id(), owner: integer('owner').references(() => users.id) }) },
    ],
    'ALTER TABLE notes ALTER COLUMN owner SET NOT NULL',
  ),
  schema(
    'a table is renamed, with what refers to it',
    [
      { users, posts: pgTable('posts', { id: id(), by: integer('by').references(() => users.id) }) },
      (() => {
        const members = pgTable('members', { id: id(), name: text('name') })
        return { members, posts: pgTable('posts', { id: id(), by: integer('by').references(() => members.id) }) }
      })(),
    ],
    'ALTER TABLE members ALTER COLUMN name SET NOT NULL',
    { renamed: [{ from: 'users', to: 'members' }] },
  ),
  schema(
    'names with capitals, blanks and words of SQL',
    [
      {
        odd: pgTable('Order', { id: id(), group: integer('group'), camelCase: text('camelCase'), blank: text('a b') }),
        select: pgTable('select', { id: id(), from: integer('from'), table: text('table').notNull().default('x') }),
      },
    ],
    'ALTER TABLE "Order" ALTER COLUMN "a b" SET NOT NULL',
  ),
  schema(
    'names from keys',
    [
      {
        things: pgTable('things', {
          id: serial().primaryKey(),
          firstName: text().unique(),
          lastName: text().notNull(),
        }),
      },
    ],
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
        userAccounts: pgTable(
          'userAccounts',
          {
            id: integer().primaryKey(),
            firstName: text().notNull(),
            userID: integer().unique(),
            given: text('givenName'),
          },
          (t) => [index('byName').on(t.firstName), index().on(t.userID)],
        ),
      },
      {
        userAccounts: pgTable(
          'userAccounts',
          { id: integer().primaryKey(), firstName: text(), userID: integer().unique(), lastSeenAt: timestamp() },
          (t) => [index('byName').on(t.firstName, t.lastSeenAt)],
        ),
      },
    ],
    'ALTER TABLE "userAccounts" ALTER COLUMN first_name SET NOT NULL',
    { casing: 'snake_case', byCommand: 'pushSchema takes no casing' },
  ),
  schema(
    'names in camel case, with a reference',
    [
      (() => {
        const accounts = pgTable('accounts', { id: integer().primaryKey(), first_name: text() })
        return {
          accounts,
          logins: pgTable('logins', {
            id: integer().primaryKey(),
            account_id: integer().references(() => accounts.id),
          }),
        }
      })(),
    ],
    'ALTER TABLE accounts ALTER COLUMN "firstName" SET NOT NULL',
    { casing: 'camelCase', byCommand: 'pushSchema takes no casing' },
  ),
  schema(
    'relations and what else is no table',
    [
      {
        state,
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
      { state, customers, orders },
      (() => {
        const later = pgEnum('order_state', ['new', 'open', 'paid', 'gone'])
        return {
          later,
          customers,
          orders: pgTable(
            'orders',
            {
              id: serial('id').primaryKey(),
              customer: uuid('customer_id')
                .notNull()
                .references(() => customers.id, { onDelete: 'restrict' }),
              total: numeric('total', { precision: 14, scale: 4 }).notNull().default('0.0000'),
              state: later('state').notNull().default('open'),
              paidAt: timestamp('paid_at', { withTimezone: true }),
            },
            (t) => [index('orders_paid').on(t.paidAt), uniqueIndex('orders_once').on(t.customer, t.paidAt)],
          ),
          refunds: pgTable('refunds', { id: serial('id').primaryKey(), amount: numeric('amount').notNull() }),
        }
      })(),
    ],
    'ALTER TABLE refunds ALTER COLUMN amount DROP NOT NULL',
  ),
]
