import {
  json as anything,
  boolean as bool,
  bytes,
  time as clock,
  column,
  date as day,
  decimal as digits,
  real as float32,
  double as float64,
  smallint as int16,
  integer as int32,
  bigint as int64,
  char as letters,
  text as longText,
  timestamp as moment,
  native,
  uuid,
  varchar as words,
} from '@org/migrate-core'
import {
  bigint,
  binary,
  boolean,
  char,
  customType,
  date,
  datetime,
  decimal,
  double,
  float,
  int,
  json,
  longtext,
  mediumint,
  mediumtext,
  real,
  smallint,
  text,
  time,
  timestamp,
  tinyint,
  tinytext,
  varbinary,
  varchar,
  year,
} from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { change, equal } = cell('column', 'type')

const point = customType<{ data: string }>({ dataType: () => 'point' })
const flags = customType<{ data: string }>({ dataType: () => "set('a','b')" })
const bits = customType<{ data: string }>({ dataType: () => 'bit(1)' })
const noRoom = (condition: string): string =>
  `expect no rows of t whose a has no room in its new type: SELECT \`id\`, \`a\` FROM \`t\` WHERE ${condition}`

export const noNumber =
  "expect no rows of t whose a is no number: SELECT `id`, `a` FROM `t` WHERE NOT (`a` REGEXP '^[[:space:]]*[+-]{0,1}[0-9]+[[:space:]]*$')"

