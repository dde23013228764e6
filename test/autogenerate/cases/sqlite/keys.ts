import { column, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const primary = cell('primary key', 'itself')
const uniques = cell('unique constraint', 'itself')
const uniqueNames = cell('unique constraint', 'name')
const checks = cell('check', 'itself')
const checkNames = cell('check', 'name')

const keyed = (...columns: readonly ('a' | 'b')[]) => ({
  t: sqliteTable('t', { a: integer().notNull(), b: integer().notNull() }, (c) =>
    columns.length === 0
      ? []
      : [primaryKey({ columns: [c[columns[0] ?? 'a'], ...columns.slice(1).map((name) => c[name])] })],
  ),
})
const pairs = 'CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL'
const separate =
  'expect no rows of t with the same a, b, which the primary key keeps apart: SELECT "a", "b", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL AND "b" IS NOT NULL GROUP BY "a", "b" HAVING count(*) > 1'
const duplicates = { rows: rows('id, a', "1, 'x'", "2, 'x'"), refused: 'BLOCKING_ROWS' }
const above = (limit: number, name = 'positive') => t({ a: integer() }, (c) => [check(name, sql`${c.a} > ${limit}`)])
const checked = (condition: string, name = 'positive') =>
  `expect no rows of t that the check ${name} (${condition}) refuses: SELECT * FROM "t" WHERE NOT (${condition})`
const checkOf = (
  as: string,
  declared: ReturnType<typeof sql>,
  columns = 'a INTEGER, b TEXT',
): readonly [string, ReturnType<typeof above>] => [
  has(`${columns}, CONSTRAINT c CHECK (${as})`),
  t({ a: integer(), b: text() }, () => [check('c', declared)]) as never,
]

export const keys: readonly Case[] = [
  primary.add('over two columns', keyed(), keyed('a', 'b'), [separate, 'add to t: primary key (a, b)']),
  primary.add('with rows in the way', keyed(), keyed('a', 'b'), [separate, 'add to t: primary key (a, b)'], {
    rows: 'INSERT INTO t VALUES (1, 1), (1, 1)',
    refused: 'BLOCKING_ROWS',
  }),
  primary.drop('over two columns', keyed('a', 'b'), keyed(), ['drop from t: primary key']),
  primary.change('other columns', keyed('a', 'b'), keyed('b', 'a'), [
    'drop from t: primary key',
    'add to t: primary key (b, a)',
  ]),
  primary.equal('at its column, and apart', 'CREATE TABLE t (id INTEGER NOT NULL, PRIMARY KEY (id))', t({})),
  primary.equal('over two columns, in capitals', `${pairs}, primary key ("A", B))`, keyed('a', 'b')),
  primary.equal('named, where it has no declared name', `${pairs}, CONSTRAINT pk PRIMARY KEY (a, b))`, keyed('a', 'b')),
  primary.equal('named in the declaration alone', `${pairs}, PRIMARY KEY (a, b))`, {
    t: sqliteTable('t', { a: integer().notNull(), b: integer().notNull() }, (c) => [
      primaryKey({ name: 'pk', columns: [c.a, c.b] }),
    ]),
  }),
  primary.equal('in ascending order', 'CREATE TABLE t (id INTEGER PRIMARY KEY ASC NOT NULL)', t({})),
  primary.equal(
    'with a conflict clause',
    'CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY ON CONFLICT REPLACE)',
    t({}),
  ),

  uniques.add('as the index that Drizzle makes of unique()', t({ a: text() }), t({ a: text().unique() }), [
    'expect no rows of t with the same a, which the unique index t_a_unique keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
    'create on t: unique index t_a_unique (a)',
  ]),
  uniques.add(
    'with rows in the way',
    t({ a: text() }),
    t({ a: text().unique() }),
    [
      'expect no rows of t with the same a, which the unique index t_a_unique keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'create on t: unique index t_a_unique (a)',
    ],
    duplicates,
  ),
  uniques.add(
    'as a constraint of table(…)',
    own({ a: column(txt()) }),
    own({ a: column(txt()) }, { uniques: [{ name: 'u', columns: ['a'] }] }),
    [
      'expect no rows of t with the same a, which the unique constraint u keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'add to t: unique u (a)',
    ],
  ),
  uniques.drop('that Drizzle made', t({ a: text().unique() }), t({ a: text() }), ['drop index t.t_a_unique']),
  uniques.drop('that stands at its column', has('a TEXT UNIQUE'), t({ a: text() }), [
    'drop from t: unique {"columns":["a"]}',
  ]),
  uniques.change(
    'over one column more',
    t({ a: text(), b: text() }, (c) => [unique('u').on(c.a)]),
    t({ a: text(), b: text() }, (c) => [unique('u').on(c.a, c.b)]),
    ['drop index t.u', 'create on t: unique index u (a, b)'],
  ),
  uniques.equal(
    'a constraint at its column, for which no name was given',
    has('a TEXT UNIQUE'),
    t({ a: text().unique() }),
  ),
  uniques.equal(
    'a constraint of the table under another name than Drizzle makes',
    has('a TEXT, CONSTRAINT only UNIQUE (a)'),
    t({ a: text().unique() }),
  ),
  uniques.equal(
    'an index that Drizzle would call otherwise',
    has('a TEXT', '; CREATE UNIQUE INDEX only ON t (a)'),
    t({ a: text().unique() }),
  ),
  uniques.equal(
    'over two columns, in parentheses of the table',
    has('a TEXT, b TEXT, UNIQUE (b, a)'),
    t({ a: text(), b: text() }, (c) => [unique().on(c.b, c.a)]),
  ),
  uniques.equal('with a conflict clause', has('a TEXT UNIQUE ON CONFLICT IGNORE'), t({ a: text().unique() })),
  uniqueNames.equal(
    'of table(…), said nowhere',
    has('a TEXT, UNIQUE (a)'),
    own({ a: column(txt()) }, { uniques: [{ columns: ['a'] }] }),
  ),
  uniqueNames.rename('an index', t({ a: text().unique('one') }), t({ a: text().unique('two') }), [
    'rename index t.one to two',
  ]),
  uniqueNames.rename(
    'a constraint',
    own({ a: column(txt()) }, { uniques: [{ name: 'one', columns: ['a'] }] }),
    own({ a: column(txt()) }, { uniques: [{ name: 'two', columns: ['a'] }] }),
    ['rename constraint t.one to two'],
  ),

  checks.add('and rows are looked at first', t({ a: integer() }), above(0), [
    checked('"a" > 0'),
    'add to t: check positive ("a" > 0)',
  ]),
  checks.add(
    'with rows in the way',
    t({ a: integer() }),
    above(0),
    [checked('"a" > 0'), 'add to t: check positive ("a" > 0)'],
    { rows: rows('id, a', '1, -1'), refused: 'BLOCKING_ROWS' },
  ),
  checks.drop('by its name', above(0), t({ a: integer() }), ['drop from t: check positive']),
  checks.drop('that has none', has('a INTEGER CHECK (a > 0)'), t({ a: integer() }), [
    'drop from t: check {"expression":"a > 0"}',
  ]),
  checks.change('another limit', above(0), above(5), [
    checked('"a" > 5'),
    'drop from t: check positive',
    'add to t: check positive ("a" > 5)',
  ]),
  checks.change(
    'AND for OR',
    ...([above(0), t({ a: integer() }, (c) => [check('positive', sql`${c.a} > ${0} OR ${c.a} < ${-5}`)])] as const),
    [
      'expect no rows of t that the check positive ("a" > 0 OR "a" < -5) refuses: SELECT * FROM "t" WHERE NOT ("a" > 0 OR "a" < -5)',
      'drop from t: check positive',
      'add to t: check positive ("a" > 0 OR "a" < -5)',
    ],
  ),
  checks.equal('names in other quotes', ...checkOf('[a] > 0 AND `b` <> 1', sql`a > 0 AND "b" <> 1`)),
  checks.equal('spaces and letters', ...checkOf('A>0 and B IS not NULL', sql`a > 0 AND b IS NOT NULL`)),
  checks.equal('IN over two lines', ...checkOf("b IN (\n'x',\n'y'\n)", sql`b IN ('x', 'y')`)),
  checks.equal(
    'BETWEEN and LIKE',
    ...checkOf("a BETWEEN 1 AND 5 AND b LIKE 'x%'", sql`a between 1 and 5 and b like 'x%'`),
  ),
  checks.equal('in more parentheses than it needs', ...checkOf('((a > 0))', sql`a > 0`)),
  checks.equal('a comment in it', ...checkOf('a > 0 /* never less */', sql`a > 0`)),
  checks.equal('the column of the program', has('a INTEGER, CONSTRAINT positive CHECK ("a" > 0)'), above(0)),
  checks.equal('at its column', has('a INTEGER CONSTRAINT positive CHECK (a > 0)'), above(0)),
  checks.equal(
    'without a name on both sides',
    has('a INTEGER, CHECK (a > 0)'),
    own({ a: column(int()) }, { checks: [{ expression: expression('a > 0') }] }),
  ),
  checkNames.equal('in the declaration alone', has('a INTEGER, CHECK (a > 0)'), above(0)),
  checkNames.rename('two names for one check', above(0, 'one'), above(0, 'two'), ['rename constraint t.one to two']),
]
