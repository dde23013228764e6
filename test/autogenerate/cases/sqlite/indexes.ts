import { column, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { index, integer, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { own, rows, t, has as table } from './declared.ts'

const itself = cell('index', 'itself')
const names = cell('index', 'name')
const uniqueness = cell('index', 'unique')
const order = cell('index', 'order')
const collation = cell('index', 'collation')
const expressions = cell('index', 'expression')
const where = cell('index', 'predicate')

type Part = Parameters<ReturnType<typeof index>['on']>[0]
const columns = { a: text(), b: integer() }
const plain = t(columns)
const has = (created: string): string => table('a TEXT, b INTEGER', `; CREATE ${created}`)
const over = (...parts: readonly [Part, ...Part[]]) => t(columns, () => [index('i').on(...parts)])
const on = (of: 'a' | 'b', name = 'i') => t(columns, (c) => [index(name).on(c[of])])
const only = t(columns, (c) => [uniqueIndex('i').on(c.a)])
const some = (condition: string) => t(columns, (c) => [index('i').on(c.a).where(sql.raw(condition))])
const recreated = (created: string) => ['drop index t.i', `create on t: ${created}`]
const filtered =
  'expect no rows of t with the same a, which the unique index i keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1'

export const indexes: readonly Case[] = [
  itself.add('over a column', plain, on('a'), ['create on t: index i (a)']),
  itself.add(
    'over two, one of them new',
    t({ a: text() }),
    t(columns, (c) => [index('i').on(c.a, c.b)]),
    ['add column t.b integer', 'create on t: index i (a, b)'],
  ),
  itself.drop('over a column', on('a'), plain, ['drop index t.i']),
  itself.change('another column', on('a'), on('b'), recreated('index i (b)')),
  itself.change(
    'the columns in another order',
    over(sql`a`, sql`b`),
    over(sql`b`, sql`a`),
    recreated('index i (b, a)'),
  ),
  itself.equal('names in other quotes and letters', has('INDEX "i" ON [t] (`A`)'), on('a')),
  itself.equal('IF NOT EXISTS, and the name of the database', has('INDEX IF NOT EXISTS main.i ON t (a)'), on('a')),
  names.equal(
    'one that drizzle-kit makes',
    has('INDEX t_a_index ON t (a)'),
    t(columns, (c) => [(index as () => ReturnType<typeof index>)().on(c.a)]),
  ),
  names.equal(
    'another, where none was given',
    has('INDEX anything ON t (a)'),
    t(columns, (c) => [(index as () => ReturnType<typeof index>)().on(c.a)]),
  ),
  itself.equal(
    'those that keys bring with them',
    table('a TEXT UNIQUE, b INTEGER, UNIQUE (a, b)'),
    own({ a: column(txt()), b: column(int()) }, { uniques: [{ columns: ['a'] }, { columns: ['a', 'b'] }] }),
  ),
  itself.equal('what ANALYZE leaves behind', `${has('INDEX i ON t (a)')}; ANALYZE`, on('a')),
  names.rename('the same columns under another name', on('a', 'one'), on('a', 'two'), ['rename index t.one to two']),
  uniqueness.add('and rows are looked at first', on('a'), only, [
    filtered,
    'drop index t.i',
    'create on t: unique index i (a)',
  ]),
  uniqueness.add('with rows in the way', plain, only, [filtered, 'create on t: unique index i (a)'], {
    rows: rows('id, a', "1, 'x'", "2, 'x'"),
    refused: 'BLOCKING_ROWS',
  }),
  uniqueness.add(
    'over an expression, with rows in the way',
    plain,
    t(columns, (c) => [uniqueIndex('i').on(sql`lower(${c.a})`)]),
    [
      'expect no rows of t with the same (lower("a")), which the unique index i keeps apart: SELECT (lower("a")), count(*) AS "rows" FROM "t" WHERE (lower("a")) IS NOT NULL GROUP BY (lower("a")) HAVING count(*) > 1',
      'create on t: unique index i ((lower("a")))',
    ],
    {
      rows: rows('id, a', "1, 'x'", "2, 'X'"),
      refused: 'BLOCKING_ROWS',
    },
  ),
  uniqueness.drop('and the index stays', only, on('a'), recreated('index i (a)')),
  uniqueness.equal(
    'an index, and a constraint of the same columns',
    table('a TEXT, b INTEGER, CONSTRAINT i UNIQUE (a)'),
    only,
  ),
  order.add('descending', on('a'), over(sql`a desc`), recreated('index i (a desc)')),
  order.drop('descending', over(sql`a desc`), on('a'), recreated('index i (a)')),
  order.equal('ASC said', has('INDEX i ON t (a ASC)'), on('a')),
  order.equal(
    'DESC, in Drizzle as SQL',
    has('INDEX i ON t (a DESC, b)'),
    t(columns, (c) => [index('i').on(sql`${c.a} desc`, c.b)]),
  ),
  collation.add('NOCASE', on('a'), over(sql`a collate nocase`), [
    'drop index t.i',
    'create on t: index i (a {"collation":"nocase"})',
  ]),
  collation.drop('NOCASE', over(sql`a collate nocase`), on('a'), recreated('index i (a)')),
  collation.change('RTRIM for NOCASE', over(sql`a collate nocase`), over(sql`a collate rtrim`), [
    'drop index t.i',
    'create on t: index i (a {"collation":"rtrim"})',
  ]),
  collation.equal(
    'the one that the column has',
    table('a TEXT COLLATE NOCASE, b INTEGER', '; CREATE INDEX i ON t (a COLLATE NOCASE)'),
    own({ a: column(txt(), { collation: 'NOCASE' }), b: column(int()) }, { indexes: [{ name: 'i', columns: ['a'] }] }),
  ),
  collation.equal('BINARY said', has('INDEX i ON t (a COLLATE BINARY)'), on('a')),
  expressions.add('lower(a)', plain, over(sql`lower(a)`), ['create on t: index i ((lower(a)))']),
  expressions.change(
    'upper(a) for lower(a)',
    over(sql`lower(a)`),
    over(sql`upper(a)`),
    recreated('index i ((upper(a)))'),
  ),
  expressions.drop('and the column is indexed', over(sql`lower(a)`), on('a'), recreated('index i (a)')),
  expressions.equal(
    'in other letters, spaces and parentheses',
    has('INDEX i ON t ((LOWER( a )))'),
    over(sql`lower(a)`),
  ),
  expressions.equal(
    'by the column of the program',
    has('INDEX i ON t (lower("a"), b)'),
    t(columns, (c) => [index('i').on(sql`lower(${c.a})`, c.b)]),
  ),
  where.add('to an index', on('a'), some('b > 0'), recreated('index i (a) where b > 0')),
  where.add(
    'to a unique index, which lets more rows in',
    only,
    t(columns, (c) => [uniqueIndex('i').on(c.a).where(sql`b > 0`)]),
    ['drop index t.i', 'create on t: unique index i (a) where b > 0'],
  ),
  where.drop('and all rows are in it', some('b > 0'), on('a'), recreated('index i (a)')),
  where.change('another limit', some('b > 0'), some('b > 1'), recreated('index i (a) where b > 1')),
  where.equal('in other letters and parentheses', has('INDEX i ON t (a) WHERE (B > 0)'), some('b > 0')),
  where.equal(
    'by the column of the program',
    has('INDEX i ON t (a) WHERE b IS NOT NULL'),
    t(columns, (c) => [index('i').on(c.a).where(sql`${c.b} is not null`)]),
  ),
  where.equal(
    'of table(…)',
    has('INDEX i ON t (a) WHERE b IN (1,2)'),
    own(
      { a: column(txt()), b: column(int()) },
      { indexes: [{ name: 'i', columns: ['a'], where: expression('b IN (1, 2)') }] },
    ),
  ),
]
