import { column, integer as int, table, text as txt } from '@org/migrate-core'
import { integer, sqliteTable, sqliteTableCreator, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const itself = cell('table', 'itself')
const options = cell('table', 'options')
const foreignTables = cell('table', 'of others')

const key = { id: integer().primaryKey() }
const one = sqliteTable('accounts', { ...key, email: text().notNull(), age: integer() })
const two = sqliteTable('users', { ...key, email: text().notNull(), age: integer() })
const posts = (of: typeof one | typeof two, name = 'posts') =>
  sqliteTable(name, { ...key, author: integer().references((): never => of.id as never) })
const prefixed = sqliteTableCreator((name) => `app_${name}`)
const strict = (isStrict: boolean) => own({ a: column(txt()) }, isStrict ? { options: { strict: true } } : {})
const rowid = (without: boolean) => own({ a: column(txt()) }, without ? { options: { withoutRowid: true } } : {})
const user = {
  rows: "INSERT INTO accounts VALUES (1, 'a@b.c', 7)",
  finds: { sql: 'SELECT * FROM users', rows: ['1, a@b.c, 7'] },
}
const renamed = { answers: { renamed: [{ from: 'accounts', to: 'users' }] } }

const counting = (name: string, column: string) =>
  sqliteTable(name, { [column]: integer().primaryKey({ autoIncrement: true }), a: text() })
// The last number given out is that of a row which is gone.
const deleted = "INSERT INTO accounts (a) VALUES ('x'), ('y'); DELETE FROM accounts WHERE a = 'y'"

export const tables: readonly Case[] = [
  itself.rename(
    'and the position of its counter stays',
    { one: counting('accounts', 'id') },
    { two: counting('users', 'number') },
    ['rename table accounts to users', 'rename column users.id to number'],
    {
      rows: deleted,
      answers: {
        renamed: [
          { from: 'accounts', to: 'users' },
          { from: 'users.id', to: 'number' },
        ],
      },
      finds: { sql: "SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'migrate%'", rows: ['users, 2'] },
      returns: { sql: "SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'migrate%'", rows: ['accounts, 2'] },
    },
  ),
  itself.add('the first', {}, { one }, [
    'create table accounts: id integer not null; email text not null; age integer; primary key (id)',
  ]),
  itself.add('that refers to another that is new, which comes first', {}, { posts: posts(one), one }, [
    'create table accounts: id integer not null; email text not null; age integer; primary key (id)',
    'create table posts: id integer not null; author integer; primary key (id); foreign key (author) -> accounts (id)',
  ]),
  itself.add('with a prefix that a creator gives', {}, { t: prefixed('t', key) }, [
    'create table app_t: id integer not null; primary key (id)',
  ]),
  itself.add('of table(…)', {}, own({ a: column(txt(), { nullable: false, default: 'x' }) }), [
    "create table t: id integer not null; a text not null default 'x'; primary key (id)",
  ]),
  itself.drop('with its rows', { one }, {}, ['drop table accounts -- loses the table accounts and its rows'], {
    rows: user.rows,
  }),
  itself.drop('and the one that refers to it, in the other order', { one, posts: posts(one) }, {}, [
    'drop table posts -- loses the table posts and its rows',
    'drop table accounts -- loses the table accounts and its rows',
  ]),
  itself.rename('answered, rows stay', { one }, { two }, ['rename table accounts to users'], { ...renamed, ...user }),
  itself.rename('no answer', { one }, { two }, [], { openQuestions: ['table accounts -> users'] }),
  itself.rename(
    'it is no rename: --no-renames',
    { one },
    { two },
    [
      'create table users: id integer not null; email text not null; age integer; primary key (id)',
      'drop table accounts -- loses the table accounts and its rows',
    ],
    { answers: { none: true } },
  ),
  itself.rename(
    'it is no rename: --dropped',
    { one },
    { two },
    [
      'create table users: id integer not null; email text not null; age integer; primary key (id)',
      'drop table accounts -- loses the table accounts and its rows',
    ],
    { answers: { dropped: ['accounts'] } },
  ),
  itself.drop(
    'with rows that others of its own keep',
    `CREATE TABLE u (id INTEGER PRIMARY KEY NOT NULL);
CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a INTEGER REFERENCES t (id) ON DELETE RESTRICT)`,
    { u: sqliteTable('u', { id: integer().primaryKey() }) },
    ['drop table t -- loses the table t and its rows'],
    { rows: 'INSERT INTO t VALUES (1, NULL), (2, 1)' },
  ),
  itself.rename(
    'with a column at once, by the new name of the table',
    { one },
    { two: sqliteTable('users', { ...key, mail: text().notNull(), age: integer() }) },
    ['rename table accounts to users', 'rename column users.email to mail'],
    {
      answers: {
        renamed: [
          { from: 'accounts', to: 'users' },
          { from: 'users.email', to: 'mail' },
        ],
      },
    },
  ),
  itself.rename(
    'with a column at once, by the old name of the table',
    { one },
    { two: sqliteTable('users', { ...key, mail: text().notNull(), age: integer() }) },
    ['rename table accounts to users', 'rename column users.email to mail'],
    {
      answers: {
        renamed: [
          { from: 'accounts', to: 'users' },
          { from: 'accounts.email', to: 'mail' },
        ],
      },
      ...user,
      finds: { sql: 'SELECT mail FROM users', rows: ['a@b.c'] },
    },
  ),
  itself.rename(
    'with a column at once, and only the table answered',
    { one },
    { two: sqliteTable('users', { ...key, mail: text().notNull(), age: integer() }) },
    [],
    { ...renamed, openQuestions: ['column users.email -> mail'] },
  ),
  itself.rename(
    'that others refer to',
    { one, posts: posts(one) },
    { two, posts: posts(two) },
    ['rename table accounts to users'],
    {
      ...renamed,
      rows: "INSERT INTO accounts VALUES (1, 'a', 1); INSERT INTO posts VALUES (1, 1)",
      finds: { sql: 'SELECT author FROM posts JOIN users ON users.id = author', rows: ['1'] },
    },
  ),
  itself.rename(
    'two that have nothing in common',
    { one },
    { t: sqliteTable('zebra', { stripes: integer().primaryKey(), wide: text() }) },
    [
      'create table zebra: stripes integer not null; wide text; primary key (stripes)',
      'drop table accounts -- loses the table accounts and its rows',
    ],
  ),
  itself.rename(
    'to the same name in other letters',
    { one },
    { t: sqliteTable('Accounts', { ...key, email: text().notNull(), age: integer() }) },
    ['rename table accounts to Accounts'],
    { answers: { renamed: [{ from: 'accounts', to: 'Accounts' }] } },
  ),
  itself.equal(
    'quoted in every way',
    'CREATE TABLE [accounts] ("id" INTEGER PRIMARY KEY NOT NULL, `email` TEXT NOT NULL, age INTEGER)',
    { one },
  ),
  itself.equal(
    'IF NOT EXISTS, in the main database',
    'CREATE TABLE IF NOT EXISTS main.accounts (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL, age INTEGER)',
    { one },
  ),
  itself.equal(
    'made of a query first, and changed since',
    'CREATE TABLE accounts (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL); ALTER TABLE accounts ADD COLUMN age INTEGER',
    { one },
  ),
  itself.equal(
    'renamed by the server, which quotes the name',
    'CREATE TABLE old (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL, age INTEGER); ALTER TABLE old RENAME TO accounts',
    { one },
  ),
  itself.equal(
    'exported twice',
    'CREATE TABLE accounts (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL, age INTEGER)',
    { one, again: one, helper: () => 1 },
  ),
  options.add('STRICT', strict(false), strict(true), ['options t: {"strict":true}']),
  options.drop('STRICT', strict(true), strict(false), ['options t: {"strict":null}']),
  options.add('WITHOUT ROWID, rows stay', rowid(false), rowid(true), ['options t: {"withoutRowid":true}'], {
    rows: rows('id, a', "1, 'x'"),
    finds: { sql: 'SELECT * FROM t', rows: ['1, x'] },
  }),
  options.drop('WITHOUT ROWID', rowid(true), rowid(false), ['options t: {"withoutRowid":null}']),
  options.equal(
    'in small letters',
    has('a TEXT', ' without rowid, strict'),
    own({ a: column(txt()) }, { options: { strict: true, withoutRowid: true } }),
  ),
  options.equal('STRICT, in Drizzle, which has no word for it', has('a TEXT', ' STRICT'), t({ a: text() })),
  options.equal('WITHOUT ROWID, in Drizzle', has('a TEXT', ' WITHOUT ROWID'), t({ a: text() })),
  options.equal(
    'types that a STRICT table has no names for',
    'CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a TEXT, b INTEGER) STRICT',
    {
      t: table(
        't',
        {
          id: column(int(), { nullable: false }),
          a: column({ kind: 'varchar', length: 20 }),
          b: column({ kind: 'boolean' }),
        },
        { primaryKey: ['id'], options: { strict: true } },
      ),
    },
  ),
  foreignTables.equal(
    'a search index and the tables that it keeps its data in',
    `${has('a TEXT')}; CREATE VIRTUAL TABLE found USING fts5(a)`,
    t({ a: text() }),
  ),
  foreignTables.equal(
    'a table that is declared and is a virtual one: it is said',
    `${has('a TEXT')}; CREATE VIRTUAL TABLE found USING fts5(a)`,
    { ...t({ a: text() }), found: sqliteTable('found', { a: text() }) },
    { notes: ['found is a virtual table, and not compared'] },
  ),
  foreignTables.equal(
    'what AUTOINCREMENT and ANALYZE keep',
    'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, a TEXT); INSERT INTO t (a) VALUES (1); CREATE INDEX i ON t (a); ANALYZE',
    {
      t: table(
        't',
        { id: column(int(), { nullable: false, identity: { mode: 'autoIncrement' } }), a: column(txt()) },
        { primaryKey: ['id'], indexes: [{ name: 'i', columns: ['a'] }] },
      ),
    },
  ),
  foreignTables.equal(
    'the records of drizzle-kit',
    `${has('a TEXT')}; CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`,
    t({ a: text() }),
  ),
  foreignTables.equal(
    'the records of Knex',
    `${has('a TEXT')}; CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255), batch integer, migration_time datetime); CREATE TABLE knex_migrations_lock ("index" integer not null primary key autoincrement, is_locked integer)`,
    t({ a: text() }),
  ),
  foreignTables.equal(
    'what `exclude` names',
    `${has('a TEXT')}; CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); CREATE TABLE _litestream_lock (id INTEGER)`,
    t({ a: text() }),
    { exclude: ['_litestream_*'] },
  ),
  foreignTables.equal(
    'what `include` does not name',
    `${has('a TEXT')}; CREATE TABLE audit (id INTEGER)`,
    t({ a: text() }),
    {
      include: ['t'],
    },
  ),
  foreignTables.equal(
    'our own records',
    `${has('a TEXT')}; CREATE TABLE migrate_version (version_num VARCHAR(255) NOT NULL PRIMARY KEY)`,
    t({ a: text() }),
  ),
]
