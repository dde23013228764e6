import { column, integer as int, type TableExtras, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, text, timestamp, uniqueIndex, varchar } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { own, rows, t, has as table } from './declared.ts'

const itself = cell('index', 'itself')
const names = cell('index', 'name')
const uniqueness = cell('index', 'unique')
const order = cell('index', 'order')
const collation = cell('index', 'collation')
const expressions = cell('index', 'expression')
const where = cell('index', 'predicate')
const method = cell('index', 'method')
const classes = cell('index', 'operator class')
const include = cell('index', 'include')
const options = cell('index', 'options')
const nulls = cell('index', 'nulls not distinct')
const comment = cell('index', 'comment')

const columns = { a: text(), b: integer(), c: jsonb(), d: timestamp(), e: varchar({ length: 9 }) }
const plain = t(columns)
const has = (...created: readonly string[]): string =>
  table('a text, b integer, c jsonb, d timestamp, e varchar(9)', created.map((each) => `; CREATE ${each}`).join(''))
type Columns = Parameters<NonNullable<Parameters<typeof t<typeof columns>>[1]>>[0]
type Built = ReturnType<ReturnType<typeof index>['on']>
const one = (build: (c: Columns) => Built) => t(columns, (c) => [build(c)])
const on = (of: 'a' | 'b', name = 'i') => one((c) => index(name).on(c[of]))
const over = (...parts: readonly [ReturnType<typeof sql>, ...ReturnType<typeof sql>[]]) =>
  one(() => index('i').on(...parts))
const only = one((c) => uniqueIndex('i').on(c.a))
const some = (condition: string) => one((c) => index('i').on(c.a).where(sql.raw(condition)))
type Extra = NonNullable<TableExtras<'id' | 'a' | 'b'>['indexes']>[number]
const separate = (how: Partial<Extra> = {}) =>
  own({ a: column(txt()), b: column(int()) }, { indexes: [{ name: 'i', columns: ['a'], ...how }] })
const hasSeparate = (created: string, behind = '') => table('a text, b integer', `; CREATE ${created}${behind}`)
const withoutName = index as () => ReturnType<typeof index>

