import { column, enumeration } from '@org/migrate-core'
import { int, mysqlEnum, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const values = cell('column', 'values of an enum')

const moods = (...of: readonly [string, ...string[]]) => t({ a: mysqlEnum(of) })
const nameless = (...of: readonly string[]) => own({ a: column(enumeration(of)) })
const named = (...of: readonly string[]) => own({ a: column(enumeration(of, { name: 'mood' })) })
const sad = rows('id, a', "1, 'sad'", "2, 'ok'")
const cellsOf = (...of: readonly string[]) => ({ sql: 'SELECT a FROM t ORDER BY id', rows: of })
const renamed = { answers: { renamed: [{ from: 't.a.sad', to: 'unhappy' }] } }
const replacingSad = [
  "alter column t.a: type enum ('sad', 'ok', 'unhappy')",
  "fill t.a where 'sad' with 'unhappy' by (id): 'sad' of t.a is called 'unhappy' now",
  "alter column t.a: type enum ('unhappy', 'ok')",
]

export const enums: readonly Case[] = [
  values.add('a column of one', t({}), moods('sad', 'ok'), ["add column t.a enum ('sad', 'ok')"]),
  values.add(
    'a column of one, NOT NULL: no row gets its first value unasked',
    t({}),
    t({ a: mysqlEnum(['sad', 'ok']).notNull() }),
    [
      "add column t.a enum ('sad', 'ok')",
      'fill t.a where null with ? by (id): t.a is new and NOT NULL',
      'alter column t.a: not null',
    ],
    { rows: rows('id', '1'), refused: 'REVISION_INCOMPLETE' },
  ),
  values.drop('with its column', moods('sad', 'ok'), t({}), ['drop column t.a -- loses the values of t.a']),
  values.change(
    'of a varchar, whose values are among those of the enum',
    t({ a: varchar({ length: 20 }) }),
    moods('sad', 'ok'),
    [
      "expect no rows of t whose a is no value of its enum: SELECT `id`, `a` FROM `t` WHERE `a` NOT IN ('sad', 'ok')",
      "alter column t.a: type enum ('sad', 'ok')",
    ],
    { rows: sad, finds: cellsOf('sad', 'ok') },
  ),
  values.change(
    'to a varchar',
    moods('sad', 'ok'),
    t({ a: varchar({ length: 20 }) }),
    ['alter column t.a: type varchar(20)'],
    { rows: sad, finds: cellsOf('sad', 'ok') },
  ),
  values.rename(
    'the column of one',
    moods('sad', 'ok'),
    t({ b: mysqlEnum(['sad', 'ok']) }),
    ['rename column t.a to b'],
    { answers: { renamed: [{ from: 't.a', to: 'b' }] }, rows: sad },
  ),
  values.equal('in other letters and spaces', has("a ENUM( 'sad' , 'ok' )"), moods('sad', 'ok')),
  values.equal(
    'of a text in Drizzle, which only TypeScript knows',
    has('a varchar(20)'),
    t({ a: varchar({ length: 20, enum: ['sad', 'ok'] }) }),
  ),
  values.equal(
    'with a name that this server has no place for',
    has("a enum('sad','ok')"),
    own({ a: column(enumeration(['sad', 'ok'], { name: 'mood' })) }),
  ),

  values.add(
    'at the end',
    moods('sad', 'ok'),
    moods('sad', 'ok', 'happy'),
    ["alter column t.a: type enum ('sad', 'ok', 'happy')"],
    {
      rows: sad,
      finds: cellsOf('sad', 'ok'),
    },
  ),
  values.add(
    'at the beginning: rows keep the value, and not the number of it',
    moods('sad', 'ok'),
    moods('awful', 'sad', 'ok'),
    ["alter column t.a: type enum ('awful', 'sad', 'ok')"],
    { rows: sad, finds: cellsOf('sad', 'ok') },
  ),
  values.add(
    'in the middle',
    moods('sad', 'ok'),
    moods('sad', 'so', 'ok'),
    ["alter column t.a: type enum ('sad', 'so', 'ok')"],
    {
      rows: sad,
      finds: cellsOf('sad', 'ok'),
    },
  ),
  values.add(
    'one that is a default at once',
    moods('sad', 'ok'),
    t({ a: mysqlEnum(['sad', 'ok', 'la']).default('la') }),
    ["alter column t.a: type enum ('sad', 'ok', 'la'), default 'la'"],
  ),
  values.add('of table(…)', nameless('sad', 'ok'), nameless('sad', 'ok', 'happy'), [
    "alter column t.a: type enum ('sad', 'ok', 'happy')",
  ]),
  values.add('of a type with a name, which is for other databases', named('sad', 'ok'), named('sad', 'ok', 'happy'), [
    "alter column t.a: type enum mood ('sad', 'ok', 'happy')",
  ]),
  values.drop(
    'of a type with a name, with the value that rows get instead',
    named('sad', 'ok'),
    named('ok'),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum mood ('ok')"],
    { fill: { 't.a = sad': "'ok'" }, rows: sad, finds: cellsOf('ok', 'ok') },
  ),
  values.drop(
    'with the value that rows get instead',
    moods('sad', 'ok'),
    moods('ok'),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok')"],
    { fill: { 't.a = sad': "'ok'" }, rows: sad, finds: cellsOf('ok', 'ok') },
  ),
  values.drop(
    'and the file asks',
    moods('sad', 'ok'),
    moods('ok'),
    ["fill t.a where 'sad' with ? by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok')"],
    { rows: sad, refused: 'REVISION_INCOMPLETE' },
  ),
  values.drop(
    'and another comes, which rows get instead',
    moods('sad', 'ok'),
    moods('ok', 'happy'),
    [
      "alter column t.a: type enum ('sad', 'ok', 'happy')",
      "fill t.a where 'sad' with 'happy' by (id): 'sad' goes from t.a",
      "alter column t.a: type enum ('ok', 'happy')",
    ],
    {
      answers: { none: true },
      fill: { 't.a = sad': "'happy'" },
      rows: sad,
      finds: cellsOf('happy', 'ok'),
    },
  ),
  values.drop(
    'that is the default',
    t({ a: mysqlEnum(['sad', 'ok']).default('sad') }),
    t({ a: mysqlEnum(['ok']).default('ok') }),
    ["fill t.a where 'sad' with 'ok' by (id): 'sad' goes from t.a", "alter column t.a: type enum ('ok'), default 'ok'"],
    { fill: { 't.a = sad': "'ok'" }, rows: sad, finds: cellsOf('ok', 'ok') },
  ),
  values.change(
    'in another order',
    moods('sad', 'ok'),
    moods('ok', 'sad'),
    ["alter column t.a: type enum ('ok', 'sad')"],
    {
      rows: sad,
      finds: { sql: 'SELECT a FROM t ORDER BY a', rows: ['ok', 'sad'] },
    },
  ),
  values.rename('answered, and rows follow', moods('sad', 'ok'), moods('unhappy', 'ok'), replacingSad, {
    ...renamed,
    rows: sad,
    finds: cellsOf('unhappy', 'ok'),
  }),
  values.rename('of table(…), answered', nameless('sad', 'ok'), nameless('unhappy', 'ok'), replacingSad, {
    ...renamed,
    rows: sad,
    finds: cellsOf('unhappy', 'ok'),
  }),
  values.rename('no answer', moods('sad', 'ok'), moods('unhappy', 'ok'), [], {
    openQuestions: ['enum value t.a.sad -> unhappy'],
  }),
  values.rename(
    'it is no rename: the file asks for what rows get',
    moods('sad', 'ok'),
    moods('unhappy', 'ok'),
    [
      "alter column t.a: type enum ('sad', 'ok', 'unhappy')",
      "fill t.a where 'sad' with ? by (id): 'sad' goes from t.a",
      "alter column t.a: type enum ('unhappy', 'ok')",
    ],
    { answers: { dropped: ['t.a.sad'] }, rows: sad, refused: 'REVISION_INCOMPLETE' },
  ),
  values.rename(
    'with its column at once',
    moods('sad', 'ok'),
    t({ b: mysqlEnum(['unhappy', 'ok']) }),
    [
      'rename column t.a to b',
      "alter column t.b: type enum ('sad', 'ok', 'unhappy')",
      "fill t.b where 'sad' with 'unhappy' by (id): 'sad' of t.b is called 'unhappy' now",
      "alter column t.b: type enum ('unhappy', 'ok')",
    ],
    {
      answers: {
        renamed: [
          { from: 't.a', to: 'b' },
          { from: 't.b.sad', to: 'unhappy' },
        ],
      },
      rows: sad,
      finds: { sql: 'SELECT b FROM t ORDER BY id', rows: ['unhappy', 'ok'] },
    },
  ),
  values.equal(
    'with quotes, commas, capitals and an empty one',
    has("a enum('it''s','So, So','')"),
    moods("it's", 'So, So', ''),
  ),
  values.equal('with spaces behind, which the server cuts', has("a enum('sad  ','ok')"), moods('sad', 'ok')),
  values.equal(
    'with spaces behind in the declaration, which the server cuts',
    has("a enum('sad','ok')"),
    moods('sad ', 'ok'),
  ),
  values.equal('that look like numbers', has("a enum('1','2') DEFAULT '2'"), {
    t: mysqlTable('t', { id: int().primaryKey(), a: mysqlEnum(['1', '2']).default('2') }),
  }),
]
