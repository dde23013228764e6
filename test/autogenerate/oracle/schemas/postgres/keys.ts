import { integer, pgTable, primaryKey, serial, text, unique, uuid, varchar } from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const byCommand = 'pushSchema drops the parameters of its query for composite keys, and ends its process over it'
const member = { team: integer('team').notNull(), user: integer('user').notNull(), role: text('role') }

export const keys: readonly OracleSchema[] = [
  schema(
    'a text and a UUID as primary keys',
    [
      {
        users: pgTable('users', { id: text('id').primaryKey(), name: text('name') }),
        sessions: pgTable('sessions', { token: uuid('token').primaryKey(), data: text('data') }),
      },
    ],
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'a primary key of two columns',
    [{ members: pgTable('members', member, (t) => [primaryKey({ columns: [t.team, t.user] })]) }],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
    { byCommand },
  ),
  schema(
    'a named primary key of two columns',
    [{ members: pgTable('members', member, (t) => [primaryKey({ name: 'members_key', columns: [t.team, t.user] })]) }],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
    { byCommand },
  ),
  schema(
    'a named primary key of two columns, in another order',
    [
      {
        members: pgTable('members', member, (t) => [primaryKey({ name: 'members_key', columns: [t.user, t.team] })]),
      },
    ],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
    { byCommand, noise: 'it reads the columns of a primary key in the order of the table' },
  ),
  schema(
    'a primary key gets another column',
    [
      {
        members: pgTable('members', { ...member, role: text('role').notNull() }, (t) => [
          primaryKey({ columns: [t.team, t.user] }),
        ]),
      },
      {
        members: pgTable('members', { ...member, role: text('role').notNull() }, (t) => [
          primaryKey({ columns: [t.team, t.user, t.role] }),
        ]),
      },
    ],
    'ALTER TABLE members ADD COLUMN extra text',
    { byCommand },
  ),
  schema(
    'a primary key of one column becomes one of two',
    [
      {
        members: pgTable('members', {
          team: integer('team').primaryKey(),
          user: integer('user').notNull(),
          role: text('role'),
        }),
      },
      { members: pgTable('members', member, (t) => [primaryKey({ columns: [t.team, t.user] })]) },
    ],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
    { byCommand },
  ),
  schema(
    'columns that are unique',
    [
      {
        users: pgTable('users', {
          id: serial('id').primaryKey(),
          email: varchar('email', { length: 255 }).notNull().unique(),
          handle: text('handle').unique('users_handle'),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'pairs that are unique',
    [
      {
        pages: pgTable(
          'pages',
          { id: id(), site: integer('site').notNull(), path: text('path').notNull(), lang: text('lang') },
          (t) => [unique().on(t.site, t.path), unique('pages_per_language').on(t.site, t.path, t.lang)],
        ),
      },
    ],
    'ALTER TABLE pages ALTER COLUMN lang SET NOT NULL',
  ),
  schema(
    'a pair that is unique, in another order than the table',
    [
      {
        pages: pgTable('pages', { id: id(), site: integer('site'), path: text('path'), lang: text('lang') }, (t) => [
          unique('pages_key').on(t.path, t.site),
        ]),
      },
    ],
    'ALTER TABLE pages ALTER COLUMN lang SET NOT NULL',
    { noise: 'it reads the columns of a unique constraint in the order of the table' },
  ),
  schema(
    'one NULL at most',
    [
      {
        users: pgTable(
          'users',
          { id: id(), code: text('code').unique('users_code', { nulls: 'not distinct' }), a: text('a') },
          (t) => [unique('users_a').on(t.a).nullsNotDistinct()],
        ),
        others: pgTable('others', { id: id(), name: text('name') }),
      },
    ],
    'ALTER TABLE others ALTER COLUMN name SET NOT NULL',
    { noise: 'it does not read NULLS NOT DISTINCT' },
  ),
  schema(
    'a column becomes unique, and another one is no longer',
    [
      { users: pgTable('users', { id: id(), email: text('email'), name: text('name').unique() }) },
      { users: pgTable('users', { id: id(), email: text('email').unique(), name: text('name') }) },
    ],
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'what is unique gets another column',
    [
      {
        slugs: pgTable('slugs', { id: id(), site: integer('site'), slug: text('slug') }, (t) => [
          unique('slugs_key').on(t.slug),
        ]),
      },
      {
        slugs: pgTable('slugs', { id: id(), site: integer('site'), slug: text('slug') }, (t) => [
          unique('slugs_key').on(t.site, t.slug),
        ]),
      },
    ],
    'ALTER TABLE slugs ALTER COLUMN slug SET NOT NULL',
  ),
]
