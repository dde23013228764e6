import { column, integer as int, table, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  index,
  integer,
  pgSchema,
  pgTable,
  pgTableCreator,
  pgView,
  serial,
  text,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const itself = cell('table', 'itself')
const schemas = cell('table', 'schema')
const options = cell('table', 'options')
const comment = cell('table', 'comment')

const key = { id: integer().primaryKey() }
const person = { ...key, email: text().notNull(), age: integer() }
const one = pgTable('accounts', person)
const two = pgTable('users', person)
const mailed = pgTable('users', { ...key, mail: text().notNull(), age: integer() })
const posts = (of: typeof one | typeof two) =>
  pgTable('posts', { ...key, author: integer().references((): AnyPgColumn => of.id) })
const prefixed = pgTableCreator((name) => `app_${name}`)
const app = pgSchema('app')
const accounts = 'CREATE TABLE accounts (id integer PRIMARY KEY, email text NOT NULL, age integer)'
const user = {
  rows: "INSERT INTO accounts VALUES (1, 'a@b.c', 7)",
  finds: { sql: 'SELECT * FROM users', rows: ['1, a@b.c, 7'] },
}
const toUsers = { from: 'accounts', to: 'users' }
const renamed = { answers: { renamed: [toUsers] } }
const recreated = [
  'create table users: id integer not null; email text not null; age integer; primary key (id)',
  'drop table accounts -- loses the table accounts and its rows',
]
const withOptions = (given: { readonly [option: string]: string | boolean } = {}) =>
  own({ a: column(txt()) }, { options: given })
const commented = (text?: string) => own({ a: column(txt()) }, text === undefined ? {} : { comment: text })

const counted = { id: serial().primaryKey(), a: text() }
const movedParts = (moved: ReturnType<typeof app.table<'t', typeof counted>>) => ({
  app,
  moved,
  parts: pgTable('parts', { ...key, of: integer().references((): AnyPgColumn => moved.id) }),
  seen: pgView('seen', { id: integer(), a: text() }).as(sql`SELECT id, a FROM app.t`),
})
const appMood = app.enum('mood', ['sad', 'ok'])
const parent = pgTable('p', key)
const movedParent = app.table('q', key)
const inPublic = table(
  't',
  { id: column(int(), { nullable: false }), a: column(txt()) },
  { schema: 'public', primaryKey: ['id'] },
)

export const tables: readonly Case[] = [
  itself.add('the first', {}, { one }, [
    'create table accounts: id integer not null; email text not null; age integer; primary key (id)',
  ]),
  itself.add('that refers to another that is new, which comes first', {}, { posts: posts(one), one }, [
    'create table accounts: id integer not null; email text not null; age integer; primary key (id)',
    'create table posts: id integer not null; author integer; primary key (id); foreign key posts_author_accounts_id_fk (author) -> accounts (id)',
  ]),
  itself.add('with a prefix that a creator gives', {}, { t: prefixed('t', key) }, [
    'create table app_t: id integer not null; primary key (id)',
  ]),
  itself.add('of table(…)', {}, own({ a: column(txt(), { nullable: false, default: 'x' }) }), [
    "create table t: id integer not null; a text not null default 'x'; primary key (id)",
  ]),
  itself.add(
    'named by the casing of the program',
    {},
    { t: pgTable('userAccounts', { id: integer().primaryKey(), signedUpOn: text() }) },
    ['create table userAccounts: id integer not null; signed_up_on text; primary key (id)'],
    { casing: 'snake_case' },
  ),
  itself.drop('with its rows', { one }, {}, ['drop table accounts -- loses the table accounts and its rows'], {
    rows: user.rows,
  }),
  itself.drop('and the one that refers to it, in the other order', { one, posts: posts(one) }, {}, [
    'drop table posts -- loses the table posts and its rows',
    'drop table accounts -- loses the table accounts and its rows',
  ]),
  itself.rename('answered, rows stay', { one }, { two }, ['rename table accounts to users'], { ...renamed, ...user }),
  itself.rename('no answer', { one }, { two }, [], { openQuestions: ['table accounts -> users'] }),
  itself.rename('it is no rename: --no-renames', { one }, { two }, recreated, { answers: { none: true } }),
  itself.rename('it is no rename: --dropped', { one }, { two }, recreated, { answers: { dropped: ['accounts'] } }),
  itself.rename(
    'with a column at once, by the new name of the table',
    { one },
    { mailed },
    ['rename table accounts to users', 'rename column users.email to mail'],
    { answers: { renamed: [toUsers, { from: 'users.email', to: 'mail' }] } },
  ),
  itself.rename(
    'with a column at once, by the old name of the table',
    { one },
    { mailed },
    ['rename table accounts to users', 'rename column users.email to mail'],
    {
      answers: { renamed: [toUsers, { from: 'accounts.email', to: 'mail' }] },
      ...user,
      finds: { sql: 'SELECT mail FROM users', rows: ['a@b.c'] },
    },
  ),
  itself.rename('with a column at once, and only the table answered', { one }, { mailed }, [], {
    ...renamed,
    openQuestions: ['column users.email -> mail'],
  }),
  itself.rename(
    'that others refer to: the name that drizzle-kit made of it follows',
    { one, posts: posts(one) },
    { two, posts: posts(two) },
    [
      'rename table accounts to users',
      'rename constraint posts.posts_author_accounts_id_fk to posts_author_users_id_fk',
    ],
    {
      ...renamed,
      rows: "INSERT INTO accounts VALUES (1, 'a', 1); INSERT INTO posts VALUES (1, 1)",
      finds: { sql: 'SELECT author FROM posts JOIN users ON users.id = author', rows: ['1'] },
    },
  ),
  itself.rename(
    'two that have nothing in common',
    { one },
    { t: pgTable('zebra', { stripes: integer().primaryKey(), wide: text() }) },
    [
      'create table zebra: stripes integer not null; wide text; primary key (stripes)',
      'drop table accounts -- loses the table accounts and its rows',
    ],
  ),
  itself.rename(
    'to the same name in other letters',
    { one },
    { t: pgTable('Accounts', person) },
    ['rename table accounts to Accounts'],
    { answers: { renamed: [{ from: 'accounts', to: 'Accounts' }] } },
  ),
  itself.rename(
    'whose unique constraint has a name made of its own',
    { t: pgTable('accounts', { ...key, email: text().unique() }) },
    { t: pgTable('users', { ...key, email: text().unique() }) },
    ['rename table accounts to users', 'rename constraint users.accounts_email_unique to users_email_unique'],
    renamed,
  ),
  itself.equal('the schema of the connection said', accounts.replace('accounts', 'public.accounts'), { one }),
  itself.equal('quoted', 'CREATE TABLE "accounts" ("id" int4 PRIMARY KEY, "email" text NOT NULL, "age" int)', { one }),
  itself.equal('in capitals, which the server folds', accounts.toUpperCase(), { one }),
  itself.equal(
    'made of another with LIKE',
    `${accounts.replace('accounts', 'old')}; CREATE TABLE accounts (LIKE old INCLUDING ALL); DROP TABLE old`,
    { one },
  ),
  itself.equal(
    'made of a query first, and changed since',
    'CREATE TABLE accounts AS SELECT 1 AS id, NULL::text AS email; DELETE FROM accounts; ALTER TABLE accounts ADD PRIMARY KEY (id), ALTER email SET NOT NULL, ADD age integer',
    { one },
  ),
  itself.equal(
    'renamed, and its key has its old name',
    `${accounts.replace('accounts', 'old')}; ALTER TABLE old RENAME TO accounts`,
    { one },
  ),
  itself.equal('exported twice', accounts, { one, again: one, helper: () => 1 }),
  itself.equal('a name that the server has cut', `CREATE TABLE ${'a'.repeat(63)} (id integer PRIMARY KEY)`, {
    t: pgTable('a'.repeat(80), key),
  }),

  schemas.add('a table in a schema that is new', {}, { t: app.table('t', { ...key, a: text() }) }, [
    'create schema app',
    'create table app.t: id integer not null; a text; primary key (id)',
  ]),
  schemas.drop(
    'a table of another schema, which is named',
    'CREATE SCHEMA app; CREATE TABLE app.t (id integer)',
    { app },
    ['drop table app.t -- loses the table app.t and its rows'],
  ),
  schemas.change(
    'a table of another schema is another table, if its author says so',
    t({ a: text() }),
    { t: app.table('t', { ...key, a: text() }) },
    [
      'create schema app',
      'create table app.t: id integer not null; a text; primary key (id)',
      'drop table t -- loses the table t and its rows',
    ],
    { answers: { dropped: ['t'] } },
  ),
  schemas.change(
    'the last table of a schema goes with the schema',
    { moved: app.table('t', { ...key, a: text() }), ...t({ a: text() }) },
    t({ a: text() }),
    ['drop table app.t -- loses the table app.t and its rows', 'drop schema app'],
  ),
  schemas.rename(
    'a table that has moved to a new schema, with its counter, its index, a key to it and a view',
    `CREATE TABLE t (id serial PRIMARY KEY, a text); CREATE INDEX t_a ON t (a);
     CREATE TABLE parts (id integer PRIMARY KEY, of integer CONSTRAINT parts_of_t_id_fk REFERENCES t);
     CREATE VIEW seen AS SELECT id, a FROM t; INSERT INTO t (a) VALUES ('x'), ('y'); DELETE FROM t WHERE id = 2;
     INSERT INTO parts VALUES (7, 1)`,
    movedParts(app.table('t', counted, (c) => [index('t_a').on(c.a)])),
    ['create schema app', 'move table t to app'],
    {
      answers: { renamed: [{ from: 't', to: 'app.t' }] },
      finds: {
        sql: `INSERT INTO app.t (a) VALUES ('z');
          SELECT t.id, t.a, p.id AS part, s.relnamespace::regnamespace AS one, i.relnamespace::regnamespace AS two, (SELECT count(*) FROM seen) AS n FROM app.t
          LEFT JOIN parts p ON p.of = t.id, pg_class s, pg_class i WHERE s.relname = 't_id_seq' AND i.relname = 't_a' ORDER BY t.id`,
        rows: ['1, x, 7, app, app, 2', '3, z, NULL, app, app, 2'],
      },
      returns: { sql: 'SELECT id, a FROM t ORDER BY id', rows: ['1, x', '3, z'] },
    },
  ),
  schemas.rename(
    'a table that has moved to the schema of the connection, and has another name there',
    'CREATE SCHEMA app; CREATE TABLE app.accounts (id integer PRIMARY KEY, email text NOT NULL, age integer); INSERT INTO app.accounts VALUES (1, $$a@b.c$$, 7)',
    { app, two },
    ['move table app.accounts to the own schema', 'rename table accounts to users'],
    { answers: { renamed: [{ from: 'app.accounts', to: 'public.users' }] }, finds: user.finds },
  ),
  schemas.rename(
    'a table whose name is taken in the new schema until it has its own',
    'CREATE SCHEMA app; CREATE TABLE app.accounts (id integer CONSTRAINT apart PRIMARY KEY); CREATE TABLE accounts (id integer PRIMARY KEY, email text NOT NULL, age integer); INSERT INTO accounts VALUES (1, $$a@b.c$$, 7)',
    { app, stays: app.table('accounts', key), moves: app.table('users', person) },
    ['rename table accounts to users', 'move table users to app'],
    {
      answers: { renamed: [{ from: 'accounts', to: 'app.users' }] },
      finds: { sql: 'SELECT * FROM app.users', rows: ['1, a@b.c, 7'] },
    },
  ),
  schemas.rename(
    'an enum and the table that uses it',
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer PRIMARY KEY, m mood DEFAULT 'ok', all_of mood[]); INSERT INTO t VALUES (1, 'sad', '{ok}')",
    { app, mood: appMood, t: app.table('t', { ...key, m: appMood().default('ok'), all_of: appMood().array() }) },
    ['create schema app', 'move enum mood to app', 'move table t to app'],
    {
      answers: {
        renamed: [
          { from: 'mood', to: 'app.mood' },
          { from: 't', to: 'app.t' },
        ],
      },
      finds: { sql: 'SELECT id, m, all_of FROM app.t', rows: ['1, sad, ok'] },
      returns: { sql: 'SELECT id, m, all_of FROM t', rows: ['1, sad, ok'] },
    },
  ),
  schemas.equal(
    'a table that was moved there by hand, with its counter and its index',
    'CREATE SCHEMA app; CREATE TABLE t (id serial PRIMARY KEY, a text); CREATE INDEX t_a ON t (a); ALTER TABLE t SET SCHEMA app',
    { app, t: app.table('t', counted, (c) => [index('t_a').on(c.a)]) },
  ),
  schemas.equal(
    'a table that was moved away from its enum, and has a foreign key back',
    "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok'); CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE app.t (id integer PRIMARY KEY, m app.mood, p integer CONSTRAINT t_p_p_id_fk REFERENCES p); ALTER TABLE app.t SET SCHEMA public",
    { app, appMood, p: parent, t: pgTable('t', { ...key, m: appMood(), p: integer().references(() => parent.id) }) },
  ),
  schemas.equal(
    'a schema that is not named, with a sequence and an enum',
    `CREATE SCHEMA other; CREATE SEQUENCE other.s; CREATE TYPE other.e AS ENUM ('x'); ${has('a text')}`,
    t({ a: text() }),
  ),
  schemas.equal(
    'a view over a table that was moved by hand',
    'CREATE SCHEMA app; CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE VIEW v AS SELECT id FROM t; ALTER TABLE t SET SCHEMA app',
    {
      app,
      t: app.table('t', { ...key, a: text() }),
      v: pgView('v', { id: integer() }).as(sql`SELECT id FROM app.t`),
    },
  ),
  schemas.equal(
    'a foreign key to a table that was moved by hand',
    'CREATE SCHEMA app; CREATE TABLE q (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, q integer CONSTRAINT t_q_q_id_fk REFERENCES q); ALTER TABLE q SET SCHEMA app',
    { app, q: movedParent, t: pgTable('t', { ...key, q: integer().references(() => movedParent.id) }) },
  ),
  schemas.equal(
    'an identity that was moved by hand with its table',
    'CREATE SCHEMA app; CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); ALTER TABLE t SET SCHEMA app',
    { app, t: app.table('t', { id: integer().primaryKey().generatedAlwaysAsIdentity() }) },
  ),
  schemas.equal(
    'an enum that was moved by hand from under its column',
    "CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer PRIMARY KEY, m mood DEFAULT 'ok'); ALTER TYPE mood SET SCHEMA app",
    { app, appMood, t: pgTable('t', { ...key, m: appMood().default('ok') }) },
  ),
  schemas.equal(
    'a sequence that was moved by hand',
    'CREATE SCHEMA app; CREATE SEQUENCE s; ALTER SEQUENCE s SET SCHEMA app',
    { app, s: app.sequence('s') },
  ),
  schemas.equal('an empty schema that is not named', `CREATE SCHEMA other; ${has('a text')}`, t({ a: text() })),
  schemas.equal('of the connection, said by table(…)', { t: inPublic }, { t: inPublic }),
  schemas.equal('of the connection, which another table says and a foreign key does not', has('a text'), {
    t: inPublic,
  }),
  schemas.equal('of the connection, said after it was not said', own({ a: column(txt()) }), { t: inPublic }),
  schemas.rename('asks whether a table has moved', t({ a: text() }), { t: app.table('t', { ...key, a: text() }) }, [], {
    openQuestions: ['table t -> app.t'],
  }),
  schemas.rename(
    'a table within its schema',
    { t: app.table('accounts', person) },
    { t: app.table('users', person) },
    ['rename table app.accounts to users'],
    { answers: { renamed: [{ from: 'app.accounts', to: 'users' }] } },
  ),
  schemas.equal(
    'two tables of one name in two schemas',
    `CREATE SCHEMA app; CREATE TABLE app.t (id integer PRIMARY KEY, b integer); ${has('a text')}`,
    { ...t({ a: text() }), other: app.table('t', { ...key, b: integer() }) },
  ),
  schemas.equal('of table(…)', 'CREATE SCHEMA app; CREATE TABLE app.t (id integer PRIMARY KEY, a text)', {
    t: table('t', { id: column(int(), { nullable: false }), a: column(txt()) }, { schema: 'app', primaryKey: ['id'] }),
  }),
  schemas.equal(
    'tables of a schema that is not named',
    `CREATE SCHEMA other; CREATE TABLE other.t (id integer); ${has('a text')}`,
    t({ a: text() }),
  ),

  options.add('UNLOGGED', withOptions(), withOptions({ unlogged: true }), ['options t: {"unlogged":true}'], {
    rows: rows('id, a', "1, 'x'"),
    finds: { sql: "SELECT relpersistence, a FROM pg_class, t WHERE relname = 't'", rows: ['u, x'] },
  }),
  options.drop('UNLOGGED', withOptions({ unlogged: true }), withOptions(), ['options t: {"unlogged":null}']),
  options.add('fillfactor, of a new table too', {}, withOptions({ fillfactor: '70' }), [
    'create table t: id integer not null; a text; primary key (id) {"fillfactor":"70"}',
  ]),
  options.add('a storage parameter', withOptions(), withOptions({ fillfactor: '70' }), [
    'options t: {"fillfactor":"70"}',
  ]),
  options.drop('a storage parameter', withOptions({ fillfactor: '70' }), withOptions(), [
    'options t: {"fillfactor":null}',
  ]),
  options.change('a storage parameter', withOptions({ fillfactor: '70' }), withOptions({ fillfactor: '80' }), [
    'options t: {"fillfactor":"80"}',
  ]),
  options.change(
    'one of the table for what it keeps aside',
    withOptions({ autovacuum_enabled: 'false' }),
    withOptions({ 'toast.autovacuum_enabled': 'false' }),
    ['options t: {"autovacuum_enabled":null,"toast.autovacuum_enabled":"false"}'],
  ),
  options.equal(
    'numbers and words as texts',
    has('a text', ' WITH (fillfactor = 70, autovacuum_enabled = OFF)'),
    withOptions({ fillfactor: '70', autovacuum_enabled: 'off' }),
  ),
  options.equal('LOGGED said', has('a text'), withOptions({ unlogged: false })),
  options.equal(
    'UNLOGGED, in Drizzle, which has no word for it',
    `CREATE UNLOGGED TABLE t (id integer PRIMARY KEY)`,
    t({}),
  ),
  options.equal('storage parameters, in Drizzle', has('a text', ' WITH (fillfactor = 70)'), t({ a: text() })),
  options.equal(
    'a table in parts, and its parts',
    'CREATE TABLE t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (100); CREATE TABLE t_rest PARTITION OF t DEFAULT',
    t({ a: text() }),
  ),
  options.equal(
    'a table in parts of table(…)',
    'CREATE TABLE t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id)',
    withOptions({ partitionBy: 'RANGE (id)' }),
  ),
  options.equal(
    'a table with what another has',
    'CREATE TABLE base (a text); CREATE TABLE t (id integer PRIMARY KEY) INHERITS (base)',
    { base: pgTable('base', { a: text() }), ...t({ a: text() }) },
  ),

  comment.add('of a table', commented(), commented("what it's for"), ["comment t: 'what it''s for'"]),
  comment.drop('of a table', commented('what it is for'), commented(), ['comment t: none']),
  comment.change('of a table', commented('one'), commented('two'), ["comment t: 'two'"]),
  comment.equal('an empty one, and none', has('a text', "; COMMENT ON TABLE t IS ''"), commented()),
  comment.equal('none, and an empty one', has('a text'), commented('')),
  comment.equal(
    'of a table in Drizzle, which has no word for it',
    has('a text', "; COMMENT ON TABLE t IS 'old'"),
    t({ a: text() }),
  ),
]
