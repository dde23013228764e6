import { column, expression, integer as int32, json, text as longText, varchar as words } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { check, date, int, mysqlTable, primaryKey, unique, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, inUtf8mb4, own, rows, t } from './declared.ts'

const primary = cell('primary key', 'itself')
const uniques = cell('unique constraint', 'itself')
const uniqueNames = cell('unique constraint', 'name')
const checks = cell('check', 'itself')
const checkNames = cell('check', 'name')

const name = () => varchar({ length: 20 })
const keyed = (...columns: readonly ('a' | 'b')[]) => ({
  t: mysqlTable('t', { a: int().notNull(), b: int().notNull() }, (c) =>
    columns.length === 0
      ? []
      : [primaryKey({ columns: [c[columns[0] ?? 'a'], ...columns.slice(1).map((each) => c[each])] })],
  ),
})
const pairs = (key: string) => inUtf8mb4(`CREATE TABLE t (a int NOT NULL, b int NOT NULL${key})`)
const separate =
  'expect no rows of t with the same a, b, which the primary key keeps apart: SELECT `a`, `b`, count(*) AS `rows` FROM `t` WHERE `a` IS NOT NULL AND `b` IS NOT NULL GROUP BY `a`, `b` HAVING count(*) > 1'
const duplicates = { rows: rows('id, a', "1, 'x'", "2, 'x'"), refused: 'BLOCKING_ROWS' }
const checked = (what: string) =>
  `expect no rows of t with the same a, which ${what} keeps apart: SELECT \`a\`, count(*) AS \`rows\` FROM \`t\` WHERE \`a\` IS NOT NULL GROUP BY \`a\` HAVING count(*) > 1`
const only = t({ a: name().unique() })
const plain = t({ a: name() })

const above = (limit: number, called = 'positive') => t({ a: int() }, (c) => [check(called, sql`${c.a} > ${limit}`)])
const refuses = (condition: string, called = 'positive') =>
  `expect no rows of t that the check ${called} (${condition}) refuses: SELECT * FROM \`t\` WHERE NOT (${condition})`
const columns = { a: int(), b: name(), c: date({ mode: 'string' }) }
/** What stands in the database, and what a program says of the same. */
const checkOf = (as: string, declared: ReturnType<typeof sql>) =>
  [has(`a int, b varchar(20), c date, CONSTRAINT k CHECK (${as})`), t(columns, () => [check('k', declared)])] as const
