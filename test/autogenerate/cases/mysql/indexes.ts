import { column, expression, integer as int32, text as longText, varchar as words } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { foreignKey, index, int, json, mysqlTable, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { inUtf8mb4, own, rows, t, has as table } from './declared.ts'

const itself = cell('index', 'itself')
const names = cell('index', 'name')
const uniqueness = cell('index', 'unique')
const order = cell('index', 'order')
const prefix = cell('index', 'prefix length')
const expressions = cell('index', 'expression')
const method = cell('index', 'method')
const comment = cell('index', 'comment')
const visible = cell('index', 'visibility')

type Part = Parameters<ReturnType<typeof index>['on']>[0]
const columns = { a: varchar({ length: 20 }), b: int(), c: text() }
const plain = t(columns)
const has = (index: string, behind = '') => table(`a varchar(20), b int, c text, ${index}`, behind)
const over = (...parts: readonly [Part, ...Part[]]) => t(columns, () => [index('i').on(...parts)])
const on = (of: 'a' | 'b', name = 'i') => t(columns, (c) => [index(name).on(c[of])])
const only = t(columns, (c) => [uniqueIndex('i').on(c.a)])
const twoUniques = t(columns, (c) => [uniqueIndex('one').on(c.a), uniqueIndex('two').on(c.a)])
const recreated = (created: string) => ['drop index t.i', `create on t: ${created}`]
const filtered = (what: string) =>
  `expect no rows of t with the same a, which ${what} keeps apart: SELECT \`a\`, count(*) AS \`rows\` FROM \`t\` WHERE \`a\` IS NOT NULL GROUP BY \`a\` HAVING count(*) > 1`
const otherColumns = { a: column(words(20)), b: column(int32()), c: column(longText(), { native: { mysql: 'text' } }) }
const special = (how?: 'fulltext' | 'btree') =>
  own(otherColumns, { indexes: how === undefined ? [] : [{ name: 'i', columns: ['a'], method: how }] })
const commented = (text?: string) =>
  own(otherColumns, { indexes: [{ name: 'i', columns: ['a'], ...(text === undefined ? {} : { comment: text }) }] })

export const indexes: readonly Case[] = [
  itself.add('over a column', plain, on('a'), ['create on t: index i (a)']),
  itself.add(
    'over two, one of them new',
    t({ a: varchar({ length: 20 }) }),
    t({ a: varchar({ length: 20 }), b: int() }, (c) => [index('i').on(c.a, c.b)]),
    ['add column t.b integer', 'create on t: index i (a, b)'],
  ),
  itself.drop('over a column', on('a'), plain, ['drop index t.i']),
  itself.drop(
    'that begins with a column which counts, and continues by its primary key',
    inUtf8mb4(
      'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int, b int, CONSTRAINT f FOREIGN KEY (b) REFERENCES t (id), KEY i (id, a))',
    ),
    {
      t: mysqlTable('t', { id: int().autoincrement().primaryKey(), a: int(), b: int() }, (c) => [
        foreignKey({ name: 'f', columns: [c.b], foreignColumns: [c.id] }),
      ]),
    },
    ['drop index t.i'],
  ),
  itself.change('another column', on('a'), on('b'), recreated('index i (b)')),
  itself.change(
    'the columns in another order',
    over(sql`a`, sql`b`),
    over(sql`b`, sql`a`),
    recreated('index i (b, a)'),
  ),
  itself.equal('names in other quotes and letters', has('KEY `i` (`A`)'), on('a')),
  itself.equal(
    'made after its table',
    table('a varchar(20), b int, c text', '; CREATE INDEX i ON t (a) ALGORITHM = INPLACE'),
    on('a'),
  ),
  itself.equal(
    'another name, where none was given',
    has('KEY anything (a)'),
    t(columns, (c) => [(index as () => ReturnType<typeof index>)().on(c.a)]),
  ),
  itself.equal('without a name, which the server gives', has('KEY (a)'), on('a', 'a')),
  itself.equal(
    'by the column of the program in SQL',
    has('KEY i (a, b)'),
    t(columns, (c) => [index('i').on(sql`${c.a}`, c.b)]),
  ),
  itself.equal(
    'how it is to be built',
    has('KEY i (a)'),
    t(columns, (c) => [index('i').on(c.a).algorithm('inplace').lock('none')]),
  ),
  names.rename('the same columns under another name', on('a', 'one'), on('a', 'two'), ['rename index t.one to two']),
  names.equal('in other letters, which are the same to the server', has('KEY I (a)'), on('a', 'I')),
  uniqueness.add('and rows are looked at first', on('a'), only, [
    filtered('the unique index i'),
    'drop index t.i',
    'create on t: unique index i (a)',
  ]),
  uniqueness.add(
    'with rows in the way',
    plain,
    only,
    [filtered('the unique index i'), 'create on t: unique index i (a)'],
    {
      rows: rows('id, a', "1, 'x'", "2, 'x'"),
      refused: 'BLOCKING_ROWS',
    },
  ),
  uniqueness.drop('and the index stays', only, on('a'), ['drop from t: unique i', 'create on t: index i (a)']),
  uniqueness.add(
    'a third over the same columns',
    twoUniques,
    t(columns, (c) => ['one', 'two', 'three'].map((name) => uniqueIndex(name).on(c.a))),
    ['create on t: unique index three (a)'],
  ),
  uniqueness.drop(
    'one of two over the same columns',
    twoUniques,
    t(columns, (c) => [uniqueIndex('one').on(c.a)]),
    ['drop from t: unique two'],
  ),
  uniqueness.equal('two over the same columns', has('UNIQUE two (a), UNIQUE one (a)'), twoUniques),
  uniqueness.equal(
    'two constraints over the same columns',
    has('CONSTRAINT one UNIQUE (a), CONSTRAINT two UNIQUE (a)'),
    twoUniques,
  ),
  uniqueness.equal('an index, and a constraint of the same columns', has('CONSTRAINT i UNIQUE (a)'), only),
  uniqueness.equal(
    'made after its table',
    table('a varchar(20), b int, c text', '; CREATE UNIQUE INDEX i ON t (a)'),
    only,
  ),
  order.add('descending', on('a'), over(sql`a desc`), recreated('index i (a desc)')),
  order.drop('descending', over(sql`a desc`), on('a'), recreated('index i (a)')),
  order.change(
    'another column of two',
    over(sql`a desc`, sql`b`),
    over(sql`a`, sql`b desc`),
    recreated('index i (a, b desc)'),
  ),
  order.equal('ASC said', has('KEY i (a ASC)'), on('a')),
  order.equal(
    'DESC, in Drizzle as SQL',
    has('KEY i (a DESC, b)'),
    t(columns, (c) => [index('i').on(sql`${c.a} desc`, c.b)]),
  ),
  prefix.add('of a varchar', on('a'), over(sql`a(5)`), recreated('index i (a first 5)')),
  prefix.drop('of a varchar', over(sql`a(5)`), on('a'), recreated('index i (a)')),
  prefix.change('of a text', over(sql`c(5)`), over(sql`c(10)`), recreated('index i (c first 10)')),
  prefix.equal('as long as its column', has('KEY i (a(20))'), on('a')),
  prefix.equal(
    'of a text, by the column of the program',
    has('KEY i (c(10))'),
    t(columns, (c) => [index('i').on(sql`${c.c}(10)`)]),
  ),
  prefix.equal(
    'of a text, where none is stated',
    has('KEY i (c(255))'),
    t(columns, (c) => [index('i').on(c.c)]),
  ),
  prefix.equal(
    'of table(…)',
    has('KEY i (c(10))'),
    own(otherColumns, { indexes: [{ name: 'i', columns: [{ column: 'c', prefixLength: 10 }] }] }),
  ),
  expressions.add('lower(a)', plain, over(sql`(lower(a))`), ['create on t: index i ((lower(a)))'], { only: 'mysql' }),
  expressions.change(
    'upper(a) for lower(a)',
    over(sql`(lower(a))`),
    over(sql`(upper(a))`),
    recreated('index i ((upper(a)))'),
    { only: 'mysql' },
  ),
  expressions.drop('and the column is indexed', over(sql`(lower(a))`), on('a'), recreated('index i (a)'), {
    only: 'mysql',
  }),
  expressions.equal('in other letters, spaces and parentheses', has('KEY i (((LOWER( a ))))'), over(sql`(lower(a))`), {
    only: 'mysql',
  }),
  expressions.equal(
    'by the column of the program, with texts',
    has("KEY i ((CONCAT(a, '-', b)), b)"),
    t(columns, (c) => [index('i').on(sql`(concat(${c.a}, '-', ${c.b}))`, c.b)]),
    { only: 'mysql' },
  ),
  expressions.equal(
    'a part of JSON',
    table("d json, KEY i ((CAST(d->>'$.x' AS CHAR(10))))"),
    t({ d: json() }, () => [index('i').on(sql`(cast(json_unquote(json_extract(d, '$.x')) as char(10)))`)]),
    { only: 'mysql' },
  ),
  expressions.equal(
    'of table(…)',
    has('KEY i ((a + 1) DESC)'),
    own(otherColumns, { indexes: [{ name: 'i', columns: [{ expression: expression('a + 1'), order: 'desc' }] }] }),
    { only: 'mysql' },
  ),
  method.add('FULLTEXT', special(), special('fulltext'), ['create on t: index i (a) {"method":"fulltext"}']),
  method.drop('FULLTEXT', special('fulltext'), special(), ['drop index t.i']),
  method.change(
    'FULLTEXT for a tree',
    special('btree'),
    special('fulltext'),
    recreated('index i (a) {"method":"fulltext"}'),
  ),
  method.equal('HASH, of which InnoDB makes a tree', has('KEY i (a) USING HASH'), on('a')),
  method.equal('BTREE said', has('KEY i (a) USING BTREE'), on('a')),
  method.equal(
    'BTREE said in Drizzle',
    has('KEY i (a)'),
    t(columns, (c) => [index('i').on(c.a).using('btree')]),
  ),
  method.equal('FULLTEXT of table(…)', has('FULLTEXT KEY i (a)'), special('fulltext')),
  method.equal('FULLTEXT, for which Drizzle has no word', has('FULLTEXT KEY i (a, c)'), plain),
  method.equal(
    'SPATIAL of table(…)',
    table('a varchar(20), b int, c text, g point NOT NULL, SPATIAL KEY s (g)', '; ALTER TABLE t ADD KEY i (a)'),
    own(
      { ...otherColumns, g: column(words(1), { nullable: false, native: { mysql: 'point' } }) },
      {
        indexes: [
          { name: 's', columns: ['g'], method: 'spatial' },
          { name: 'i', columns: ['a'] },
        ],
      },
    ),
  ),
  comment.add('of table(…)', commented(), commented('what for'), recreated('index i (a) {"comment":"what for"}')),
  comment.drop('of table(…)', commented('what for'), commented(), recreated('index i (a)')),
  comment.change(
    'of table(…)',
    commented('what for'),
    commented('nothing'),
    recreated('index i (a) {"comment":"nothing"}'),
  ),
  comment.equal('of table(…)', has("KEY i (a) COMMENT 'it''s'"), commented("it's")),
  comment.equal('of an index in Drizzle, which has no word for it', has("KEY i (a) COMMENT 'what for'"), on('a')),
  visible.equal('it is invisible', has('KEY i (a) INVISIBLE'), on('a'), { only: 'mysql' }),
  visible.equal('it is ignored', has('KEY i (a) IGNORED'), on('a'), { only: 'mariadb' }),
]
