import { int, mysqlTable, primaryKey, serial, text, unique, varchar } from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => int('id').primaryKey()
const member = { team: int('team').notNull(), user: int('user').notNull(), role: varchar('role', { length: 20 }) }
/** The server calls every primary key PRIMARY. */
const noise =
  'it reads the name of a key as that of the table and of its columns, and declares it with _pk or as it is given'
const role = 'ALTER TABLE members MODIFY role varchar(20) NOT NULL'

export const keys: readonly OracleSchema[] = [
  schema(
    'texts as primary keys',
    [
      {
        users: mysqlTable('users', { id: varchar('id', { length: 36 }).primaryKey(), name: text('name') }),
        sessions: mysqlTable('sessions', { token: varchar('token', { length: 191 }).primaryKey(), data: text('data') }),
      },
    ],
    'ALTER TABLE users MODIFY name text NOT NULL',
  ),
  schema(
    'a primary key of two columns',
    [{ members: mysqlTable('members', member, (t) => [primaryKey({ columns: [t.team, t.user] })]) }],
    role,
    { noise },
  ),
  schema(
    'a named primary key of two columns',
    [
      {
        members: mysqlTable('members', member, (t) => [primaryKey({ name: 'members_key', columns: [t.team, t.user] })]),
      },
    ],
    role,
    { noise },
  ),
  schema(
    'a primary key that is named as drizzle-kit reads it',
    [
      {
        members: mysqlTable('members', member, (t) => [
          primaryKey({ name: 'members_team_user', columns: [t.team, t.user] }),
        ]),
      },
    ],
    role,
  ),
  schema(
    'a primary key of two columns, in another order than the table',
    [{ members: mysqlTable('members', member, (t) => [primaryKey({ columns: [t.user, t.team] })]) }],
    role,
    { noise },
  ),
  schema(
    'a primary key gets another column',
    [
      {
        members: mysqlTable('members', { ...member, role: varchar('role', { length: 20 }).notNull() }, (t) => [
          primaryKey({ columns: [t.team, t.user] }),
        ]),
      },
      {
        members: mysqlTable('members', { ...member, role: varchar('role', { length: 20 }).notNull() }, (t) => [
          primaryKey({ columns: [t.team, t.user, t.role] }),
        ]),
      },
    ],
    'ALTER TABLE members ADD COLUMN extra text',
    { noise },
  ),
  schema(
    'a primary key of one column becomes one of two',
    [
      { members: mysqlTable('members', { ...member, team: int('team').primaryKey() }) },
      { members: mysqlTable('members', member, (t) => [primaryKey({ columns: [t.team, t.user] })]) },
    ],
    role,
    { noise },
  ),
  schema(
    'a table without a primary key, which gets one',
    [
      { members: mysqlTable('members', member) },
      { members: mysqlTable('members', member, (t) => [primaryKey({ columns: [t.user] })]) },
    ],
    role,
    { noise },
  ),
  schema(
    'columns that are unique',
    [
      {
        users: mysqlTable('users', {
          id: int('id').autoincrement().primaryKey(),
          email: varchar('email', { length: 255 }).notNull().unique(),
          handle: varchar('handle', { length: 60 }).unique('users_handle'),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE users MODIFY name text NOT NULL',
  ),
  schema(
    'pairs that are unique',
    [
      {
        pages: mysqlTable(
          'pages',
          {
            id: id(),
            site: int('site').notNull(),
            path: varchar('path', { length: 100 }).notNull(),
            lang: varchar('lang', { length: 5 }),
          },
          (t) => [unique().on(t.site, t.path), unique('pages_per_language').on(t.lang, t.site, t.path)],
        ),
      },
    ],
    'ALTER TABLE pages MODIFY lang varchar(5) NOT NULL',
  ),
  schema(
    'a serial number that is the primary key, beside what is unique',
    [
      {
        users: mysqlTable('users', {
          id: serial('id').primaryKey(),
          code: varchar('code', { length: 9 }).unique(),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE users MODIFY name text NOT NULL',
  ),
  schema(
    'a column becomes unique, and another one is no longer',
    [
      {
        users: mysqlTable('users', {
          id: id(),
          email: varchar('email', { length: 99 }),
          name: varchar('name', { length: 99 }).unique(),
        }),
      },
      {
        users: mysqlTable('users', {
          id: id(),
          email: varchar('email', { length: 99 }).unique(),
          name: varchar('name', { length: 99 }),
        }),
      },
    ],
    'ALTER TABLE users MODIFY name varchar(99) NOT NULL',
  ),
  schema(
    'what is unique gets another column',
    [
      {
        slugs: mysqlTable('slugs', { id: id(), site: int('site'), slug: varchar('slug', { length: 50 }) }, (t) => [
          unique('slugs_key').on(t.slug),
        ]),
      },
      {
        slugs: mysqlTable('slugs', { id: id(), site: int('site'), slug: varchar('slug', { length: 50 }) }, (t) => [
          unique('slugs_key').on(t.site, t.slug),
        ]),
      },
    ],
    'ALTER TABLE slugs MODIFY slug varchar(50) NOT NULL',
  ),
]
