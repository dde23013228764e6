import {
  bigint,
  boolean,
  char,
  column,
  date,
  decimal,
  double,
  json,
  native,
  smallint,
  timestamp,
  uuid,
  varchar,
} from '@org/migrate-core'
import { blob, customType, integer, numeric, real, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { change, equal } = cell('column', 'type')

const money = customType<{ data: string }>({ dataType: () => 'decimal( 10, 2 )' })
const vector = customType<{ data: string }>({ dataType: () => 'F32_BLOB(3)' })

export const noNumber =
  'expect no rows of t whose a is no number: SELECT "id", "a" FROM "t" WHERE NOT ("a" = CAST("a" AS NUMERIC) AND typeof(CAST("a" AS NUMERIC)) <> \'real\')'

const noReal =
  'expect no rows of t whose a is no number: SELECT "id", "a" FROM "t" WHERE NOT ("a" = CAST("a" AS NUMERIC))'

export const types: readonly Case[] = [
  change(
    'integer to text, values keep their worth',
    t({ a: integer() }),
    t({ a: text() }),
    ['alter column t.a: type text'],
    {
      rows: rows('id, a', '1, 42'),
      finds: { sql: 'SELECT a, typeof(a) AS type FROM t', rows: ['42, text'] },
    },
  ),
  change('text to integer', t({ a: text() }), t({ a: integer() }), [noNumber, 'alter column t.a: type integer'], {
    rows: rows('id, a', "1, '42'", '2, NULL'),
    finds: { sql: 'SELECT a, typeof(a) AS type FROM t ORDER BY id', rows: ['42, integer', 'NULL, null'] },
  }),
  change(
    'text to integer, where a row has no number: SQLite would keep it as text',
    t({ a: text() }),
    t({ a: integer() }),
    [noNumber, 'alter column t.a: type integer'],
    { rows: rows('id, a', "1, '42'", "2, 'x'"), refused: 'BLOCKING_ROWS' },
  ),
  change(
    'text to integer, where a row has more digits than 64 bits: SQLite would round it',
    t({ a: text() }),
    t({ a: integer() }),
    [noNumber, 'alter column t.a: type integer'],
    { rows: rows('id, a', "1, ' +42 '", "2, '99999999999999999999'"), refused: 'BLOCKING_ROWS' },
  ),
  change('text to real', t({ a: text() }), t({ a: real() }), [noReal, 'alter column t.a: type real'], {
    rows: rows('id, a', "1, '42'", "2, ' -4.5e3'", "3, '.5'", '4, NULL'),
    finds: {
      sql: 'SELECT a, typeof(a) AS type FROM t ORDER BY id',
      rows: ['42, real', '-4500, real', '0.5, real', 'NULL, null'],
    },
  }),
  ...['555-1234', '2020-01-31', '1.2.3', '1e', '.'].map((value) =>
    change(
      `text to real, where a row has ${value}: SQLite would keep it as text`,
      t({ a: text() }),
      t({ a: real() }),
      [noReal, 'alter column t.a: type real'],
      { rows: rows('id, a', "1, '4.2'", `2, '${value}'`), refused: 'BLOCKING_ROWS' },
    ),
  ),
  change('numeric to real', t({ a: numeric() }), t({ a: real() }), ['alter column t.a: type real']),
  change('text to blob', t({ a: text() }), t({ a: blob() }), ['alter column t.a: type bytes']),
  change('a length that is only written down', t({ a: text({ length: 10 }) }), t({ a: text({ length: 20 }) }), [
    'alter column t.a: type native TEXT(20)',
  ]),
  change(
    'the length of a varchar: rows are not looked at, SQLite keeps longer ones',
    own({ a: column(varchar(20)) }),
    own({ a: column(varchar(10)) }),
    ['alter column t.a: type varchar(10)'],
    {
      rows: rows('id, a', "1, 'longer than ten'"),
      finds: { sql: 'SELECT a FROM t', rows: ['longer than ten'] },
    },
  ),
  change('digits of a decimal', own({ a: column(decimal(10, 2)) }), own({ a: column(decimal(12, 2)) }), [
    'alter column t.a: type decimal(12, 2)',
  ]),
  change('to a type of another extension', t({ a: blob() }), t({ a: vector() }), [
    'alter column t.a: type native F32_BLOB(3)',
  ]),
  change('none to one', has('a'), t({ a: text() }), ['alter column t.a: type text']),
  equal(
    'in small letters',
    has('a text, b integer, c real, d blob, e numeric'),
    t({ a: text(), b: integer(), c: real(), d: blob(), e: numeric() }),
  ),
  equal('INT for INTEGER', has('a INT'), t({ a: integer() })),
  equal('FLOAT for REAL', has('a FLOAT'), t({ a: real() })),
  equal('DOUBLE PRECISION for DOUBLE', has('a DOUBLE PRECISION'), own({ a: column(double()) })),
  equal('DECIMAL for NUMERIC', has('a DECIMAL'), t({ a: numeric() })),
  equal('spaces in the sizes', has('a decimal ( 10 , 2 )'), t({ a: money() })),
  equal('BOOL for BOOLEAN', has('a BOOL'), own({ a: column(boolean()) })),
  equal('CHARACTER VARYING for VARCHAR', has('a CHARACTER VARYING(20)'), own({ a: column(varchar(20)) })),
  equal('CHARACTER for CHAR', has('a character(3)'), own({ a: column(char(3)) })),
  equal('TIMESTAMP for DATETIME', has('a TIMESTAMP'), own({ a: column(timestamp()) })),
  equal(
    'names that SQLite does not know',
    has('a SMALLINT, b BIGINT, c DATE, d JSON, e UUID TEXT'),
    own({ a: column(smallint()), b: column(bigint()), c: column(date()), d: column(json()), e: column(uuid()) }),
  ),
  equal(
    'a type of several words in quotes',
    has('a "weird type"'),
    own({ a: column(native('sqlite', '"weird type"')) }),
  ),
  equal(
    'a native type for this database alone',
    has('a JSONB'),
    own({ a: column(json(), { native: { sqlite: 'jsonb' } }) }),
  ),
  equal(
    'all that the ORM maps from an integer',
    has('a INTEGER, b INTEGER, c INTEGER'),
    t({ a: integer({ mode: 'boolean' }), b: integer({ mode: 'timestamp' }), c: integer({ mode: 'timestamp_ms' }) }),
  ),
  equal(
    'all that the ORM maps from a blob and a text',
    has('a BLOB, b BLOB, c TEXT'),
    t({ a: blob({ mode: 'json' }), b: blob({ mode: 'bigint' }), c: text({ mode: 'json' }) }),
  ),
  equal('another type for TypeScript', has('a TEXT'), t({ a: text().$type<'x' | 'y'>() })),
]
