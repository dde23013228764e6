import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  pgTable,
  pgView,
  text,
  timestamp,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, t } from './declared.ts'

/*
 * What the server rewrites in its own words, or follows by itself when something that it refers to gets another name.
 */

const checks = cell('check', 'itself')
const generated = cell('column', 'generated')
const defaults = cell('column', 'default')
const expressions = cell('index', 'expression')
const predicates = cell('index', 'predicate')
const keys = cell('foreign key', 'itself')
const views = cell('view', 'query')
const indexes = cell('index', 'itself')

const u = pgTable('u', { id: integer().primaryKey() })
const parent = 'CREATE TABLE u (id integer PRIMARY KEY); '
const plain = t({ a: text(), b: integer() })

export const rewritten: readonly Case[] = [
  checks.equal(
    'CASE, and NULLIF',
    has(
      'a text, b integer, CONSTRAINT c CHECK (CASE WHEN b > 0 THEN a IS NOT NULL ELSE true END AND NULLIF(b, 0) <> 1)',
    ),
    t({ a: text(), b: integer() }, () => [
      check('c', sql`case when b > 0 then a is not null else TRUE end and nullif(b, 0) != 1`),
    ]),
  ),
  checks.equal(
    'NOT IN, and BETWEEN SYMMETRIC',
    has('a integer, CONSTRAINT c CHECK (a NOT IN (1, 2, 3) AND a BETWEEN SYMMETRIC 10 AND 0)'),
    t({ a: integer() }, () => [check('c', sql`a not in (1,2,3) and a between symmetric 10 and 0`)]),
  ),
  checks.equal(
    'IS DISTINCT FROM, and a row of two',
    has('a integer, b integer, CONSTRAINT c CHECK (a IS DISTINCT FROM b AND (a, b) <> (1, 2))'),
    t({ a: integer(), b: integer() }, () => [check('c', sql`a is distinct from b and (a, b) <> (1, 2)`)]),
  ),
  checks.equal(
    'after its column was renamed',
    has('old integer, CONSTRAINT c CHECK (old > 0)', '; ALTER TABLE t RENAME old TO a'),
    t({ a: integer() }, () => [check('c', sql`a > 0`)]),
  ),
  checks.equal(
    'texts that match, in each of their ways',
    has("a text, CONSTRAINT c CHECK (a ~* '^x' AND a NOT LIKE 'y%' AND a ILIKE 'x_' AND a SIMILAR TO 'x%')"),
    t({ a: text() }, () => [check('c', sql`a ~* '^x' and a not like 'y%' and a ilike 'x_' and a similar to 'x%'`)]),
  ),
  generated.equal(
    'of a varchar, which is read as text',
    has("a varchar(9), g text GENERATED ALWAYS AS (lower(a) || '!') STORED"),
    t({ a: varchar({ length: 9 }), g: text().generatedAlwaysAs(sql`lower(a) || '!'`) }),
  ),
  generated.equal(
    'after its column was renamed',
    has(
      'old numeric(10,2), g numeric GENERATED ALWAYS AS (round(old * 1.2, 2)) STORED',
      '; ALTER TABLE t RENAME old TO a',
    ),
    t({ a: numeric({ precision: 10, scale: 2 }), g: numeric().generatedAlwaysAs(sql`round(a*1.2, 2)`) }),
  ),
  defaults.equal(
    'of an expression over several lines',
    has("a text DEFAULT upper(\n  'x' || -- and\n  'y'\n)"),
    t({ a: text().default(sql`UPPER('x' || 'y')`) }),
  ),
  defaults.equal(
    'a moment without its zone, from one with it',
    has("a timestamp DEFAULT (now() AT TIME ZONE 'utc')"),
    t({ a: timestamp().default(sql`timezone('utc', now())`) }),
  ),
  expressions.equal(
    'a cast, and a part of a moment',
    has('a text, b timestamp', '; CREATE INDEX i ON t ((a::integer), (EXTRACT(year FROM b)))'),
    t({ a: text(), b: timestamp() }, () => [index('i').on(sql`(a::int)`, sql`(extract(year from b))`)]),
  ),
  expressions.equal(
    'after its column was renamed',
    has('old text', '; CREATE UNIQUE INDEX i ON t (lower(old)); ALTER TABLE t RENAME old TO a'),
    t({ a: text() }, () => [uniqueIndex('i').on(sql`lower(a)`)]),
  ),
  predicates.equal(
    'IN, and a boolean by itself',
    has('a text, b boolean', "; CREATE INDEX i ON t (a) WHERE a IN ('x', 'y') AND NOT b"),
    t({ a: text(), b: boolean() }, (c) => [index('i').on(c.a).where(sql`a in ('x','y') and not b`)]),
  ),
  keys.equal(
    'after both its columns and its table were renamed',
    `CREATE TABLE v (code integer PRIMARY KEY); ${has('old integer CONSTRAINT f REFERENCES v (code)', '; ALTER TABLE v RENAME TO u; ALTER TABLE u RENAME code TO id; ALTER TABLE t RENAME old TO a')}`,
    {
      u,
      ...t({ a: integer() }, (c) => [foreignKey({ name: 'f', columns: [c.a], foreignColumns: [u.id] })]),
    },
  ),
  keys.equal(
    'validated later',
    `${parent}${has('a integer', '; ALTER TABLE t ADD CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT t_a_u_id_fk')}`,
    {
      u,
      ...t({ a: integer().references((): AnyPgColumn => u.id) }),
    },
  ),
  views.equal(
    'a join, a sum and an order',
    has(
      'a text, b integer',
      '; CREATE VIEW v AS SELECT x.a, sum(x.b) AS n FROM t x LEFT JOIN t y USING (id) GROUP BY x.a HAVING count(*) > 1 ORDER BY n DESC LIMIT 5',
    ),
    {
      ...plain,
      v: pgView('v', { a: text(), n: integer() }).as(
        sql`select x.a, SUM(x.b) as n from t as x left outer join t as y using (id) group by x.a having count(*) > 1 order by n desc limit 5`,
      ),
    },
  ),
  views.equal(
    'WITH, a window and a list',
    has(
      'a text, b integer',
      '; CREATE VIEW v AS WITH w AS (SELECT *, row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t) SELECT id, n FROM w WHERE n = ANY (ARRAY[1, 2])',
    ),
    {
      ...plain,
      v: pgView('v', { id: integer(), n: integer() }).as(
        sql`with w as (select *, row_number() over (partition by a order by b) as n from t) select id, n from w where n = any(array[1,2])`,
      ),
    },
  ),
  indexes.equal(
    'over a column that was renamed, and of a table that was',
    'CREATE TABLE old (id integer PRIMARY KEY, x text); CREATE INDEX i ON old (x); ALTER TABLE old RENAME TO t; ALTER TABLE t RENAME x TO a',
    t({ a: text() }, (c) => [index('i').on(c.a)]),
  ),
]