export const types: readonly Case[] = [
  change('int to bigint', t({ a: int() }), t({ a: bigint({ mode: 'number' }) }), ['alter column t.a: type bigint'], {
    rows: rows('id, a', '1, 42'),
    finds: { sql: 'SELECT a FROM t', rows: ['42'] },
  }),
  change(
    'bigint to int, and rows are looked at first',
    t({ a: bigint({ mode: 'number' }) }),
    t({ a: int() }),
    [noRoom('`a` NOT BETWEEN -2147483648 AND 2147483647'), 'alter column t.a: type integer'],
    { rows: rows('id, a', '1, 3000000000'), refused: 'BLOCKING_ROWS' },
  ),
  change(
    'int to text, values keep their worth',
    t({ a: int() }),
    t({ a: text() }),
    ['alter column t.a: type native text'],
    {
      rows: rows('id, a', '1, 42'),
      finds: { sql: 'SELECT a FROM t', rows: ['42'] },
    },
  ),
  change(
    'tinyint to boolean, which is another width and another meaning',
    has('a tinyint'),
    t({ a: boolean() }),
    ['alter column t.a: type boolean'],
    { rows: rows('id, a', '1, 1'), finds: { sql: 'SELECT a FROM t', rows: ['1'] } },
  ),
  change('text to json', t({ a: text() }), t({ a: json() }), ['alter column t.a: type json'], {
    rows: rows('id, a', `1, '{"b":1}'`),
    finds: { sql: "SELECT JSON_EXTRACT(a, '$.b') FROM t", rows: ['1'] },
  }),
  change(
    'text to int, where a row has a fraction: MySQL would round it',
    t({ a: text() }),
    t({ a: int() }),
    [noNumber, 'alter column t.a: type integer'],
    { rows: rows('id, a', "1, '42'", "2, '1.5'"), refused: 'BLOCKING_ROWS' },
  ),
  change('json to longtext', t({ a: json() }), t({ a: longtext() }), ['alter column t.a: type text'], {
    rows: rows('id, a', `1, '[1]'`),
    finds: { sql: 'SELECT a FROM t', rows: ['[1]'] },
  }),
  change('char to varchar', t({ a: char({ length: 3 }) }), t({ a: varchar({ length: 3 }) }), [
    'alter column t.a: type varchar(3)',
  ]),
  change('text to varchar of a length', t({ a: longtext() }), t({ a: varchar({ length: 3 }) }), [
    noRoom('CHAR_LENGTH(`a`) > 3'),
    'alter column t.a: type varchar(3)',
  ]),
  change('datetime to timestamp', t({ a: datetime() }), t({ a: timestamp() }), [
    'alter column t.a: type native timestamp',
  ]),
  change('a type that the server alone knows', t({ a: text() }), t({ a: tinytext() }), [
    'alter column t.a: type native tinytext',
  ]),
  change(
    'one more value of a SET',
    has("a set('a')"),
    t({ a: flags() }),
    ["alter column t.a: type native set('a','b')"],
    {
      rows: rows('id, a', "1, 'a'"),
      finds: { sql: 'SELECT a FROM t', rows: ['a'] },
    },
  ),
  equal('tinyint(1) for boolean', has('a tinyint(1)'), t({ a: boolean() })),
  equal('BOOL for boolean', has('a BOOL'), t({ a: boolean() })),
  equal('boolean() of table(…) and tinyint(1)', has('a tinyint(1)'), own({ a: column(bool()) })),
  equal('INTEGER for int', has('a INTEGER'), t({ a: int() })),
  equal(
    'the other names of integers',
    has('a INT1, b INT2, c INT3, d INT4, e INT8, f MIDDLEINT'),
    t({
      a: tinyint(),
      b: smallint(),
      c: mediumint(),
      d: int(),
      e: bigint({ mode: 'number' }),
      f: mediumint(),
    }),
  ),
  equal(
    'a width for display',
    has('a int(11), b bigint(20), c smallint(6), d mediumint(9)'),
    t({
      a: int(),
      b: bigint({ mode: 'number' }),
      c: smallint(),
      d: mediumint(),
    }),
  ),
  equal(
    'NUMERIC, DEC and FIXED for decimal',
    has('a NUMERIC(10,2), b DEC(10,2), c FIXED(10,2)'),
    t({
      a: decimal({ precision: 10, scale: 2 }),
      b: decimal({ precision: 10, scale: 2 }),
      c: decimal({ precision: 10, scale: 2 }),
    }),
  ),
  equal(
    'decimal, which is decimal(10,0)',
    has('a decimal(10,0), b decimal'),
    t({ a: decimal(), b: decimal({ precision: 10 }) }),
  ),
  equal(
    'REAL and DOUBLE PRECISION for double',
    has('a REAL, b DOUBLE PRECISION, c FLOAT8'),
    t({
      a: real(),
      b: double(),
      c: double(),
    }),
  ),
  equal('FLOAT4 and float(24) for float', has('a FLOAT4, b float(24)'), t({ a: float(), b: float() })),
  equal('float(53), which is double', has('a float(53)'), t({ a: double() })),
  equal('CHAR without a length', has('a char, b binary'), t({ a: char(), b: binary() })),
  equal(
    'CHARACTER VARYING for varchar',
    has('a CHARACTER VARYING(20), b CHARACTER(3), c VARCHARACTER(20)'),
    t({ a: varchar({ length: 20 }), b: char({ length: 3 }), c: varchar({ length: 20 }) }),
  ),
  equal('LONG for mediumtext', has('a LONG, b LONG VARCHAR'), t({ a: mediumtext(), b: mediumtext() })),
  equal(
    'a text of a size, which is the smallest that holds it',
    has('a text(10), b text(1000), c text(70000)'),
    t({
      a: tinytext(),
      b: text(),
      c: mediumtext(),
    }),
  ),
  equal('json, which MariaDB keeps as a text with a check', has('a json'), t({ a: json() })),
  equal(
    'json written as the text with a check that it is',
    has('a longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(`a`))'),
    t({ a: json() }),
    { only: 'mariadb' },
  ),
  equal('json of table(…)', has('a json'), own({ a: column(anything()) })),
  equal(
    'small integers in capitals',
    has('a TINYINT(3) UNSIGNED, b SMALLINT'),
    t({ a: tinyint({ unsigned: true }), b: smallint() }),
  ),
  equal('moments in capitals', has('a DATETIME, b TIME'), t({ a: datetime(), b: time() })),
  equal('year(4)', has('a year(4)'), t({ a: year() })),
  equal('bit, which is bit(1)', has('a bit'), t({ a: bits() })),
  equal('datetime(0)', has('a datetime(0), b time(0)'), t({ a: datetime(), b: time() })),
  equal('a point', has('a point'), t({ a: point() })),
  equal('a SET in other letters and spaces', has("a SET( 'a' , 'b' )"), t({ a: flags() })),
  equal('a set whose values have spaces behind', has("a set('a ','b')"), t({ a: flags() })),
  equal(
    'all kinds of table(…)',
    has(
      'a smallint, b int, c bigint, d longtext, e varchar(20), f char(3), g float, h double, i date, j time(6), k datetime(6), l longblob, m varbinary(16), n decimal(12,2), o char(36) CHARACTER SET ascii COLLATE ascii_bin',
    ),
    own({
      a: column(int16()),
      b: column(int32()),
      c: column(int64()),
      d: column(longText()),
      e: column(words(20)),
      f: column(letters(3)),
      g: column(float32()),
      h: column(float64()),
      i: column(day()),
      j: column(clock()),
      k: column(moment()),
      l: column(bytes()),
      m: column(bytes(16)),
      n: column(digits(12, 2)),
      o: column(uuid()),
    }),
  ),
  equal(
    'a native type for this database alone',
    has('a mediumtext'),
    own({ a: column(longText(), { native: { mysql: 'MEDIUMTEXT' } }) }),
  ),
  equal(
    'a native type in the words of the author',
    has('a mediumint unsigned'),
    own({ a: column(native('mysql', 'MEDIUMINT(8)  UNSIGNED')) }),
  ),
  equal(
    'all that the ORM maps',
    has('a date, b timestamp, c bigint, d int'),
    t({
      a: date({ mode: 'string' }),
      b: timestamp({ mode: 'string' }),
      c: bigint({ mode: 'bigint' }),
      d: int().$type<1 | 2>(),
    }),
  ),

  change(
    'a longer varchar: no row is looked at',
    t({ a: varchar({ length: 20 }) }),
    t({ a: varchar({ length: 30 }) }),
    ['alter column t.a: type varchar(30)'],
  ),
  change(
    'a shorter varchar, and rows are in the way',
    t({ a: varchar({ length: 20 }) }),
    t({ a: varchar({ length: 3 }) }),
    [noRoom('CHAR_LENGTH(`a`) > 3'), 'alter column t.a: type varchar(3)'],
    { rows: rows('id, a', "1, 'four'"), refused: 'BLOCKING_ROWS' },
  ),
  change(
    'digits of a decimal',
    t({ a: decimal({ precision: 10, scale: 2 }) }),
    t({ a: decimal({ precision: 12, scale: 3 }) }),
    ['alter column t.a: type decimal(12, 3)'],
  ),
  change(
    'digits of a second',
    t({ a: datetime() }),
    t({ a: datetime({ fsp: 3 }) }),
    ['alter column t.a: type timestamp(3)'],
    {
      rows: rows('id, a', "1, '2020-01-02 03:04:05'"),
      finds: { sql: 'SELECT a FROM t', rows: ['2020-01-02 03:04:05.000'] },
    },
  ),
  change('bytes', t({ a: varbinary({ length: 8 }) }), t({ a: varbinary({ length: 16 }) }), [
    'alter column t.a: type bytes(16)',
  ]),
  equal(
    'a varchar in characters, whatever a character takes',
    has('a varchar(20) CHARACTER SET latin1'),
    t({ a: varchar({ length: 20 }) }),
  ),

  change(
    'int to unsigned',
    t({ a: int() }),
    t({ a: int({ unsigned: true }) }),
    ['alter column t.a: type native int unsigned'],
    {
      rows: rows('id, a', '1, 42'),
      finds: { sql: 'SELECT a FROM t', rows: ['42'] },
    },
  ),
  change('unsigned to int', t({ a: int({ unsigned: true }) }), t({ a: int() }), ['alter column t.a: type integer']),
  change(
    'unsigned to a wider one',
    t({ a: int({ unsigned: true }) }),
    t({ a: bigint({ mode: 'number', unsigned: true }) }),
    ['alter column t.a: type native bigint unsigned'],
  ),
  equal(
    'unsigned with a width for display',
    has('a int(10) unsigned, b bigint(20) UNSIGNED'),
    t({
      a: int({ unsigned: true }),
      b: bigint({ mode: 'number', unsigned: true }),
    }),
  ),
  equal(
    'a decimal unsigned',
    has('a decimal(10,2) unsigned'),
    t({ a: decimal({ precision: 10, scale: 2, unsigned: true }) }),
  ),
]
