import { column, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const primary = cell('primary key', 'itself')
const primaryNames = cell('primary key', 'name')
const uniques = cell('unique constraint', 'itself')
const uniqueNames = cell('unique constraint', 'name')
const nulls = cell('unique constraint', 'nulls not distinct')
const deferrable = cell('unique constraint', 'deferrable')
const checks = cell('check', 'itself')
const checkNames = cell('check', 'name')
const valid = cell('check', 'not valid')
const exclusions = cell('exclusion constraint', 'itself')

const keyed = (columns: readonly ('a' | 'b')[], name?: string) => ({
  t: pgTable('t', { a: integer().notNull(), b: integer().notNull() }, (c) =>
    columns.length === 0
      ? []
      : [
          primaryKey({
            columns: [c[columns[0] ?? 'a'], ...columns.slice(1).map((one) => c[one])],
            ...(name === undefined ? {} : { name }),
          }),
        ],
  ),
})
const pairs = 'CREATE TABLE t (a integer NOT NULL, b integer NOT NULL'
const two = { a: text(), b: integer() }
const only = (...columns: readonly ('a' | 'b')[]) =>
  t(two, (c) => [unique('u').on(c[columns[0] ?? 'a'], ...columns.slice(1).map((one) => c[one]))])
const duplicates = { rows: rows('id, a', "1, 'x'", "2, 'x'"), refused: 'BLOCKING_ROWS' }
const later = (when?: 'deferred' | 'immediate') =>
  own(
    { a: column(txt()) },
    { uniques: [{ name: 'u', columns: ['a'], ...(when === undefined ? {} : { deferrable: when }) }] },
  )
const above = (limit: number, name = 'positive') => t({ a: integer() }, (c) => [check(name, sql`${c.a} > ${limit}`)])
const all = { a: integer(), b: text(), c: varchar({ length: 9 }), d: boolean(), e: timestamp(), f: text().array() }
const same = (title: string, as: string, declared: ReturnType<typeof sql>): Case =>
  checks.equal(
    title,
    has(`a integer, b text, c varchar(9), d boolean, e timestamp, f text[], CONSTRAINT ck CHECK (${as})`),
    t(all, () => [check('ck', declared)]),
  )

export const keys: readonly Case[] = [
  primary.add('over two columns', keyed([]), keyed(['a', 'b']), [
    'expect no rows of t with the same a, b, which the primary key keeps apart: SELECT "a", "b", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL AND "b" IS NOT NULL GROUP BY "a", "b" HAVING count(*) > 1',
    'add to t: primary key t_a_b_pk (a, b)',
  ]),
  primary.add(
    'with rows in the way',
    keyed([]),
    keyed(['a', 'b']),
    [
      'expect no rows of t with the same a, b, which the primary key keeps apart: SELECT "a", "b", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL AND "b" IS NOT NULL GROUP BY "a", "b" HAVING count(*) > 1',
      'add to t: primary key t_a_b_pk (a, b)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, 1), (1, 1)',
      refused: 'BLOCKING_ROWS',
    },
  ),
  primary.drop('over two columns', keyed(['a', 'b']), keyed([]), ['drop from t: primary key t_a_b_pk']),
  primary.change('the columns in another order', keyed(['a', 'b'], 'pk'), keyed(['b', 'a'], 'pk'), [
    'drop from t: primary key pk',
    'add to t: primary key pk (b, a)',
  ]),
  primary.change(
    'one column fewer, with rows in the way',
    keyed(['a', 'b'], 'pk'),
    keyed(['a'], 'pk'),
    [
      'expect no rows of t with the same a, which the primary key keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'drop from t: primary key pk',
      'add to t: primary key pk (a)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, 1), (1, 2)',
      refused: 'BLOCKING_ROWS',
    },
  ),
  primary.equal('at its column, and apart', 'CREATE TABLE t (id integer, PRIMARY KEY (id))', t({})),
  primaryNames.equal(
    'another than drizzle-kit makes',
    `${pairs}, CONSTRAINT other PRIMARY KEY (a, b))`,
    keyed(['a', 'b']),
  ),
  primaryNames.equal('the one that the server makes', `${pairs}, PRIMARY KEY (a, b))`, keyed(['a', 'b'])),
  primary.equal(
    'made of a unique index',
    `${pairs}); CREATE UNIQUE INDEX pk ON t (a, b); ALTER TABLE t ADD PRIMARY KEY USING INDEX pk`,
    keyed(['a', 'b']),
  ),
  primaryNames.rename('one for another', keyed(['a', 'b'], 'one'), keyed(['a', 'b'], 'two'), [
    'rename constraint t.one to two',
  ]),

  uniques.add('at a column', t({ a: text() }), t({ a: text().unique() }), [
    'expect no rows of t with the same a, which the unique constraint t_a_unique keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
    'add to t: unique t_a_unique (a)',
  ]),
  uniques.add(
    'with rows in the way',
    t({ a: text() }),
    t({ a: text().unique() }),
    [
      'expect no rows of t with the same a, which the unique constraint t_a_unique keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'add to t: unique t_a_unique (a)',
    ],
    duplicates,
  ),
  uniques.add(
    'with the same rows in a table that inherits',
    `CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE TABLE heir () INHERITS (t); INSERT INTO t VALUES (1, 'x'); INSERT INTO heir VALUES (1, 'x')`,
    { ...t({ a: text().unique() }), heir: pgTable('heir', { id: integer().notNull(), a: text() }) },
    [
      'expect no rows of t with the same a, which the unique constraint t_a_unique keeps apart: SELECT "a", count(*) AS "rows" FROM ONLY "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'add to t: unique t_a_unique (a)',
    ],
  ),
  uniques.drop('at a column', t({ a: text().unique() }), t({ a: text() }), ['drop from t: unique t_a_unique']),
  uniques.change('over one column more', only('a'), only('a', 'b'), [
    'drop from t: unique u',
    'add to t: unique u (a, b)',
  ]),
  uniques.change('the columns in another order', only('a', 'b'), only('b', 'a'), [
    'drop from t: unique u',
    'add to t: unique u (b, a)',
  ]),
  uniqueNames.equal('another than drizzle-kit makes', has('a text UNIQUE'), t({ a: text().unique() })),
  uniques.equal(
    'over two columns, in another order than those of the table',
    has('a text, b integer, CONSTRAINT u UNIQUE (b, a)'),
    only('b', 'a'),
  ),
  uniques.change(
    'a unique index becomes the constraint that is declared',
    has('a text', '; CREATE UNIQUE INDEX t_a_unique ON t (a)'),
    t({ a: text().unique() }),
    ['drop index t.t_a_unique', 'add to t: unique t_a_unique (a)'],
  ),
  uniques.change(
    'the constraint becomes a unique index that is declared, of the same name',
    has('a text CONSTRAINT u UNIQUE'),
    t({ a: text() }, (c) => [uniqueIndex('u').on(c.a)]),
    ['drop from t: unique u', 'create on t: unique index u (a)'],
  ),
  uniqueNames.equal(
    'of table(…), said nowhere',
    has('a text UNIQUE'),
    own({ a: column(txt()) }, { uniques: [{ columns: ['a'] }] }),
  ),
  uniqueNames.rename('one for another', t({ a: text().unique('one') }), t({ a: text().unique('two') }), [
    'rename constraint t.one to two',
  ]),
  nulls.add(
    'and rows are looked at first',
    t({ a: text() }, (c) => [unique('u').on(c.a)]),
    t({ a: text() }, (c) => [unique('u').on(c.a).nullsNotDistinct()]),
    [
      'expect no rows of t with the same a, which the unique constraint u keeps apart: SELECT "a", count(*) AS "rows" FROM "t" GROUP BY "a" HAVING count(*) > 1',
      'drop from t: unique u',
      'add to t: unique u (a) {"nullsNotDistinct":true}',
    ],
  ),
  nulls.add(
    'with rows in the way',
    t({ a: text() }, (c) => [unique('u').on(c.a)]),
    t({ a: text() }, (c) => [unique('u').on(c.a).nullsNotDistinct()]),
    [
      'expect no rows of t with the same a, which the unique constraint u keeps apart: SELECT "a", count(*) AS "rows" FROM "t" GROUP BY "a" HAVING count(*) > 1',
      'drop from t: unique u',
      'add to t: unique u (a) {"nullsNotDistinct":true}',
    ],
    { rows: rows('id, a', '1, NULL', '2, NULL'), refused: 'BLOCKING_ROWS' },
  ),
  nulls.drop(
    'and the constraint stays',
    t({ a: text() }, (c) => [unique('u').on(c.a).nullsNotDistinct()]),
    t({ a: text() }, (c) => [unique('u').on(c.a)]),
    ['drop from t: unique u', 'add to t: unique u (a)'],
  ),
  nulls.equal(
    'at its column',
    has('a text CONSTRAINT u UNIQUE NULLS NOT DISTINCT'),
    t({ a: text().unique('u', { nulls: 'not distinct' }) }),
  ),
  nulls.equal('NULLS DISTINCT said', has('a text CONSTRAINT u UNIQUE NULLS DISTINCT'), t({ a: text().unique('u') })),
  deferrable.add('INITIALLY DEFERRED', later(), later('deferred'), [
    'drop from t: unique u',
    'add to t: unique u (a) {"deferrable":"deferred"}',
  ]),
  deferrable.drop('INITIALLY DEFERRED', later('deferred'), later(), [
    'drop from t: unique u',
    'add to t: unique u (a)',
  ]),
  deferrable.change('checked at once, and put off when asked', later('deferred'), later('immediate'), [
    'drop from t: unique u',
    'add to t: unique u (a) {"deferrable":"immediate"}',
  ]),
  deferrable.equal(
    'of a constraint in Drizzle, which has no word for it',
    has('a text, CONSTRAINT u UNIQUE (a) DEFERRABLE INITIALLY DEFERRED'),
    t({ a: text().unique('u') }),
  ),

  checks.add('and rows are looked at first', t({ a: integer() }), above(0), [
    'expect no rows of t that the check positive ("a" > 0) refuses: SELECT * FROM "t" WHERE NOT ("a" > 0)',
    'add to t: check positive ("a" > 0)',
  ]),
  checks.add(
    'with rows in the way',
    t({ a: integer() }),
    above(0),
    [
      'expect no rows of t that the check positive ("a" > 0) refuses: SELECT * FROM "t" WHERE NOT ("a" > 0)',
      'add to t: check positive ("a" > 0)',
    ],
    {
      rows: rows('id, a', '1, -1'),
      refused: 'BLOCKING_ROWS',
    },
  ),
  checks.add('over a column that is new', t({}), above(0), [
    'add column t.a integer',
    'expect no rows of t that the check positive ("a" > 0) refuses: SELECT * FROM "t" WHERE NOT ("a" > 0)',
    'add to t: check positive ("a" > 0)',
  ]),
  checks.drop('by its name', above(0), t({ a: integer() }), ['drop from t: check positive']),
  checks.change('another limit', above(0), above(5), [
    'expect no rows of t that the check positive ("a" > 5) refuses: SELECT * FROM "t" WHERE NOT ("a" > 5)',
    'drop from t: check positive',
    'add to t: check positive ("a" > 5)',
  ]),
  same('IN, which comes back as = ANY', "b IN ('x', 'y')", sql`b in ('x','y')`),
  same('IN over a varchar, which gets casts', "c IN ('x', 'y')", sql`c IN ('x', 'y')`),
  same('NOT IN, and numbers', 'a NOT IN (1, 2)', sql`a not in (1, 2)`),
  same('BETWEEN, which comes back as two comparisons', 'a BETWEEN 1 AND 5', sql`a between 1 and 5`),
  same('BETWEEN, and the two comparisons', 'a BETWEEN 1 AND 5', sql`a >= 1 AND a <= 5`),
  same(
    'LIKE and ILIKE, which come back as operators',
    "b LIKE 'x%' AND c NOT ILIKE '%y'",
    sql`b like 'x%' and c not ilike '%y'`,
  ),
  same('regular expressions', "b ~* '^[a-z]+$'", sql`b ~* '^[a-z]+$'`),
  same(
    'IS DISTINCT FROM, IS TRUE, IS NOT NULL',
    'a IS DISTINCT FROM 1 AND d IS TRUE AND b IS NOT NULL',
    sql`a is distinct from 1 and d is true and b is not null`,
  ),
  same('AND, OR, NOT and their parentheses', 'NOT (a > 1 OR (a < 0 AND d))', sql`not (a > 1 or a < 0 and d)`),
  same('functions and lengths', 'length(b) > 0 AND char_length(c) < 9', sql`LENGTH(b) > 0 and CHAR_LENGTH(c) < 9`),
  same(
    'moments and intervals',
    "e > '2020-01-01' AND e < now() + interval '1 day'",
    sql`e > '2020-01-01'::timestamp and e < now() + '1 day'::interval`,
  ),
  same('lists', "f <@ ARRAY['x', 'y'] AND cardinality(f) > 0", sql`f <@ ARRAY['x','y'] AND cardinality(f) > 0`),
  same('CASE', "CASE WHEN a > 0 THEN b <> '' ELSE true END", sql`case when a > 0 then b <> '' else true end`),
  same('a test of NULL', 'a IS NOT NULL OR b IS NULL', sql`(a notnull) or (b isnull)`),
  same('DISTINCT FROM', 'a IS DISTINCT FROM 5', sql`(a) is distinct from (5)`),
  same('SIMILAR', "b SIMILAR TO 'x|y'", sql`(b similar to 'x|y')`),
  same('parts of a time', 'EXTRACT(year FROM e) > 2000', sql`extract(YEAR from "e") > 2000`),
  same('a row', '(a, b) <> (1, c::text)', sql`ROW(a, b) <> ROW(1, cast(c as text))`),
  same('BETWEEN SYMMETRIC', 'a BETWEEN SYMMETRIC 9 AND 1', sql`("a" between symmetric 9 and 1)`),
  same('an element of a list', "f[1] = 'x' OR f IS NULL", sql`(f)[1] = 'x' or f isnull`),
  same('signs of numbers', 'a > -1 AND a < +5', sql`a > -1 and a < 5`),
  same('COALESCE and NULLIF', "coalesce(b, '') <> nullif(c, '')", sql`COALESCE(b, '') <> NULLIF(c, '')`),
  checks.equal('the column of the program, with a value', has('a integer CONSTRAINT positive CHECK (a > 0)'), above(0)),
  checkNames.equal(
    'at its column, said nowhere',
    has('a integer CHECK (a > 0)'),
    own({ a: column(int()) }, { checks: [{ expression: expression('a > 0') }] }),
  ),
  checkNames.rename('two names for one check', above(0, 'one'), above(0, 'two'), ['rename constraint t.one to two']),
  valid.equal(
    'a check that has not been validated is as it is, in Drizzle',
    has('a integer', '; ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID'),
    above(0),
  ),
  valid.equal(
    'a check that is not enforced is as it is, in Drizzle',
    has('a integer CONSTRAINT positive CHECK (a > 0) NOT ENFORCED'),
    above(0),
    { since: 18 },
  ),
  exclusions.equal(
    'it cannot be declared: it stays',
    has('a integer, EXCLUDE USING btree (a WITH =)'),
    t({ a: integer() }),
  ),
]
