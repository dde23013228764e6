import { column, integer as int, table, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { type AnyPgColumn, boolean, index, integer, pgEnum, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, rows, t } from './declared.ts'

const { add, drop, rename, equal } = cell('column', 'itself')

const self = pgTable('t', { id: integer().primaryKey() })
const preservedRow = { rows: rows('id, a', "1, 'x'"), finds: { sql: 'SELECT * FROM t', rows: ['1, x'] } }
const answered = { answers: { renamed: [{ from: 't.a', to: 'b' }] } }
const withoutColumn = { ...preservedRow, finds: { sql: 'SELECT * FROM t', rows: ['1'] } }

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
    {
      rows: rows('id', '1', '2'),
      fill: { 't.a': "'y'" },
      finds: { sql: 'SELECT * FROM t ORDER BY id', rows: ['1, y', '2, y'] },
    },
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
    {
      rows: rows('id', '1'),
      refused: 'REVISION_INCOMPLETE',
    },
  ),
  add('that numbers the rows by itself', t({}), t({ a: serial() }), ['add column t.a native serial not null'], {
    rows: rows('id', '7', '8'),
    finds: { sql: 'SELECT a FROM t ORDER BY a', rows: ['1', '2'] },
  }),
  add('of an enum that is new', t({}), t({ a: pgEnum('mood', ['sad', 'ok'])().default('ok') }), [
    "create enum mood ('sad', 'ok')",
    "add column t.a enum mood ('sad', 'ok') default 'ok'",
  ]),
  add('of an array', t({}), t({ a: text().array().notNull().default([]) }), [
    "add column t.a native text[] not null default '{}'",
  ]),
  add('with a foreign key', t({}), t({ a: integer().references((): AnyPgColumn => self.id) }), [
    'add column t.a integer',
    'add to t: foreign key t_a_t_id_fk (a) -> t (id)',
  ]),
  add(
    'two, one of them with an index',
    t({}),
    t({ a: text(), b: integer() }, (c) => [index('t_a').on(c.a)]),
    ['add column t.a text', 'add column t.b integer', 'create on t: index t_a (a)'],
  ),
  add(
    'in another order than it stands: said, and no difference',
    has('b text, a text'),
    t({ a: text(), b: text(), c: text() }),
    ['add column t.c text'],
    { notes: ['The columns of t keep their order in the database, which is not the declared one.'] },
  ),
  drop('with its values', t({ a: text() }), t({}), ['drop column t.a -- loses the values of t.a'], withoutColumn),
  drop(
    'that an index is over',
    t({ a: text() }, (c) => [index('t_a').on(c.a)]),
    t({}),
    ['drop index t.t_a', 'drop column t.a -- loses the values of t.a'],
  ),
  drop('that a check names', has('a integer CONSTRAINT positive CHECK (a > 0)'), t({}), [
    'drop from t: check positive',
    'drop column t.a -- loses the values of t.a',
  ]),
  drop('of an enum that nothing else is of', t({ a: pgEnum('mood', ['sad', 'ok'])() }), t({}), [
    'drop column t.a -- loses the values of t.a',
    'drop enum mood',
  ]),
  drop('that counted, with its sequence', t({ a: serial() }), t({}), ['drop column t.a -- loses the values of t.a']),
  rename('answered', t({ a: text() }), t({ b: text() }), ['rename column t.a to b'], { ...answered, ...preservedRow }),
  rename('no answer: it is asked, and nothing proposed', t({ a: text() }), t({ b: text() }), [], {
    openQuestions: ['column t.a -> b'],
  }),
  rename('two of two: every pair is asked', t({ a: text(), b: text() }), t({ c: text(), d: text() }), [], {
    openQuestions: ['column t.a -> c', 'column t.b -> c', 'column t.a -> d', 'column t.b -> d'],
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
    {
      answers: { ask: () => null },
    },
  ),
  rename('types that have nothing in common are none', t({ a: text() }), t({ zebra: boolean() }), [
    'add column t.zebra boolean',
    'drop column t.a -- loses the values of t.a',
  ]),
  rename(
    'with another type at once',
    t({ a: varchar({ length: 10 }) }),
    t({ b: text() }),
    ['rename column t.a to b', 'alter column t.b: type text'],
    answered,
  ),
  rename(
    'that an index, a check and a generated column name',
    has(
      'a integer CONSTRAINT positive CHECK (a > 0), g integer GENERATED ALWAYS AS (a * 2) STORED',
      '; CREATE INDEX t_a ON t (a) WHERE a > 5',
    ),
    {
      t: table(
        't',
        {
          id: column(int(), { nullable: false }),
          b: column(int()),
          g: column(int(), { generated: { as: { kind: 'expression', sql: 'b * 2' }, stored: true } }),
        },
        {
          primaryKey: ['id'],
          checks: [{ name: 'positive', expression: { kind: 'expression', sql: 'b > 0' } }],
          indexes: [{ name: 't_a', columns: ['b'], where: { kind: 'expression', sql: 'b > 5' } }],
        },
      ),
    },
    ['rename column t.a to b'],
    answered,
  ),
  rename(
    'whose unique constraint has a name made of its own',
    t({ a: text().unique() }),
    t({ b: text().unique() }),
    ['rename column t.a to b', 'rename constraint t.t_a_unique to t_b_unique'],
    answered,
  ),
  equal('in another order', has('b text, a text'), t({ a: text(), b: text() })),
  equal(
    'quoted, and a word of SQL',
    'CREATE TABLE "t" ("id" integer PRIMARY KEY, "order" text, "a b" text)',
    t({ 'a b': text(), order: text() }),
  ),
  equal('named by the casing of the program', has('user_name text'), t({ userName: text() }), { casing: 'snake_case' }),
  equal('with capitals', has('"userName" text'), t({ userName: text() })),
  equal('a name that the server has cut', has(`"${'a'.repeat(63)}" text`), t({ ['a'.repeat(80)]: text() })),
  equal(
    'one that was dropped, which leaves a hole',
    has('b text, a text', '; ALTER TABLE t DROP COLUMN b'),
    t({ a: text() }),
  ),
  equal('declared with table(…) beside Drizzle', `${has('a text')}; CREATE TABLE u (id integer PRIMARY KEY, b text)`, {
    ...t({ a: text() }),
    u: table('u', { id: column(int(), { nullable: false }), b: column(txt()) }, { primaryKey: ['id'] }),
  }),
  equal(
    'what only the program knows',
    has('a text, b text'),
    t({ a: text({ enum: ['x', 'y'] }).$type<'x'>(), b: text().$onUpdate(() => sql`now()`) }),
  ),
]