const nameless = (condition: string) => own({ a: column(int32()) }, { checks: [{ expression: expression(condition) }] })

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
  primary.rename(
    'one of its columns',
    keyed('a', 'b'),
    { t: mysqlTable('t', { a: int().notNull(), c: int().notNull() }, (c) => [primaryKey({ columns: [c.a, c.c] })]) },
    ['rename column t.b to c'],
    { answers: { renamed: [{ from: 't.b', to: 'c' }] } },
  ),
  primary.equal('at its column, and apart', inUtf8mb4('CREATE TABLE t (id int NOT NULL, PRIMARY KEY (id))'), t({})),
  primary.equal('KEY at its column', inUtf8mb4('CREATE TABLE t (id int KEY)'), t({})),
  primary.equal('names in other letters', pairs(', primary key (`A`, B)'), keyed('a', 'b')),
  primary.equal('named, which the server forgets', pairs(', CONSTRAINT pk PRIMARY KEY (a, b)'), keyed('a', 'b')),
  primary.equal('named in the declaration alone', pairs(', PRIMARY KEY (a, b)'), {
    t: mysqlTable('t', { a: int().notNull(), b: int().notNull() }, (c) => [
      primaryKey({ name: 'pk', columns: [c.a, c.b] }),
    ]),
  }),
  primary.equal('USING BTREE', pairs(', PRIMARY KEY (a, b) USING BTREE'), keyed('a', 'b')),
  primary.equal(
    'a text, which is a varchar where it is a key',
    inUtf8mb4('CREATE TABLE t (id int, k varchar(255) CHARACTER SET utf8mb4 NOT NULL PRIMARY KEY)'),
    {
      t: mysqlTable('t', { id: int(), k: varchar({ length: 255 }).primaryKey() }),
    },
  ),

  uniques.add('that Drizzle names', plain, only, [
    checked('the unique constraint t_a_unique'),
    'add to t: unique t_a_unique (a)',
  ]),
  uniques.add(
    'with rows in the way',
    plain,
    only,
    [checked('the unique constraint t_a_unique'), 'add to t: unique t_a_unique (a)'],
    duplicates,
  ),
  uniques.add(
    'of table(…), over a text, of which no index holds the whole',
    own({ a: column(longText()) }),
    own({ a: column(longText()) }, { uniques: [{ name: 'u', columns: ['a'] }] }),
    [
      'expect no rows of t whose a has no room in its new type: SELECT `id`, `a` FROM `t` WHERE CHAR_LENGTH(`a`) > 255',
      checked('the unique constraint u'),
      'add to t: unique u (a)',
    ],
  ),
  uniques.drop('and the column keeps its collation', only, plain, ['drop from t: unique t_a_unique']),
  uniques.add(
    'over a string of the collation of the database, which takes two spellings for one key',
    own({ a: column(words(20)) }),
    own({ a: column(words(20)) }, { uniques: [{ name: 'u', columns: ['a'] }] }),
    [checked('the unique constraint u'), 'add to t: unique u (a)'],
    { rows: rows('id, a', "1, 'Ada'", "2, 'ada'"), refused: 'BLOCKING_ROWS' },
  ),
  uniques.add(
    'over a string that is declared binary, so that rows which differ in case only are different keys',
    own({ a: column(words(20)) }),
    own({ a: column(words(20), { collation: 'utf8mb4_0900_bin' }) }, { uniques: [{ name: 'u', columns: ['a'] }] }),
    {
      mysql: [
        'alter column t.a: {"collation":"utf8mb4_0900_bin"}',
        checked('the unique constraint u'),
        'add to t: unique u (a)',
      ],
      mariadb: [
        'alter column t.a: {"collation":"utf8mb4_0900_bin"}',
        checked('the unique constraint u'),
        'add to t: unique u (a)',
      ],
    },
    {
      rows: rows('id, a', "1, 'Ada'", "2, 'ada'"),
      finds: { sql: 'SELECT a FROM t ORDER BY id', rows: ['Ada', 'ada'] },
    },
  ),
  uniques.drop('at its column, which the server named', has('a varchar(20) UNIQUE'), plain, ['drop from t: unique a']),
  uniques.change(
    'over one column more',
    t({ a: name(), b: int() }, (c) => [unique('u').on(c.a)]),
    t({ a: name(), b: int() }, (c) => [unique('u').on(c.a, c.b)]),
    ['drop from t: unique u', 'add to t: unique u (a, b)'],
  ),
  uniques.equal('at its column, for which no name was given', has('a varchar(20) UNIQUE'), only),
  uniques.equal(
    'an index, which is the same thing',
    has('a varchar(20)', '; CREATE UNIQUE INDEX t_a_unique ON t (a)'),
    only,
  ),
  uniques.equal(
    'a constraint, and an index in the program',
    has('a varchar(20), CONSTRAINT u UNIQUE (a)'),
    t({ a: name() }, (c) => [uniqueIndex('u').on(c.a)]),
  ),
  uniques.equal(
    'UNIQUE KEY USING HASH, of which InnoDB makes a tree',
    has('a varchar(20), UNIQUE KEY u (a) USING HASH'),
    t({ a: name() }, (c) => [unique('u').on(c.a)]),
  ),
  uniques.equal('the same columns as the primary key', has('a int, UNIQUE KEY again (id)'), t({ a: int() })),
  uniques.equal(
    'in other letters',
    has('a varchar(20), unique key `u` (`A`)'),
    t({ a: name() }, (c) => [unique('u').on(c.a)]),
  ),
  uniques.equal(
    'of table(…), without a name',
    {
      mysql: has('a varchar(20) COLLATE utf8mb4_0900_bin, UNIQUE (a)'),
      mariadb: has('a varchar(20) COLLATE utf8mb4_nopad_bin, UNIQUE (a)'),
    },
    own({ a: column(words(20), { collation: 'utf8mb4_0900_bin' }) }, { uniques: [{ columns: ['a'] }] }),
  ),
  uniques.equal(
    'of table(…), without a collation, over a column of the collation of the database',
    has('a varchar(20), UNIQUE (a)'),
    own({ a: column(words(20)) }, { uniques: [{ columns: ['a'] }] }),
  ),
  uniques.equal(
    'of table(…), with the collation of the database by its name',
    {
      mysql: has('a varchar(20), UNIQUE (a)'),
      mariadb:
        'ALTER DATABASE COLLATE utf8mb4_0900_ai_ci; CREATE TABLE t (id int PRIMARY KEY, a varchar(20), UNIQUE (a))',
    },
    own({ a: column(words(20), { collation: 'utf8mb4_0900_ai_ci' }) }, { uniques: [{ columns: ['a'] }] }),
    { only: 'mysql' },
  ),
  uniqueNames.rename(
    'one for another',
    t({ a: name() }, (c) => [unique('one').on(c.a)]),
    t({ a: name() }, (c) => [unique('two').on(c.a)]),
    ['rename constraint t.one to two'],
  ),
  uniqueNames.equal('another one, where none was given', has('a varchar(20), UNIQUE KEY anything (a)'), only),

  checks.add('and rows are looked at first', t({ a: int() }), above(0), [
    refuses('`a` > 0'),
    'add to t: check positive (`a` > 0)',
  ]),
  checks.add(
    'with rows in the way',
    t({ a: int() }),
    above(0),
    [refuses('`a` > 0'), 'add to t: check positive (`a` > 0)'],
    {
      rows: rows('id, a', '1, -1'),
      refused: 'BLOCKING_ROWS',
    },
  ),
  checks.add('of table(…), without a name', own({ a: column(int32()) }), nameless('a > 0'), [
    'expect no rows of t that the check (a > 0) refuses: SELECT * FROM `t` WHERE NOT (a > 0)',
    'add to t: check (a > 0)',
  ]),
  checks.add('over a column that is new', t({}), above(0), [
    'add column t.a integer',
    refuses('`a` > 0'),
    'add to t: check positive (`a` > 0)',
  ]),
  checks.drop('by its name', above(0), t({ a: int() }), ['drop from t: check positive']),
  checks.drop('that the server named', has('a int, CHECK (a > 0)'), t({ a: int() }), {
    mysql: ['drop from t: check t_chk_1'],
    mariadb: ['drop from t: check CONSTRAINT_1'],
  }),
  checks.drop('at its column', has('a int CHECK (a > 0)'), t({ a: int() }), {
    mysql: ['drop from t: check t_chk_1'],
    mariadb: ['drop from t: check {"expression":"`a` > 0"}'],
  }),
  checks.change('another limit', above(0), above(1), [
    refuses('`a` > 1'),
    'drop from t: check positive',
    'add to t: check positive (`a` > 1)',
  ]),
  checks.equal('of table(…), without a name', has('a int, CHECK (a > 0)'), nameless('a > 0')),
  checks.equal('at its column, in table(…) apart', has('a int CHECK (a > 0)'), nameless('a > 0')),
  checks.equal('ENFORCED said', has('a int, CONSTRAINT positive CHECK (a > 0) ENFORCED'), above(0), { only: 'mysql' }),
  checks.equal(
    'NOT ENFORCED, which keeps nothing out',
    has('a int, CONSTRAINT positive CHECK (a > 0) NOT ENFORCED'),
    t({ a: int() }),
    { only: 'mysql' },
  ),
  checks.equal(
    'that a JSON column of MariaDB brings with it',
    has('a json, b json NOT NULL'),
    own({ a: column(json()), b: column(json(), { nullable: false }) }),
  ),

  checks.equal('in other spaces, letters and parentheses', ...checkOf('( ( A>0 ) )', sql`a > 0`)),
  checks.equal('by the column of the program', ...checkOf('a > 0', sql`${t(columns).t.a} > ${0}`)),
  checks.equal('!= for <>', ...checkOf('a <> 0', sql`a != 0`)),
  checks.equal('BETWEEN', ...checkOf('a BETWEEN 1 AND 5', sql`a between 1 and 5`)),
  checks.equal('IN', ...checkOf("b IN ('x','y')", sql`b in ( 'x', 'y' )`)),
  checks.equal('&& and || for AND and OR', ...checkOf('a > 0 AND a < 9 OR a = 99', sql`(a > 0 && a < 9) or (a = 99)`)),
  checks.equal('NOT', ...checkOf('NOT (a > 5)', sql`!(a > 5)`)),
  checks.equal('NOT LIKE', ...checkOf("b NOT LIKE '%x%'", sql`b not like '%x%'`)),
  checks.equal('REGEXP', ...checkOf("b REGEXP '^[a-z]+$'", sql`b regexp '^[a-z]+$'`)),
  checks.equal('functions', ...checkOf('CHAR_LENGTH(b) > 2', sql`char_length(b)>2`)),
  checks.equal('a text with quotes and a backslash', ...checkOf("b <> 'it''s \\\\'", sql`b <> 'it''s \\\\'`)),
  checks.equal('a text beyond ASCII', ...checkOf("b <> 'naïve 🙂'", sql`b <> 'naïve 🙂'`)),
  checks.equal('IS NOT NULL', ...checkOf('a IS NOT NULL OR b IS NULL', sql`(a is not null) or (b is null)`)),
  checks.equal(
    'CASE',
    ...checkOf('CASE WHEN a = 1 THEN 2 ELSE LENGTH(b) END > 1', sql`(case when a=1 then 2 else length(b) end) > 1`),
  ),
  checks.equal('a day', ...checkOf("c >= '2020-01-01'", sql`c >= '2020-01-01'`)),
  checks.equal(
    'arithmetic',
    ...checkOf('a % 2 = 0 AND a DIV 2 > 1 AND -a < 0', sql`a mod 2 = 0 and a div 2 > 1 and - a < 0`),
  ),
  checks.equal(
    'INTERVAL',
    ...checkOf("c + INTERVAL 1 DAY > '2020-01-01'", sql`date_add(c, interval 1 day) > '2020-01-01'`),
  ),
  checks.equal('a test of NULL', ...checkOf('a IS NOT NULL OR b IS NULL', sql`not (a is null) or (b is null)`)),
  checks.equal('COALESCE', ...checkOf("COALESCE(b, '') <> 'x'", sql`(coalesce(b,'') != 'x')`)),
  checks.equal('LIKE', ...checkOf("b LIKE 'a%' AND b NOT LIKE '%z'", sql`b like 'a%' && not (b like '%z')`)),
  checks.equal('CAST', ...checkOf('CAST(b AS UNSIGNED) > 1', sql`cast(b as unsigned) > 1`)),

  checkNames.rename('one for another', above(0, 'one'), above(0, 'two'), ['rename constraint t.one to two']),
  checkNames.equal('the one that the server gives', has('a int, CHECK (a > 0)'), nameless('(a > 0)')),
  checkNames.equal(
    'at a column, where the declaration names none',
    has('a int CONSTRAINT positive CHECK (a > 0)'),
    nameless('a > 0'),
    { only: 'mysql' },
  ),
]
