import { column, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  check,
  index,
  integer,
  sqliteTable,
  sqliteView,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, t } from './declared.ts'

/*
 * Pairs of things that are the same on the server and are said otherwise: by other tools, by hand, by the server itself, which keeps
 * the text of the author of a table and edits it word by word.
 */

const tables = cell('table', 'itself')
const options = cell('table', 'options')
const columns = cell('column', 'itself')
const defaults = cell('column', 'default')
const nullability = cell('column', 'nullability')
const generated = cell('column', 'generated')
const identity = cell('column', 'identity')
const collation = cell('column', 'collation')
const primary = cell('primary key', 'itself')
const uniques = cell('unique constraint', 'itself')
const checks = cell('check', 'itself')
const keys = cell('foreign key', 'itself')
const indexes = cell('index', 'itself')
const uniqueness = cell('index', 'unique')
const order = cell('index', 'order')
const expressions = cell('index', 'expression')
const where = cell('index', 'predicate')
const views = cell('view', 'query')
const triggers = cell('trigger', 'itself')

const one = t({ a: text() })
const numbers = t({ a: integer(), b: integer() })
const above = t({ a: integer() }, (c) => [check('positive', sql`${c.a} > 0`)])
const indexed = t({ a: text(), b: integer() }, (c) => [index('i').on(c.a)])
const u = sqliteTable('u', { id: integer().primaryKey() })
const refers = { u, ...t({ a: integer().references((): AnySQLiteColumn => u.id) }) }
const otherTables = 'CREATE TABLE u (id INTEGER PRIMARY KEY NOT NULL); '
const two = 'a TEXT, b INTEGER'
const withView = {
  ...one,
  v: sqliteView('v', { id: integer(), a: text() }).as(sql`SELECT id, a FROM t WHERE a <> 'x'`),
}