export const indexes: readonly Case[] = [
  itself.add('over a column', plain, on('a'), ['create on t: index i (a)']),
  itself.add(
    'over two, one of them new',
    t({ a: text() }),
    t({ a: text(), b: integer() }, (c) => [index('i').on(c.a, c.b)]),
    ['add column t.b integer', 'create on t: index i (a, b)'],
  ),
  itself.drop('over a column', on('a'), plain, ['drop index t.i']),
  itself.change('another column', on('a'), on('b'), ['drop index t.i', 'create on t: index i (b)']),
  itself.change(
    'the columns in another order',
    one((c) => index('i').on(c.a, c.b)),
    one((c) => index('i').on(c.b, c.a)),
    ['drop index t.i', 'create on t: index i (b, a)'],
  ),
  itself.equal('USING btree said, and the schema', has('INDEX i ON public.t USING btree (a)'), on('a')),
  names.equal(
    'one that drizzle-kit makes',
    has('INDEX t_a_index ON t (a)'),
    one((c) => withoutName().on(c.a)),
  ),
  names.equal(
    'another, where none was given',
    has('INDEX anything ON t (a)'),
    one((c) => withoutName().on(c.a)),
  ),
  itself.equal(
    'built CONCURRENTLY, as the declaration wants it',
    has('INDEX i ON t (a)'),
    one((c) => index('i').on(c.a).concurrently()),
  ),
  itself.equal(
    'those that keys bring with them',
    table('a text UNIQUE, b integer, UNIQUE (a, b)'),
    own({ a: column(txt()), b: column(int()) }, { uniques: [{ columns: ['a'] }, { columns: ['a', 'b'] }] }),
  ),
  names.rename('the same columns under another name', on('a', 'one'), on('a', 'two'), ['rename index t.one to two']),
  uniqueness.add('and rows are looked at first', on('a'), only, [
    'expect no rows of t with the same a, which the unique index i keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
    'drop index t.i',
    'create on t: unique index i (a)',
  ]),
  uniqueness.add(
    'with rows in the way',
    plain,
    only,
    [
      'expect no rows of t with the same a, which the unique index i keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'create on t: unique index i (a)',
    ],
    {
      rows: rows('id, a', "1, 'x'", "2, 'x'"),
      refused: 'BLOCKING_ROWS',
    },
  ),
  uniqueness.add(
    'over an expression, with rows in the way',
    plain,
    one((c) => uniqueIndex('i').on(sql`lower(${c.a})`)),
    [
      'expect no rows of t with the same (lower("a")), which the unique index i keeps apart: SELECT (lower("a")), count(*) AS "rows" FROM "t" WHERE (lower("a")) IS NOT NULL GROUP BY (lower("a")) HAVING count(*) > 1',
      'create on t: unique index i ((lower("a")))',
    ],
    { rows: rows('id, a', "1, 'x'", "2, 'X'"), refused: 'BLOCKING_ROWS' },
  ),
  uniqueness.drop('and the index stays', only, on('a'), ['drop index t.i', 'create on t: index i (a)']),
  uniqueness.change(
    'an index, and a constraint of the same columns',
    table('a text, b integer, c jsonb, d timestamp, e varchar(9), CONSTRAINT i UNIQUE (a)'),
    only,
    ['drop from t: unique i', 'create on t: unique index i (a)'],
  ),
  uniqueness.equal(
    'USING btree, and NULLS DISTINCT said',
    table(
      'a text, b integer, c jsonb, d timestamp, e varchar(9)',
      '; CREATE UNIQUE INDEX i ON t USING btree (a) NULLS DISTINCT',
    ),
    only,
  ),
  order.add(
    'descending',
    on('a'),
    one((c) => index('i').on(c.a.desc())),
    ['drop index t.i', 'create on t: index i (a desc nulls last)'],
  ),
  order.drop(
    'descending',
    one((c) => index('i').on(c.a.desc())),
    on('a'),
    ['drop index t.i', 'create on t: index i (a)'],
  ),
  order.change(
    'NULLs at the other end',
    one((c) => index('i').on(c.a.desc())),
    one((c) => index('i').on(c.a.desc().nullsFirst())),
    ['drop index t.i', 'create on t: index i (a desc)'],
  ),
  order.equal('ASC NULLS LAST said', has('INDEX i ON t (a ASC NULLS LAST)'), on('a')),
  order.equal(
    'DESC, whose NULLs come first',
    has('INDEX i ON t (a DESC)'),
    one((c) => index('i').on(c.a.desc().nullsFirst())),
  ),
  order.equal(
    'DESC NULLS LAST, which Drizzle means by desc()',
    has('INDEX i ON t (a DESC NULLS LAST)'),
    one((c) => index('i').on(c.a.desc())),
  ),
  order.equal(
    'in SQL',
    has('INDEX i ON t (a DESC, lower(e) DESC NULLS LAST)'),
    one((c) => index('i').on(sql`${c.a} desc nulls first`, sql`lower(${c.e}) desc nulls last`)),
  ),
  collation.add('"C"', on('a'), over(sql`a collate "C"`), [
    'drop index t.i',
    'create on t: index i (a {"collation":"C"})',
  ]),
  collation.drop('"C"', over(sql`a collate "C"`), on('a'), ['drop index t.i', 'create on t: index i (a)']),
  collation.change('"POSIX" for "C"', over(sql`a collate "C"`), over(sql`a collate "POSIX"`), [
    'drop index t.i',
    'create on t: index i (a {"collation":"POSIX"})',
  ]),
  collation.equal(
    'the one that the column has',
    table('a text COLLATE "C"', '; CREATE INDEX i ON t (a COLLATE "C")'),
    own({ a: column(txt(), { collation: 'C' }) }, { indexes: [{ name: 'i', columns: ['a'] }] }),
  ),
  collation.equal('the default one said', has('INDEX i ON t (a COLLATE "default")'), on('a')),
  expressions.add('lower(a)', plain, over(sql`lower(a)`), ['create on t: index i ((lower(a)))']),
  expressions.change('upper(a) for lower(a)', over(sql`lower(a)`), over(sql`upper(a)`), [
    'drop index t.i',
    'create on t: index i ((upper(a)))',
  ]),
  expressions.drop('and the column is indexed', over(sql`lower(a)`), on('a'), [
    'drop index t.i',
    'create on t: index i (a)',
  ]),
  expressions.equal('in other letters and parentheses', has('INDEX i ON t ((LOWER( a )))'), over(sql`lower(a)`)),
  expressions.equal(
    'by the column of the program',
    has('INDEX i ON t (lower(a), b)'),
    one((c) => index('i').on(sql`lower(${c.a})`, c.b)),
  ),
  expressions.equal(
    'with casts that the server writes',
    has("INDEX i ON t ((a || e), ((c ->> 'x')::integer), (b + 1))"),
    one((c) => index('i').on(sql`(a || e)`, sql`((${c.c}->>'x')::int)`, sql`(b+1)`)),
  ),
  expressions.equal(
    'a part of a moment',
    has("INDEX i ON t (date_trunc('day', d), (extract(year FROM d)))"),
    over(sql`date_trunc('day', d)`, sql`(extract(year from d))`),
  ),
  where.add('to an index', on('a'), some('b > 0'), ['drop index t.i', 'create on t: index i (a) where b > 0']),
  where.drop('and all rows are in it', some('b > 0'), on('a'), ['drop index t.i', 'create on t: index i (a)']),
  where.change('another limit', some('b > 0'), some('b > 1'), [
    'drop index t.i',
    'create on t: index i (a) where b > 1',
  ]),
  where.equal('in other letters and parentheses', has('INDEX i ON t (a) WHERE (B > 0)'), some('b > 0')),
  where.equal(
    'by the column of the program, with a value',
    has("INDEX i ON t (a) WHERE e = 'x' AND b IS NOT NULL"),
    one((c) => index('i').on(c.a).where(sql`${c.e} = ${'x'} and ${c.b} is not null`)),
  ),
  where.equal(
    'IN over a varchar, which gets casts',
    has("INDEX i ON t (a) WHERE e IN ('x', 'y')"),
    some("e IN ('x','y')"),
  ),
  method.add(
    'gin',
    on('b'),
    one((c) => index('i').using('hash', c.b)),
    ['drop index t.i', 'create on t: index i (b) {"method":"hash"}'],
  ),
  method.change(
    'gin for hash',
    one((c) => index('i').using('hash', c.c)),
    one((c) => index('i').using('gin', c.c)),
    ['drop index t.i', 'create on t: index i (c) {"method":"gin"}'],
  ),
  method.drop(
    'back to btree',
    one((c) => index('i').using('hash', c.a)),
    on('a'),
    ['drop index t.i', 'create on t: index i (a)'],
  ),
  method.equal(
    'gin, its usual class said',
    has('INDEX i ON t USING gin (c jsonb_ops)'),
    one((c) => index('i').using('gin', c.c)),
  ),
  method.equal(
    'btree said in Drizzle',
    has('INDEX i ON t (a)'),
    one((c) => index('i').using('btree', c.a)),
  ),
  classes.add(
    'text_pattern_ops',
    on('a'),
    one((c) => index('i').on(c.a.op('text_pattern_ops'))),
    ['drop index t.i', 'create on t: index i (a {"operatorClass":"text_pattern_ops"})'],
  ),
  classes.drop(
    'text_pattern_ops',
    one((c) => index('i').on(c.a.op('text_pattern_ops'))),
    on('a'),
    ['drop index t.i', 'create on t: index i (a)'],
  ),
  classes.change(
    'jsonb_path_ops',
    one((c) => index('i').using('gin', c.c)),
    one((c) => index('i').using('gin', c.c.op('jsonb_path_ops'))),
    ['drop index t.i', 'create on t: index i (c {"operatorClass":"jsonb_path_ops"}) {"method":"gin"}'],
  ),
  classes.equal(
    'the usual one said',
    has('INDEX i ON t (a text_ops, b int4_ops)'),
    one((c) => index('i').on(c.a, c.b)),
  ),
  classes.equal(
    'the usual one said in Drizzle',
    has('INDEX i ON t (a)'),
    one((c) => index('i').on(c.a.op('text_ops'))),
  ),
  include.add('another column, which is no key', separate(), separate({ include: ['b'] }), [
    'drop index t.i',
    'create on t: index i (a) {"include":["b"]}',
  ]),
  include.change('a column for another', separate({ include: ['b'] }), separate({ include: ['id'] }), [
    'drop index t.i',
    'create on t: index i (a) {"include":["id"]}',
  ]),
  include.drop('the other column', separate({ include: ['b'] }), separate(), [
    'drop index t.i',
    'create on t: index i (a)',
  ]),
  include.equal('in Drizzle, which has no word for it', has('INDEX i ON t (a) INCLUDE (b)'), on('a')),
  include.equal('of table(…)', hasSeparate('INDEX i ON t (a) INCLUDE (b)'), separate({ include: ['b'] })),
  options.add(
    'fillfactor',
    on('a'),
    one((c) => index('i').on(c.a).with({ fillfactor: 70 })),
    ['drop index t.i', 'create on t: index i (a) {"options":{"fillfactor":"70"}}'],
  ),
  options.drop(
    'fillfactor',
    one((c) => index('i').on(c.a).with({ fillfactor: 70 })),
    on('a'),
    ['drop index t.i', 'create on t: index i (a)'],
  ),
  options.change(
    'another fillfactor',
    one((c) => index('i').on(c.a).with({ fillfactor: 70 })),
    one((c) => index('i').on(c.a).with({ fillfactor: 80 })),
    ['drop index t.i', 'create on t: index i (a) {"options":{"fillfactor":"80"}}'],
  ),
  options.equal(
    'as a text and as a number',
    has("INDEX i ON t (a) WITH (fillfactor = '70')"),
    one((c) => index('i').on(c.a).with({ fillfactor: 70 })),
  ),
  nulls.add(
    'and rows are looked at first',
    separate({ unique: true }),
    separate({ unique: true, nullsNotDistinct: true }),
    [
      'expect no rows of t with the same a, which the unique index i keeps apart: SELECT "a", count(*) AS "rows" FROM "t" GROUP BY "a" HAVING count(*) > 1',
      'drop index t.i',
      'create on t: unique index i (a) {"nullsNotDistinct":true}',
    ],
  ),
  nulls.drop('and the index stays', separate({ unique: true, nullsNotDistinct: true }), separate({ unique: true }), [
    'drop index t.i',
    'create on t: unique index i (a)',
  ]),
  nulls.equal('in Drizzle, which has no word for it', has('UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT'), only),
  comment.add('of an index', separate(), separate({ comment: 'for the list' }), [
    'drop index t.i',
    'create on t: index i (a) {"comment":"for the list"}',
  ]),
  comment.drop('of an index', separate({ comment: 'for the list' }), separate(), [
    'drop index t.i',
    'create on t: index i (a)',
  ]),
  comment.change('of an index', separate({ comment: 'one' }), separate({ comment: 'two' }), [
    'drop index t.i',
    'create on t: index i (a) {"comment":"two"}',
  ]),
  comment.equal(
    'in Drizzle, which has no word for it',
    has('INDEX i ON t (a)').concat("; COMMENT ON INDEX i IS 'old'"),
    on('a'),
  ),
]
