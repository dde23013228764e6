import { integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
/** What is changed where drizzle-kit wants the other table recreated anyway. */
const beside = sqliteTable('beside', { id: id(), name: text('name') })

export const keys: readonly OracleSchema[] = [
  schema(
    'a text as the primary key',
    [{ users: sqliteTable('users', { id: text('id').primaryKey(), name: text('name') }) }],
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'numbers that are never used twice',
    [{ users: sqliteTable('users', { id: integer('id').primaryKey({ autoIncrement: true }), name: text('name') }) }],
    'ALTER TABLE users DROP COLUMN name',
  ),
  schema(
    'AUTOINCREMENT is added',
    [
      { users: sqliteTable('users', { id: id(), name: text('name') }) },
      { users: sqliteTable('users', { id: integer('id').primaryKey({ autoIncrement: true }), name: text('name') }) },
    ],
    'ALTER TABLE users DROP COLUMN name',
  ),
  schema(
    'a primary key of two columns',
    [
      {
        members: sqliteTable(
          'members',
          { team: integer('team').notNull(), user: integer('user').notNull(), role: text('role') },
          (t) => [primaryKey({ columns: [t.team, t.user] })],
        ),
      },
    ],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
  ),
  schema(
    'a primary key of two columns in another order',
    [
      {
        beside,
        members: sqliteTable(
          'members',
          { team: integer('team').notNull(), user: text('user').notNull(), role: text('role') },
          (t) => [primaryKey({ columns: [t.user, t.team] })],
        ),
      },
    ],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'it reads the columns of a primary key in the order of the table' },
  ),
  schema(
    'a named primary key of two columns',
    [
      {
        members: sqliteTable(
          'members',
          { team: integer('team').notNull(), user: integer('user').notNull(), role: text('role') },
          (t) => [primaryKey({ name: 'members_key', columns: [t.team, t.user] })],
        ),
      },
    ],
    'ALTER TABLE members ALTER COLUMN role SET NOT NULL',
  ),
  schema(
    'another primary key',
    [
      {
        members: sqliteTable('members', { id: id(), team: integer('team').notNull(), user: integer('user').notNull() }),
      },
      {
        members: sqliteTable('members', { team: integer('team').notNull(), user: integer('user').notNull() }, (t) => [
          primaryKey({ columns: [t.team, t.user] }),
        ]),
      },
    ],
    'ALTER TABLE members ADD COLUMN id integer',
  ),
  schema(
    'columns that are unique',
    [
      {
        users: sqliteTable('users', {
          id: id(),
          email: text('email').notNull().unique(),
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
        pages: sqliteTable(
          'pages',
          { id: id(), site: integer('site').notNull(), path: text('path').notNull(), lang: text('lang') },
          (t) => [unique().on(t.site, t.path), unique('pages_per_language').on(t.lang, t.site, t.path)],
        ),
      },
    ],
    'ALTER TABLE pages ALTER COLUMN lang SET NOT NULL',
  ),
  schema(
    'a column becomes unique, and another one is no longer',
    [
      { users: sqliteTable('users', { id: id(), email: text('email'), name: text('name').unique() }) },
      { users: sqliteTable('users', { id: id(), email: text('email').unique(), name: text('name') }) },
    ],
    'ALTER TABLE users ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'what is unique gets another column',
    [
      {
        slugs: sqliteTable('slugs', { id: id(), site: integer('site'), slug: text('slug') }, (t) => [
          unique('slugs_key').on(t.slug),
        ]),
      },
      {
        slugs: sqliteTable('slugs', { id: id(), site: integer('site'), slug: text('slug') }, (t) => [
          unique('slugs_key').on(t.site, t.slug),
        ]),
      },
    ],
    'ALTER TABLE slugs ALTER COLUMN slug SET NOT NULL',
  ),
]