export const spellings: readonly Case[] = [
  tables.equal(
    'in small letters, over many lines, with comments',
    'create table t(\n\tid integer primary key -- the key\n\tnot null,\n\t/* a text */ a text\n)',
    one,
  ),
  tables.equal(
    'its name in the quotes of strings',
    "CREATE TABLE 't' ('id' INTEGER PRIMARY KEY NOT NULL, 'a' TEXT)",
    one,
  ),
  options.equal(
    'a comment behind them',
    has('a TEXT', ' STRICT -- and nothing else'),
    own({ a: column(txt()) }, { options: { strict: true } }),
  ),
  tables.equal(
    'comments, which SQLite does not store',
    `${has('a TEXT')}; CREATE INDEX i ON t (a)`,
    own(
      { a: column(txt(), { comment: 'a text' }) },
      { comment: 'a table', indexes: [{ name: 'i', columns: ['a'], comment: 'an index' }] },
    ),
    { notes: ['The database stores no comments, so that these are left out: of table t, of column t.a, of index i.'] },
  ),
  columns.equal(
    'added later, behind the constraints of the table',
    `${has('b INTEGER, CHECK (b > 0)')}; ALTER TABLE t ADD COLUMN a TEXT`,
    own({ b: column(int()), a: column(txt()) }, { checks: [{ expression: expression('b > 0') }] }),
  ),
  columns.equal(
    'dropped later, from the middle',
    `${has("gone TEXT DEFAULT 'a, b', a TEXT")}; ALTER TABLE t DROP COLUMN gone`,
    one,
  ),
  columns.equal(
    'renamed later, with what reads it',
    `${has('old INTEGER, b INTEGER AS (old + 1)')}; CREATE INDEX i ON t (old); ALTER TABLE t RENAME COLUMN old TO a`,
    t({ a: integer(), b: integer().generatedAlwaysAs(sql`a + 1`) }, (c) => [index('i').on(c.a)]),
  ),
  defaults.equal(
    'in front of NOT NULL, and behind it',
    has("a TEXT DEFAULT 'x' NOT NULL"),
    t({ a: text().notNull().default('x') }),
  ),
  defaults.equal(
    'a text with the words of a definition in it',
    has("a TEXT DEFAULT ', b TEXT NOT NULL -- '"),
    t({ a: text().default(', b TEXT NOT NULL -- ') }),
  ),
  nullability.equal(
    'NOT NULL with a name of its own',
    has('a TEXT CONSTRAINT needed NOT NULL'),
    t({ a: text().notNull() }),
  ),
  generated.equal(
    'a comment in it, over two lines',
    has('a INTEGER, g INTEGER AS (a -- the first\n * 2)'),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`) }),
  ),
  generated.equal(
    'a function in other letters, and a text that stays in its own',
    has("a TEXT, g TEXT GENERATED ALWAYS AS (COALESCE(A, 'None'))"),
    t({ a: text(), g: text().generatedAlwaysAs(sql`coalesce("a", 'None')`) }),
  ),
  identity.equal(
    'AUTOINCREMENT behind the direction of the key',
    'CREATE TABLE t (id INTEGER PRIMARY KEY ASC AUTOINCREMENT NOT NULL)',
    { t: sqliteTable('t', { id: integer().primaryKey({ autoIncrement: true }) }) },
  ),
  collation.equal('in quotes', has('a TEXT COLLATE "NOCASE"'), own({ a: column(txt(), { collation: 'NOCASE' }) })),
  primary.equal(
    'of the table, with its direction',
    'CREATE TABLE t (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id ASC))',
    one,
  ),
  uniques.equal(
    'with a name at its column',
    has('a TEXT CONSTRAINT only UNIQUE'),
    t({ a: text() }, (c) => [unique('only').on(c.a)]),
  ),
  uniques.equal(
    'over two columns, in other quotes and letters',
    has(`${two}, unique ("A", [b])`),
    own({ a: column(txt()), b: column(int()) }, { uniques: [{ columns: ['a', 'b'] }] }),
  ),
  checks.equal(
    'CASE in small letters',
    has('a INTEGER, b INTEGER, CONSTRAINT c CHECK (case when a>0 then b else 0 end = 0)'),
    t({ a: integer(), b: integer() }, () => [check('c', sql`CASE WHEN a > 0 THEN b ELSE 0 END = 0`)]),
  ),
  checks.equal(
    'numbers, and a text with two quotes, beside each other',
    has('a INTEGER, CONSTRAINT positive CHECK (a>0)'),
    above,
  ),
  keys.equal('with a name at its column', `${otherTables}${has('a INTEGER CONSTRAINT t_u REFERENCES u(id)')}`, refers),
  keys.equal(
    'a comment between its words',
    `${otherTables}${has('a INTEGER REFERENCES /* the other */ u (id)')}`,
    refers,
  ),
  keys.equal(
    'to a table that was renamed since',
    `CREATE TABLE old (id INTEGER PRIMARY KEY NOT NULL); ${has('a INTEGER REFERENCES old (id)')}; ALTER TABLE old RENAME TO u`,
    refers,
  ),
  indexes.equal('a comment in its text', `${has(two)}; CREATE INDEX i -- by a\n ON t (a /* alone */)`, indexed),
  indexes.equal(
    'of a table that was renamed since',
    'CREATE TABLE old (id INTEGER PRIMARY KEY NOT NULL, a TEXT, b INTEGER); CREATE INDEX i ON old (a); ALTER TABLE old RENAME TO t',
    indexed,
  ),
  uniqueness.equal(
    'in small letters',
    `${has('a TEXT')}; create unique index i on t(a)`,
    t({ a: text() }, (c) => [uniqueIndex('i').on(c.a)]),
  ),
  order.equal(
    'ASC and DESC, in small letters',
    `${has('a INTEGER, b INTEGER')}; CREATE INDEX i ON t (a asc, b desc)`,
    t({ a: integer(), b: integer() }, (c) => [index('i').on(c.a, sql`${c.b} desc`)]),
  ),
  expressions.equal(
    'a text in it, which stays in its letters',
    `${has('a TEXT')}; CREATE INDEX i ON t (IFNULL(a, 'None'))`,
    t({ a: text() }, () => [index('i').on(sql`ifnull(a, 'None')`)]),
  ),
  where.equal(
    'over two lines, with a comment',
    `${has('a TEXT')}; CREATE INDEX i ON t (a) WHERE a IS -- known\n NOT NULL`,
    t({ a: text() }, (c) => [index('i').on(c.a).where(sql`a is not null`)]),
  ),
  views.equal(
    'its words in small letters, a text in its own',
    `${has('a TEXT')}; CREATE VIEW v AS select id, a from t where a <> 'x'`,
    withView,
  ),
  views.equal(
    'a temporary one of the same name is another',
    `${has('a TEXT')}; CREATE TEMP VIEW v AS SELECT 1 AS id; CREATE VIEW main.v AS SELECT id, a FROM t WHERE a <> 'x'`,
    withView,
  ),
  triggers.equal(
    'of a view, which is not declared',
    `${has('a TEXT')}; CREATE VIEW v AS SELECT id, a FROM t WHERE a <> 'x'; CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END`,
    withView,
  ),
  columns.equal(
    'in another order, written by hand',
    'CREATE TABLE t (b INTEGER, a INTEGER, id INTEGER PRIMARY KEY NOT NULL)',
    numbers,
  ),
]
