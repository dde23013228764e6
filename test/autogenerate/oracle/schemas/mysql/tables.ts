import { relations } from 'drizzle-orm'
import {
  boolean,
  decimal,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  mysqlTableCreator,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => int('id').primaryKey()
const counted = () => int('id').autoincrement().primaryKey()
// Of references, drizzle-kit reads the actions by name alone, over all databases of the server: these names are no other test's.
const users = mysqlTable('kit_people', { id: id(), name: text('name') })
const prefixed = mysqlTableCreator((name) => `shop_${name}`)

const customers = mysqlTable('kit_customers', {
  id: varchar('id', { length: 36 }).primaryKey(),
  email: varchar('email', { length: 255 }).notNull().unique(),
  vip: boolean('vip').notNull().default(false),
  profile: json('profile'),
  createdAt: timestamp('created_at').notNull(),
})
const orders = mysqlTable(
  'kit_orders',
  {
    id: counted(),
    customer: varchar('customer_id', { length: 36 })
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    total: decimal('total', { precision: 12, scale: 2 }).notNull().default('0.00'),
    state: mysqlEnum('state', ['open', 'paid']).notNull().default('open'),
  },
  (t) => [index('orders_customer').on(t.customer, t.state)],
)

export const tables: readonly OracleSchema[] = [
  schema(
    'a table comes, another one goes',
    [
      { users, logs: mysqlTable('logs', { id: counted(), line: text('line') }) },
      { users, notes: mysqlTable('kit_owned', { id: id(), owner: int('owner').references(() => users.id) }) },
    ],
    'ALTER TABLE kit_owned MODIFY owner int NOT NULL',
  ),
  schema(
    'a table is renamed',
    [
      { users: mysqlTable('visitors', { id: id(), name: text('name') }) },
      { members: mysqlTable('guests', { id: id(), name: text('name') }) },
    ],
    'ALTER TABLE guests MODIFY name text NOT NULL',
    { renamed: [{ from: 'visitors', to: 'guests' }] },
  ),
  schema(
    'names with capitals, blanks and words of SQL',
    [
      {
        odd: mysqlTable('Order', { id: id(), group: int('group'), camelCase: text('camelCase'), blank: text('a b') }),
        select: mysqlTable('select', {
          id: id(),
          from: int('from'),
          table: varchar('table', { length: 9 }).notNull().default('x'),
        }),
      },
    ],
    'ALTER TABLE `Order` MODIFY `a b` text NOT NULL',
  ),
  schema(
    'names from keys',
    [
      {
        things: mysqlTable('things', {
          id: int().autoincrement().primaryKey(),
          firstName: varchar({ length: 50 }).unique(),
          lastName: text().notNull(),
        }),
      },
    ],
    'ALTER TABLE things MODIFY lastName text',
  ),
  schema(
    'tables with a prefix',
    [
      {
        items: prefixed('items', { id: id(), sku: varchar('sku', { length: 20 }).notNull().unique() }, (t) => [
          index('by_sku').on(t.id, t.sku),
        ]),
      },
      {
        items: prefixed('items', {
          id: id(),
          sku: varchar('sku', { length: 20 }).notNull().unique(),
          size: int('size'),
        }),
      },
    ],
    'ALTER TABLE shop_items MODIFY size int NOT NULL',
  ),
  schema(
    'names in snake case',
    [
      {
        userAccounts: mysqlTable(
          'userAccounts',
          {
            id: int().primaryKey(),
            firstName: varchar({ length: 40 }).notNull(),
            userID: int().unique(),
            given: text('givenName'),
          },
          (t) => [index('byName').on(t.firstName)],
        ),
      },
      {
        userAccounts: mysqlTable(
          'userAccounts',
          {
            id: int().primaryKey(),
            firstName: varchar({ length: 40 }),
            userID: int().unique(),
            lastSeenAt: timestamp(),
          },
          (t) => [index('byName').on(t.firstName, t.lastSeenAt)],
        ),
      },
    ],
    'ALTER TABLE userAccounts MODIFY first_name varchar(40) NOT NULL',
    { casing: 'snake_case' },
  ),
  schema(
    'names in camel case, with a reference',
    [
      (() => {
        const accounts = mysqlTable('kit_accounts', { id: int().primaryKey(), first_name: text() })
        return {
          accounts,
          logins: mysqlTable('kit_logins', {
            id: int().primaryKey(),
            account_id: int().references(() => accounts.id),
          }),
        }
      })(),
    ],
    'ALTER TABLE kit_accounts MODIFY firstName text NOT NULL',
    { casing: 'camelCase' },
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
    'ALTER TABLE kit_customers MODIFY profile json NOT NULL',
  ),
  schema(
    'a shop, and its next release',
    [
      { customers, orders },
      {
        customers,
        orders: mysqlTable(
          'kit_orders',
          {
            id: counted(),
            customer: varchar('customer_id', { length: 36 })
              .notNull()
              .references(() => customers.id, { onDelete: 'restrict' }),
            total: decimal('total', { precision: 14, scale: 4 }).notNull().default('0.0000'),
            state: mysqlEnum('state', ['new', 'open', 'paid', 'gone']).notNull().default('open'),
            paidAt: timestamp('paid_at'),
          },
          (t) => [index('orders_paid').on(t.paidAt), uniqueIndex('orders_once').on(t.customer, t.paidAt)],
        ),
        refunds: mysqlTable('kit_refunds', {
          id: counted(),
          amount: decimal('amount', { precision: 12, scale: 2 }).notNull(),
        }),
      },
    ],
    'ALTER TABLE kit_refunds MODIFY amount decimal(12,2)',
  ),
]
