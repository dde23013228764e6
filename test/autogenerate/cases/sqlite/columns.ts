import { column, integer as int, table, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { add, drop, rename, equal } = cell('column', 'itself')

const self = sqliteTable('t', { id: integer().primaryKey() })

const preservedRow = { rows: rows('id, a', "1, 'x'"), finds: { sql: 'SELECT * FROM t', rows: ['1, x'] } }

export const columns: readonly Case[] = [
  add('nullable', t({}), t({ a: text() }), ['add column t.a text']),
  add(
    'NOT NULL with a default',
    t({}),
    t({ a: text().notNull().default('x') }),
    ["add column t.a text not null default 'x'"],
    {
      rows: rows('id', '1'),
      finds: { sql: 'SELECT * FROM t', rows: ['1, x'] },
    },
  ),
  add(
    'NOT NULL, with the value for rows that are there',
    t({}),
    t({ a: text().notNull() }),
    ["add column t.a text not null default 'y'", 'alter column t.a: no default'],
    { rows: rows('id', '1', '2'), fill: { 't.a': "'y'" }, finds: { sql: 'SELECT * FROM t', rows: ['1, y', '2, y'] } },
  ),
  add(
    'NOT NULL, and the value is unknown: the file asks for it',
    t({}),
    t({ a: text().notNull() }),
    [
      'add column t.a text',
      'fill t.a where null with ? by (id): t.a is new and NOT NULL',
      'alter column t.a: not null',
    ],
    { rows: rows('id', '1'), refused: 'REVISION_INCOMPLETE' },
  ),
  add(
    'with an expression as its default, which ADD COLUMN does not take',
    t({}),
    t({ a: integer().default(sql`(unixepoch())`) }),
    ['add column t.a integer default (unixepoch())'],
  ),
  add('with a foreign key', t({}), t({ a: integer().references((): AnySQLiteColumn => self.id) }), [
    'add column t.a integer',
    'add to t: foreign key (a) -> t (id)',
  ]),
  add(
    'two, one of them with an index',
    t({}),
    t({ a: text(), b: integer() }, (c) => [index('t_a').on(c.a)]),
    ['add column t.a text', 'add column t.b integer', 'create on t: index t_a (a)'],
  ),
  drop('with its values', t({ a: text() }), t({}), ['drop column t.a -- loses the values of t.a'], {
    ...preservedRow,
    finds: { sql: 'SELECT * FROM t', rows: ['1'] },
  }),
  drop(
    'that an index is over',
    t({ a: text() }, (c) => [index('t_a').on(c.a)]),
    t({}),
    ['drop index t.t_a', 'drop column t.a -- loses the values of t.a'],
  ),
  drop('that a check names', has('a INTEGER, CONSTRAINT positive CHECK (a > 0)'), t({}), [
    'drop from t: check positive',
    'drop column t.a -- loses the values of t.a',
  ]),
  drop(
    'that refers to another table',
    `CREATE TABLE u (id INTEGER PRIMARY KEY NOT NULL); ${has('a INTEGER REFERENCES u')}`,
    { ...t({}), u: sqliteTable('u', { id: integer().primaryKey() }) },
    ['drop from t: foreign key {"columns":["a"]}', 'drop column t.a -- loses the values of t.a'],
  ),
  rename('answered', t({ a: text() }), t({ b: text() }), ['rename column t.a to b'], {
    answers: { renamed: [{ from: 't.a', to: 'b' }] },
    ...preservedRow,
  }),
  rename('no answer: it is asked, and nothing proposed', t({ a: text() }), t({ b: text() }), [], {
    openQuestions: ['column t.a -> b'],
  }),
  rename('two of two: every pair is asked', t({ a: text(), b: text() }), t({ c: text(), d: text() }), [], {
    openQuestions: ['column t.a -> c', 'column t.b -> c', 'column t.a -> d', 'column t.b -> d'],
  }),
  rename('one of two answered, the other asked', t({ a: text(), b: text() }), t({ c: text(), d: text() }), [], {
    answers: { renamed: [{ from: 't.a', to: 'c' }] },
    openQuestions: ['column t.b -> d'],
  }),
  rename(
    'asked on the terminal, and chosen',
    t({ a: text(), b: text() }),
    t({ c: text(), b: text() }),
    ['rename column t.a to c'],
    {
      answers: { ask: () => 'a' },
    },
  ),
  rename(
    'it is no rename: --no-renames',
    t({ a: text() }),
    t({ b: text() }),
    ['add column t.b text', 'drop column t.a -- loses the values of t.a'],
    { answers: { none: true } },
  ),
  rename(
    'it is no rename: --dropped',
    t({ a: text() }),
    t({ b: text() }),
    ['add column t.b text', 'drop column t.a -- loses the values of t.a'],
    { answers: { dropped: ['t.a'] } },
  ),
  rename(
    'it is no rename: said on the terminal',
    t({ a: text() }),
    t({ b: text() }),
    ['add column t.b text', 'drop column t.a -- loses the values of t.a'],
    { answers: { ask: () => null } },
  ),
  rename('types that have nothing in common are none', t({ a: text() }), t({ zebra: integer() }), [
    'add column t.zebra integer',
    'drop column t.a -- loses the values of t.a',
  ]),
  rename(
    'with another type at once',
    t({ a: integer() }),
    t({ b: text() }),
    ['rename column t.a to b', 'alter column t.b: type text'],
    { answers: { renamed: [{ from: 't.a', to: 'b' }] } },
  ),
  rename(
    'that an index, a check and a generated column name',
    has(
      'a INTEGER, g INTEGER AS (a * 2), CONSTRAINT positive CHECK (a > 0)',
      '; CREATE INDEX t_a ON t (a) WHERE a > 5',
    ),
    {
      t: own(
        { b: column(int()), g: column(int(), { generated: { as: { kind: 'expression', sql: 'b * 2' } } }) },
        {
          checks: [{ name: 'positive', expression: { kind: 'expression', sql: 'b > 0' } }],
          indexes: [{ name: 't_a', columns: ['b'], where: { kind: 'expression', sql: 'b > 5' } }],
        },
      ).t,
    },
    ['rename column t.a to b'],
    { answers: { renamed: [{ from: 't.a', to: 'b' }] } },
  ),
  rename(
    'to the same name in other letters',
    t({ username: text() }),
    t({ userName: text() }),
    ['rename column t.username to userName'],
    { answers: { renamed: [{ from: 't.username', to: 'userName' }] } },
  ),
  equal('in another order', has('b TEXT, a TEXT'), t({ a: text(), b: text() })),
  equal(
    'quoted in every way',
    'CREATE TABLE [t] (`id` INTEGER PRIMARY KEY NOT NULL, "a b" TEXT, [order] TEXT)',
    t({ 'a b': text(), order: text() }),
  ),
  equal('named by the casing of the program', has('user_name TEXT'), t({ userName: text() }), { casing: 'snake_case' }),
  equal('with a comment in the text of the table', has('a TEXT -- what it is\n'), t({ a: text() })),
  equal(
    'declared with table(…) beside Drizzle',
    `${has('a TEXT')}; CREATE TABLE u (id INTEGER PRIMARY KEY NOT NULL, b TEXT)`,
    {
      ...t({ a: text() }),
      u: table('u', { id: column(int(), { nullable: false }), b: column(txt()) }, { primaryKey: ['id'] }),
    },
  ),
]
