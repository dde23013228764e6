import { column, expression, integer as int32, text as longText, table, varchar as words } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { bigint, boolean, char, int, json, mysqlTable, primaryKey, serial, text, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, inUtf8mb4, own, rows, t } from './declared.ts'

const nullability = cell('column', 'nullability')
const generated = cell('column', 'generated')
const identity = cell('column', 'identity')
const collation = cell('column', 'collation')

const name = () => varchar({ length: 20 })
const numbers = mysqlTable('t', { a: int() })
const computed = (as: string, stored = false) =>
  own({ a: column(int32()), g: column(int32(), { generated: { as: expression(as), stored } }) })
const plain = own({ a: column(int32()), g: column(int32()) })
const counting = () => ({ t: mysqlTable('t', { id: int().autoincrement().primaryKey() }) })
const collated = (collation?: string) => own({ a: column(words(20), collation === undefined ? {} : { collation }) })

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
    t({ a: name().default('z') }),
    t({ a: name().default('z').notNull() }),
    ["fill t.a where null with 'z' by (id): t.a becomes NOT NULL", 'alter column t.a: not null'],
    { rows: rows('id, a', '1, NULL'), finds: { sql: 'SELECT a FROM t', rows: ['z'] } },
  ),
  nullability.add(
    'NOT NULL, and the file asks',
    t({ a: int() }),
    t({ a: int().notNull() }),
    ['fill t.a where null with ? by (id): t.a becomes NOT NULL', 'alter column t.a: not null'],
    { rows: rows('id, a', '1, NULL'), refused: 'REVISION_INCOMPLETE' },
  ),
  nullability.drop('NOT NULL', t({ a: text().notNull() }), t({ a: text() }), ['alter column t.a: null']),
  nullability.drop(
    'NOT NULL, beside a default that stays',
    t({ a: int().notNull().default(7) }),
    t({ a: int().default(7) }),
    ['alter column t.a: null'],
  ),
  nullability.equal(
    'NULL said',
    has('a text NULL, b timestamp NULL'),
    own({
      a: column(longText(), { native: { mysql: 'text' } }),
      b: column(longText(), { native: { mysql: 'timestamp' } }),
    }),
  ),
  nullability.equal('a key says nothing of NULL', inUtf8mb4('CREATE TABLE t (id int, PRIMARY KEY (id))'), t({})),
  nullability.equal(
    'a key over two columns, neither of which says NOT NULL',
    inUtf8mb4('CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))'),
    { t: mysqlTable('t', { a: int(), b: int() }, (c) => [primaryKey({ columns: [c.a, c.b] })]) },
  ),

  generated.add('with a new column', t({ a: int() }), t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`) }), [
    'add column t.g integer as (a * 2) virtual',
  ]),
  generated.add(
    'stored, with a new column',
    t({ a: int() }),
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    ['add column t.g integer as (a * 2) stored'],
    { rows: rows('id, a', '1, 21'), finds: { sql: 'SELECT g FROM t', rows: ['42'] } },
  ),
  generated.add(
    'on a column that has values',
    t({ a: int(), g: int() }),
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    ['alter column t.g: as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
    { rows: rows('id, a, g', '1, 21, 1'), finds: { sql: 'SELECT g FROM t', rows: ['42'] } },
  ),
  generated.add(
    'on a column that was NOT NULL, and gets a value for what came to NULL when it is that again',
    own({ a: column(int32()), g: column(int32(), { nullable: false }) }),
    computed('a * 2', true),
    ['alter column t.g: null, as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
    {
      rows: rows('id, a, g', '1, 21, 7', '2, NULL, 8'),
      fill: { 't.g': '5' },
      finds: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', 'NULL'] },
      returns: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', '5'] },
    },
  ),
  generated.drop('and the values stay', computed('a * 2', true), plain, ['alter column t.g: not generated'], {
    rows: rows('id, a', '1, 21'),
    finds: { sql: 'SELECT g FROM t', rows: ['42'] },
  }),
  generated.drop('with its column, without a word of lost values', computed('a * 2'), own({ a: column(int32()) }), [
    'drop column t.g',
  ]),
  generated.change('another expression', computed('a * 2'), computed('a * 3'), [
    'alter column t.g: as (a * 3) virtual',
  ]),
  generated.change(
    'another expression of a stored one',
    computed('a * 2', true),
    computed('a * 3', true),
    ['alter column t.g: as (a * 3) stored'],
    {
      rows: rows('id, a', '1, 14'),
      finds: { sql: 'SELECT g FROM t', rows: ['42'] },
    },
  ),
  generated.change('stored instead of computed when read', computed('a * 2'), computed('a * 2', true), [
    'alter column t.g: as (a * 2) stored',
  ]),
  generated.rename(
    'the column that it reads',
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`) }),
    t({ b: int(), g: int().generatedAlwaysAs(sql`b * 2`) }),
    ['rename column t.a to b'],
    {
      answers: { renamed: [{ from: 't.a', to: 'b' }] },
      rows: rows('id, a', '1, 21'),
      finds: { sql: 'SELECT b, g FROM t', rows: ['21, 42'] },
    },
  ),
  generated.drop(
    'before the column that it reads gets a type that it means nothing for',
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    t({ a: char({ length: 8 }) }),
    ['drop column t.g', 'alter column t.a: type char(8)'],
    { rows: rows('id, a', '1, 21'), finds: { sql: 'SELECT a FROM t', rows: ['21'] } },
  ),
  generated.equal(
    'GENERATED ALWAYS left out, and VIRTUAL',
    has('a int, g int AS (a * 2)'),
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`) }),
  ),
  generated.equal(
    'in other spaces, letters and parentheses',
    has('a int, g int GENERATED ALWAYS AS ( ( A*2 ) ) VIRTUAL'),
    t({ a: int(), g: int().generatedAlwaysAs(sql`(a * 2)`) }),
  ),
  generated.equal(
    'by the column of the program',
    has('a int, g int AS (`a` * 2) STORED'),
    t({
      a: int(),
      g: int().generatedAlwaysAs((): ReturnType<typeof sql> => sql`${numbers.a} * 2`, { mode: 'stored' }),
    }),
  ),
  generated.equal(
    'PERSISTENT, as MariaDB called it',
    has('a int, g int AS (a * 2) PERSISTENT'),
    t({ a: int(), g: int().generatedAlwaysAs(sql`a * 2`, { mode: 'stored' }) }),
    { only: 'mariadb' },
  ),
  generated.equal(
    'texts in it, to which the server adds what they are',
    has("a varchar(20), g varchar(50) AS (CONCAT(a, ' it''s ', '\\\\'))"),
    t({ a: name(), g: varchar({ length: 50 }).generatedAlwaysAs(sql`concat(a, ' it''s ', '\\\\')`) }),
  ),
  generated.equal(
    'operators that the server writes otherwise',
    has("a int, b json, g boolean AS (a <> 1 AND NOT a > 5 OR a IS NULL), h text AS (b->>'$.c')"),
    t({
      a: int(),
      b: json(),
      g: boolean().generatedAlwaysAs(sql`a != 1 and not (a > 5) or isnull(a)`),
      h: text().generatedAlwaysAs(sql`json_unquote(json_extract(b, '$.c'))`),
    }),
    { only: 'mysql' },
  ),

  identity.add('to a key that has rows', t({}), counting(), ['alter column t.id: identity autoIncrement'], {
    rows: 'INSERT INTO t (id) VALUES (7)',
    finds: { sql: 'INSERT INTO t VALUES (); SELECT id FROM t ORDER BY id', rows: ['7', '8'] },
  }),
  identity.drop('from a key, rows stay', counting(), t({}), ['alter column t.id: no identity'], {
    rows: 'INSERT INTO t (id) VALUES (7)',
    finds: { sql: 'SELECT id FROM t', rows: ['7'] },
  }),
  identity.change(
    'to a wider type, and it still counts',
    counting(),
    { t: mysqlTable('t', { id: bigint({ mode: 'number' }).autoincrement().primaryKey() }) },
    ['alter column t.id: type bigint'],
    {
      rows: 'INSERT INTO t (id) VALUES (7)',
      finds: { sql: 'INSERT INTO t VALUES (); SELECT id FROM t ORDER BY id', rows: ['7', '8'] },
    },
  ),
  identity.rename(
    'of its column, and it still counts',
    counting(),
    { t: mysqlTable('t', { key: int().autoincrement().primaryKey() }) },
    ['rename column t.id to key'],
    {
      answers: { renamed: [{ from: 't.id', to: 'key' }] },
      rows: 'INSERT INTO t VALUES (7)',
      finds: { sql: 'INSERT INTO t VALUES (); SELECT `key` FROM t ORDER BY 1', rows: ['7', '8'] },
    },
  ),
  identity.equal(
    'where it stands is data',
    inUtf8mb4('CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 100; INSERT INTO t VALUES ()'),
    counting(),
  ),
  identity.equal('of table(…)', inUtf8mb4('CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id))'), {
    t: table(
      't',
      { id: column(int32(), { nullable: false, identity: { mode: 'autoIncrement' } }) },
      { primaryKey: ['id'] },
    ),
  }),
  identity.equal('serial, which is four things', inUtf8mb4('CREATE TABLE t (id SERIAL, PRIMARY KEY (id))'), {
    t: mysqlTable('t', { id: serial().primaryKey() }),
  }),
  identity.equal(
    'serial, written out',
    inUtf8mb4('CREATE TABLE t (id bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE, PRIMARY KEY (id))'),
    {
      t: mysqlTable('t', { id: serial().primaryKey() }),
    },
  ),
  identity.equal('serial that is no key but its own', inUtf8mb4('CREATE TABLE t (n SERIAL, a int)'), {
    t: mysqlTable('t', { n: serial(), a: int() }),
  }),

  collation.add('of its own', collated(), collated('utf8mb4_bin'), ['alter column t.a: {"collation":"utf8mb4_bin"}']),
  collation.drop('of its own', collated('utf8mb4_bin'), collated(), ['alter column t.a: {"collation":null}']),
  collation.change(
    'another',
    collated('utf8mb4_bin'),
    collated('utf8mb4_unicode_ci'),
    ['alter column t.a: {"collation":"utf8mb4_unicode_ci"}'],
    { rows: rows('id, a', "1, 'é'"), finds: { sql: 'SELECT a FROM t', rows: ['é'] } },
  ),
  collation.change(
    'another character set',
    collated('latin1_bin'),
    collated('utf8mb4_bin'),
    ['alter column t.a: {"collation":"utf8mb4_bin"}'],
    { rows: rows('id, a', "1, 'é'"), finds: { sql: 'SELECT a FROM t', rows: ['é'] } },
  ),
  collation.equal(
    'in capitals, with its character set',
    has('a varchar(20) CHARACTER SET utf8mb4 COLLATE UTF8MB4_BIN'),
    collated('utf8mb4_bin'),
  ),
  collation.equal('BINARY behind the type', has('a varchar(20) CHARACTER SET utf8mb4 BINARY'), collated('utf8mb4_bin')),
  collation.equal(
    'the one of the table, said',
    has('a varchar(20) COLLATE utf8mb4_bin, b varchar(20) COLLATE utf8mb4_unicode_ci', ' COLLATE utf8mb4_bin'),
    own(
      { a: column(words(20)), b: column(words(20), { collation: 'utf8mb4_unicode_ci' }) },
      { options: { collation: 'utf8mb4_bin' } },
    ),
  ),
  collation.equal(
    'of a column in Drizzle, which has no word for it',
    has('a varchar(20) CHARACTER SET latin1 COLLATE latin1_bin'),
    t({ a: name() }),
  ),
  collation.equal(
    'within the text of a native type',
    has('a varchar(20) CHARACTER SET ascii COLLATE ascii_bin'),
    own({
      a: column(words(20), { native: { mysql: 'varchar(20) CHARACTER SET ascii COLLATE ascii_bin' } }),
    }),
  ),
]
