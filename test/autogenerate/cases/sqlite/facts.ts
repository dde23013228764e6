import { column, enumeration, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const nullability = cell('column', 'nullability')
const generated = cell('column', 'generated')
const identity = cell('column', 'identity')
const collation = cell('column', 'collation')
const values = cell('column', 'values of an enum')

const sized = (as: string, stored = false) =>
  own({ a: column(int()), g: column(int(), { generated: { as: expression(as), stored } }) })
const moods = (...of: readonly string[]) => own({ a: column(enumeration(of)) })
const named = (...of: readonly string[]) => own({ a: column(enumeration(of, { name: 'mood' })) })
const checked = (of: string): string => has(`a TEXT CHECK ("a" IN (${of}))`)

export const facts: readonly Case[] = [
  nullability.add(
    'NOT NULL, and a value for rows that have none',
    t({ a: text() }),
    t({ a: text().notNull() }),
    ["fill t.a where null with 'y' by (id): t.a becomes NOT NULL", 'alter column t.a: not null'],
    {
      rows: rows('id, a', "1, 'x'", '2, NULL'),
      fill: { 't.a': "'y'" },
      finds: { sql: 'SELECT a FROM t ORDER BY id', rows: ['x', 'y'] },
    },
  ),
  nullability.add(
    'NOT NULL, and the default is the value',
    t({ a: text().default('z') }),
    t({ a: text().default('z').notNull() }),
    ["fill t.a where null with 'z' by (id): t.a becomes NOT NULL", 'alter column t.a: not null'],
    { rows: rows('id, a', '1, NULL'), finds: { sql: 'SELECT a FROM t', rows: ['z'] } },
  ),
  nullability.add(
    'NOT NULL, and the file asks',
    t({ a: text() }),
    t({ a: text().notNull() }),
    ['fill t.a where null with ? by (id): t.a becomes NOT NULL', 'alter column t.a: not null'],
    { rows: rows('id, a', '1, NULL'), refused: 'REVISION_INCOMPLETE' },
  ),
  nullability.drop('NOT NULL', t({ a: text().notNull() }), t({ a: text() }), ['alter column t.a: null']),
  nullability.equal('NULL said', has('a TEXT NULL'), t({ a: text() })),
  nullability.equal('the key of a rowid table says nothing of NULL', 'CREATE TABLE t (id INTEGER PRIMARY KEY)', t({})),
  nullability.equal('a key of a table WITHOUT ROWID', 'CREATE TABLE t (id TEXT PRIMARY KEY) WITHOUT ROWID', {
    t: sqliteTable('t', { id: text().primaryKey() }),
  }),
  nullability.equal(
    'a key of texts that may be NULL stays as it is',
    'CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (a, b))',
    { t: sqliteTable('t', { a: text(), b: text() }, (c) => [primaryKey({ columns: [c.a, c.b] })]) },
  ),
  nullability.equal(
    'NOT NULL with a conflict clause',
    has('a TEXT NOT NULL ON CONFLICT IGNORE'),
    t({ a: text().notNull() }),
  ),

  generated.add(
    'with a new column',
    t({ a: integer() }),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`) }),
    ['add column t.g integer as (a * 2) virtual'],
  ),
  generated.add(
    'stored, with a new column',
    t({ a: integer() }),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    ['add column t.g integer as (a * 2) stored'],
    {
      rows: rows('id, a', '1, 21'),
      finds: { sql: 'SELECT g FROM t', rows: ['42'] },
    },
  ),
  generated.add(
    'on a column that has values',
    t({ a: integer(), g: integer() }),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    ['alter column t.g: as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
  ),
  generated.add(
    'on a column that was NOT NULL, and gets a value for what came to NULL when it is that again',
    own({ a: column(int()), g: column(int(), { nullable: false }) }),
    sized('a * 2', true),
    ['alter column t.g: null, as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
    {
      rows: rows('id, a, g', '1, 21, 7', '2, NULL, 8'),
      fill: { 't.g': '5' },
      finds: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', 'NULL'] },
      returns: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', '5'] },
    },
  ),
  generated.drop(
    'and the values stay',
    sized('a * 2', true),
    own({ a: column(int()), g: column(int()) }),
    ['alter column t.g: not generated'],
    {
      rows: rows('id, a', '1, 21'),
      finds: { sql: 'SELECT g FROM t', rows: ['42'] },
    },
  ),
  generated.drop('with its column, without a word of lost values', sized('a * 2'), own({ a: column(int()) }), [
    'drop column t.g',
  ]),
  generated.change('another expression', sized('a * 2'), sized('a * 3'), ['alter column t.g: as (a * 3) virtual']),
  generated.change('stored instead of computed when read', sized('a * 2'), sized('a * 2', true), [
    'alter column t.g: as (a * 2) stored',
  ]),
  generated.equal(
    'GENERATED ALWAYS left out, and VIRTUAL',
    has('a INTEGER, g INTEGER AS (a * 2)'),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`) }),
  ),
  generated.equal(
    'in other spaces, letters and parentheses',
    has('a INTEGER, g INTEGER GENERATED ALWAYS AS ( ( A*2 ) ) VIRTUAL'),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`(a * 2)`) }),
  ),
  generated.equal(
    'names in other quotes',
    has('a INTEGER, g INTEGER AS ("a" * 2) STORED'),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`[a] * 2`, { mode: 'stored' }) }),
  ),
  generated.equal(
    'by the column of the program',
    has('a INTEGER, g INTEGER AS (a * 2)'),
    t({ a: integer(), g: integer().generatedAlwaysAs((): ReturnType<typeof sql> => sql`${numbers.a} * 2`) }),
  ),

  identity.add(
    'AUTOINCREMENT',
    t({}),
    { t: sqliteTable('t', { id: integer().primaryKey({ autoIncrement: true }) }) },
    ['alter column t.id: identity autoIncrement'],
    {
      rows: 'INSERT INTO t (id) VALUES (7)',
      finds: { sql: "SELECT seq FROM sqlite_sequence WHERE name = 't'", rows: ['7'] },
    },
  ),
  identity.drop(
    'with the primary key, while an index of the column stays',
    'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, a TEXT); CREATE INDEX i ON t (id)',
    { t: sqliteTable('t', { id: integer().notNull(), a: text() }, (c) => [index('i').on(c.id)]) },
    ['alter column t.id: no identity', 'drop from t: primary key'],
    { rows: rows('id, a', "7, 'x'"), finds: { sql: 'SELECT * FROM t', rows: ['7, x'] } },
  ),
  identity.drop(
    'AUTOINCREMENT',
    { t: sqliteTable('t', { id: integer().primaryKey({ autoIncrement: true }) }) },
    t({}),
    ['alter column t.id: no identity'],
  ),
  identity.equal(
    'AUTOINCREMENT in small letters, and its own table beside',
    'CREATE TABLE t (id integer primary key autoincrement not null); INSERT INTO t DEFAULT VALUES',
    { t: sqliteTable('t', { id: integer().primaryKey({ autoIncrement: true }) }) },
  ),
  identity.equal('BY DEFAULT is what the key does anyway', 'CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL)', own({})),

  collation.add('NOCASE', own({ a: column(txt()) }), own({ a: column(txt(), { collation: 'NOCASE' }) }), [
    'alter column t.a: {"collation":"NOCASE"}',
  ]),
  collation.drop('NOCASE', own({ a: column(txt(), { collation: 'NOCASE' }) }), own({ a: column(txt()) }), [
    'alter column t.a: {"collation":null}',
  ]),
  collation.change(
    'RTRIM for NOCASE',
    own({ a: column(txt(), { collation: 'NOCASE' }) }),
    own({ a: column(txt(), { collation: 'RTRIM' }) }),
    ['alter column t.a: {"collation":"RTRIM"}'],
  ),
  collation.equal('in small letters', has('a TEXT COLLATE nocase'), own({ a: column(txt(), { collation: 'NOCASE' }) })),
  collation.equal('BINARY, which every column has', has('a TEXT COLLATE BINARY'), own({ a: column(txt()) })),
  collation.equal('of a column in Drizzle, which has no word for it', has('a TEXT COLLATE NOCASE'), t({ a: text() })),

  values.add('one more', moods('sad', 'ok'), moods('sad', 'ok', 'happy'), [
    "alter column t.a: type enum ('sad', 'ok', 'happy')",
  ]),
  values.drop(
    'with the value that rows get instead',
    moods('sad', 'ok'),
    moods('ok'),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok')"],
    {
      rows: rows('id, a', "1, 'sad'"),
      fill: { 't.a = sad': "'ok'" },
      finds: { sql: 'SELECT a FROM t', rows: ['ok'] },
    },
  ),
  values.drop(
    'and the file asks',
    moods('sad', 'ok'),
    moods('ok'),
    ["fill t.a where 'sad' with ? by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok')"],
    { rows: rows('id, a', "1, 'sad'"), refused: 'REVISION_INCOMPLETE' },
  ),
  values.change('in another order', moods('sad', 'ok'), moods('ok', 'sad'), [
    "alter column t.a: type enum ('ok', 'sad')",
  ]),
  values.change(
    'of a text to those of an enum, and a row that has none of them stops it',
    own({ a: column(txt()) }),
    moods('sad', 'ok'),
    [
      `expect no rows of t whose a is no value of its enum: SELECT "id", "a" FROM "t" WHERE "a" NOT IN ('sad', 'ok')`,
      "alter column t.a: type enum ('sad', 'ok')",
    ],
    { rows: rows('id, a', "1, 'ok'", "2, 'glad'", '3, NULL'), refused: 'BLOCKING_ROWS' },
  ),
  values.change(
    'of a text to those of an enum, where every row has one or nothing',
    own({ a: column(txt()) }),
    moods('sad', 'ok'),
    [
      `expect no rows of t whose a is no value of its enum: SELECT "id", "a" FROM "t" WHERE "a" NOT IN ('sad', 'ok')`,
      "alter column t.a: type enum ('sad', 'ok')",
    ],
    { rows: rows('id, a', "1, 'ok'", '2, NULL'), finds: { sql: 'SELECT a FROM t ORDER BY id', rows: ['ok', 'NULL'] } },
  ),
  values.rename(
    'answered',
    moods('sad', 'ok'),
    moods('unhappy', 'ok'),
    [
      "alter column t.a: type enum ('sad', 'ok', 'unhappy')",
      "fill t.a where 'sad' with 'unhappy' by (id): 'sad' of t.a is called 'unhappy' now",
      "alter column t.a: type enum ('unhappy', 'ok')",
    ],
    {
      answers: { renamed: [{ from: 't.a.sad', to: 'unhappy' }] },
      rows: rows('id, a', "1, 'sad'"),
      finds: { sql: 'SELECT a FROM t', rows: ['unhappy'] },
    },
  ),
  values.rename('no answer', moods('sad', 'ok'), moods('unhappy', 'ok'), [], {
    openQuestions: ['enum value t.a.sad -> unhappy'],
  }),
  values.drop(
    'of a type with a name, which is for other databases',
    named('sad', 'ok'),
    named('ok'),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum mood ('ok')"],
    {
      rows: rows('id, a', "1, 'sad'"),
      fill: { 't.a = sad': "'ok'" },
      finds: { sql: 'SELECT a FROM t', rows: ['ok'] },
    },
  ),
  values.equal('of a type with a name, which is for other databases', checked("'sad', 'ok'"), named('sad', 'ok')),
  values.equal('the CHECK that stands for them', checked("'sad', 'ok'"), moods('sad', 'ok')),
  values.equal('a value with a quote in it', checked("'it''s', 'ok'"), moods("it's", 'ok')),
  values.equal(
    'of a text in Drizzle, which only TypeScript knows',
    has('a TEXT'),
    t({ a: text({ enum: ['sad', 'ok'] }) }),
  ),
]

const numbers = sqliteTable('t', { a: integer() })
