import { sql } from 'drizzle-orm'
import { check, datetime, index, int, mysqlTable, mysqlView, text, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, inUtf8mb4, t } from './declared.ts'

/*
 * What the servers rewrite in their own words, each in others.
 */

const checks = cell('check', 'itself')
const generated = cell('column', 'generated')
const defaults = cell('column', 'default')
const indexes = cell('index', 'itself')
const views = cell('view', 'query')
const tables = cell('table', 'itself')

export const spellings: readonly Case[] = [
  checks.equal(
    'CASE, BETWEEN and texts that match',
    has(
      "a int, b varchar(9), CONSTRAINT c CHECK (CASE WHEN a BETWEEN 1 AND 5 THEN b LIKE 'x%' ELSE b IS NOT NULL END = 1)",
    ),
    t({ a: int(), b: varchar({ length: 9 }) }, () => [
      check('c', sql`case when a between 1 and 5 then b like 'x%' else b is not null end = 1`),
    ]),
  ),
  checks.equal(
    'NOT IN, and <> in both its ways',
    has('a int, b int, CONSTRAINT c CHECK (a NOT IN (1, 2) AND b != 3)'),
    t({ a: int(), b: int() }, () => [check('c', sql`a not in (1,2) and b <> 3`)]),
  ),
  generated.equal(
    'COALESCE and a text, in other letters',
    has("a varchar(9), g varchar(20) AS (CONCAT(coalesce(a, 'None'), '!')) STORED"),
    t({
      a: varchar({ length: 9 }),
      g: varchar({ length: 20 }).generatedAlwaysAs(sql`concat(COALESCE(a, 'None'), '!')`, { mode: 'stored' }),
    }),
  ),
  defaults.equal(
    'a moment with digits, in each of its names',
    has('a datetime(3) DEFAULT NOW(3), b datetime(6) DEFAULT LOCALTIMESTAMP(6)'),
    t({ a: datetime({ fsp: 3 }).default(sql`CURRENT_TIMESTAMP(3)`), b: datetime({ fsp: 6 }).default(sql`now(6)`) }),
  ),
  indexes.equal(
    'USING BTREE in both its places, and KEY',
    has('a int, b int, KEY i (a) USING BTREE, INDEX j USING BTREE (b)'),
    t({ a: int(), b: int() }, (c) => [index('i').on(c.a), index('j').on(c.b)]),
  ),
  tables.equal(
    'renamed and changed since, with what it has',
    inUtf8mb4(
      'CREATE TABLE old (id int PRIMARY KEY, x int, KEY i (x)); RENAME TABLE old TO t; ALTER TABLE t CHANGE x a int NULL, ADD b text AFTER id',
    ),
    t({ b: text(), a: int() }, (c) => [index('i').on(c.a)]),
  ),
  views.equal(
    'a sum and an order, over its own table twice',
    has(
      'a int',
      '; CREATE VIEW v AS SELECT x.a, COUNT(*) AS n FROM t x JOIN t y USING (id) GROUP BY x.a HAVING n > 1 ORDER BY n DESC',
    ),
    {
      t: mysqlTable('t', { id: int().primaryKey(), a: int() }),
      v: mysqlView('v', { a: int(), n: int() }).as(
        sql`select x.a, count(*) as n from t as x join t as y using (id) group by x.a having n > 1 order by n desc`,
      ),
    },
  ),
]
