import { column, integer as int32, text as longText, table } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { type AnyMySqlColumn, datetime, index, int, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, inUtf8mb4, own, rows, t } from './declared.ts'

const { add, drop, rename, equal } = cell('column', 'itself')
const position = cell('column', 'position')
const comment = cell('column', 'comment')

const self = mysqlTable('t', { id: int().primaryKey() })
const name = () => varchar({ length: 20 })
const commented = (text?: string) => own({ a: column(int32(), text === undefined ? {} : { comment: text }) })

const preservedRow = { rows: rows('id, a', "1, 'x'"), finds: { sql: 'SELECT * FROM t', rows: ['1, x'] } }
const toB = { answers: { renamed: [{ from: 't.a', to: 'b' }] } }

export const columns: readonly Case[] = [
  add('nullable', t({}), t({ a: text() }), ['add column t.a native text']),
  add(
    'NOT NULL with a default',
    t({}),
    t({ a: name().notNull().default('x') }),
    ["add column t.a varchar(20) not null default 'x'"],
    { rows: rows('id', '1'), finds: { sql: 'SELECT * FROM t', rows: ['1, x'] } },
  ),
  add(
    'NOT NULL, with the value for rows that are there',
    t({}),
    t({ a: text().notNull() }),
    ["add column t.a native text not null default 'y'", 'alter column t.a: no default'],
    { rows: rows('id', '1', '2'), fill: { 't.a': "'y'" }, finds: { sql: 'SELECT * FROM t', rows: ['1, y', '2, y'] } },
  ),
  add(
    'NOT NULL, and the value is unknown: the file asks for it, and no zero is written',
    t({}),
    t({ a: int().notNull() }),
    [
      'add column t.a integer',
      'fill t.a where null with ? by (id): t.a is new and NOT NULL',
      'alter column t.a: not null',
    ],
    { rows: rows('id', '1'), refused: 'REVISION_INCOMPLETE' },
  ),
  add('with a foreign key', t({}), t({ a: int().references((): AnyMySqlColumn => self.id) }), [
    'add column t.a integer',
    'add to t: foreign key t_a_t_id_fk (a) -> t (id)',
  ]),
  add(
    'two, one of them with an index',
    t({}),
    t({ a: name(), b: int() }, (c) => [index('t_a').on(c.a)]),
    ['add column t.a varchar(20)', 'add column t.b integer', 'create on t: index t_a (a)'],
  ),
  drop('with its values', t({ a: text() }), t({}), ['drop column t.a -- loses the values of t.a'], {
    ...preservedRow,
    finds: { sql: 'SELECT * FROM t', rows: ['1'] },
  }),
  drop(
    'that an index is over',
    t({ a: name() }, (c) => [index('t_a').on(c.a)]),
    t({}),
    ['drop index t.t_a', 'drop column t.a -- loses the values of t.a'],
  ),
  drop('that a check names', has('a int, CONSTRAINT positive CHECK (a > 0)'), t({}), [
    'drop from t: check positive',
    'drop column t.a -- loses the values of t.a',
  ]),
  drop(
    'that refers to another table',
    `${has('a int')}; CREATE TABLE u (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT t_u FOREIGN KEY (a) REFERENCES u (id)`,
    { ...t({}), u: mysqlTable('u', { id: int().primaryKey() }) },
    ['drop from t: foreign key t_u', 'drop column t.a -- loses the values of t.a'],
  ),
  drop(
    'that counts',
    inUtf8mb4('CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL AUTO_INCREMENT, KEY t_a (a))'),
    t({}),
    ['alter column t.a: no identity', 'drop index t.t_a', 'drop column t.a -- loses the values of t.a'],
  ),
  rename('answered', t({ a: text() }), t({ b: text() }), ['rename column t.a to b'], { ...toB, ...preservedRow }),
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
    'it is no rename: --no-renames',
    t({ a: text() }),
    t({ b: text() }),
    ['add column t.b native text', 'drop column t.a -- loses the values of t.a'],
    { answers: { none: true } },
  ),
  rename(
    'it is no rename: --dropped',
    t({ a: text() }),
    t({ b: text() }),
    ['add column t.b native text', 'drop column t.a -- loses the values of t.a'],
    { answers: { dropped: ['t.a'] } },
  ),
  rename(
    'with another type at once',
    t({ a: int() }),
    t({ b: text() }),
    ['rename column t.a to b', 'alter column t.b: type native text'],
    { ...toB, rows: rows('id, a', '1, 42'), finds: { sql: 'SELECT b FROM t', rows: ['42'] } },
  ),
  rename(
    'that an index, a key and another key name',
    t({ a: int().unique('t_u') }, (c) => [index('t_a').on(c.a, c.id)]),
    t({ b: int().unique('t_u') }, (c) => [index('t_a').on(c.b, c.id)]),
    ['rename column t.a to b'],
    toB,
  ),
  rename(
    'to the same name in other letters',
    t({ username: text() }),
    t({ userName: text() }),
    ['rename column t.username to userName'],
    { answers: { renamed: [{ from: 't.username', to: 'userName' }] } },
  ),
  rename(
    'with its NOT NULL, default and comment, which the server would forget',
    has("a varchar(20) NOT NULL DEFAULT 'x' COMMENT 'what it is'"),
    t({ b: name().notNull().default('x') }),
    ['rename column t.a to b'],
    {
      ...toB,
      finds: {
        sql: "SELECT COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'b'",
        rows: ['what it is'],
      },
    },
  ),
  equal('quoted', has('`a b` text, `order` text'), t({ 'a b': text(), order: text() })),
  equal('named by the casing of the program', has('user_name text'), t({ userName: text() }), { casing: 'snake_case' }),
  equal('with a comment in the text of the table', has('a text /* what it is */ -- more\n'), t({ a: text() })),
  equal('declared with table(…) beside Drizzle', `${has('a text')}; CREATE TABLE u (id int PRIMARY KEY, b longtext)`, {
    ...t({ a: text() }),
    u: table('u', { id: column(int32(), { nullable: false }), b: column(longText()) }, { primaryKey: ['id'] }),
  }),
  equal('that is invisible', has('a int INVISIBLE'), t({ a: int() })),

  position.equal('in another order', has('b text, a text'), t({ a: text(), b: text() })),
  position.equal('the key stands last', inUtf8mb4('CREATE TABLE t (a int, id int, PRIMARY KEY (id))'), t({ a: int() })),
  position.add(
    'one more, which comes last: the order is said, and left as it is',
    has('c text, b text'),
    t({ a: text(), b: text(), c: text() }),
    ['add column t.a native text'],
    {
      notes: ['The columns of t keep their order in the database, which is not the declared one.'],
      finds: {
        sql: "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION",
        rows: ['id', 'c', 'b', 'a'],
      },
    },
  ),

  comment.add('of table(…)', commented(), commented('what it is'), ['alter column t.a: {"comment":"what it is"}']),
  comment.drop('of table(…)', commented('what it is'), commented(), ['alter column t.a: {"comment":null}']),
  comment.change('of table(…)', commented('what it is'), commented('what it was'), [
    'alter column t.a: {"comment":"what it was"}',
  ]),
  comment.equal('an empty one', has("a int COMMENT ''"), commented()),
  comment.equal('with quotes and a line in it', has("a int COMMENT 'it''s\\nso'"), commented("it's\nso")),
  comment.equal('of a column in Drizzle, which has no word for it', has("a int COMMENT 'what it is'"), t({ a: int() })),
  comment.equal(
    'of a column in Drizzle, on one that is set by an update',
    has("a datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'when'"),
    t({ a: datetime().default(sql`CURRENT_TIMESTAMP`) }),
  ),
]
