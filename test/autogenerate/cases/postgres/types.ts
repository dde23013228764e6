import {
  bigint as big,
  boolean as bool,
  bytes,
  char as chr,
  time as clock,
  column,
  date as day,
  decimal,
  double,
  enumeration,
  uuid as id128,
  integer as int,
  json as jso,
  native,
  real as rl,
  smallint as small,
  timestamp as stamp,
  text as txt,
  varchar as vchar,
} from '@org/migrate-core'
import {
  bigint,
  bigserial,
  bit,
  boolean,
  char,
  cidr,
  customType,
  date,
  doublePrecision,
  inet,
  integer,
  interval,
  json,
  jsonb,
  line,
  macaddr,
  numeric,
  pgEnum,
  point,
  real,
  serial,
  smallint,
  smallserial,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { change, equal } = cell('column', 'type')

const citext = customType<{ data: string }>({ dataType: () => 'citext' })
const range = customType<{ data: string }>({ dataType: () => 'INT4RANGE' })

import { byVersion } from '../../../kit/drizzle-version.ts'

/** drizzle-orm 1.0 takes no size. */
const sizeOfArray = byVersion<readonly number[]>([4], [])
const mood = pgEnum('mood', ['sad', 'ok'])
const enumSql = "CREATE TYPE mood AS ENUM ('sad', 'ok'); "

export const noNumber = `expect no rows of t whose a is no number: SELECT "id", "a" FROM "t" WHERE NOT ("a" ~ '^[[:space:]]*[+-]{0,1}[0-9]+[[:space:]]*$')`

export const types: readonly Case[] = [
  change('integer to bigint', t({ a: integer() }), t({ a: bigint({ mode: 'number' }) }), [
    'alter column t.a: type bigint',
  ]),
  change(
    'integer to text, which the server does by itself',
    t({ a: integer() }),
    t({ a: text() }),
    ['alter column t.a: type text'],
    {
      rows: rows('id, a', '1, 42'),
      finds: { sql: 'SELECT a FROM t', rows: ['42'] },
    },
  ),
  change(
    'text to integer: USING, which the file shows',
    t({ a: text() }),
    t({ a: integer() }),
    [
      noNumber,
      'alter column t.a: type integer using "a"::integer -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', "1, '42'"),
      finds: { sql: 'SELECT a FROM t', rows: ['42'] },
    },
  ),
  change('text to integer, and its default', t({ a: text().default('1') }), t({ a: integer().default(2) }), [
    noNumber,
    'alter column t.a: type integer, default 2 using "a"::integer -- note: the server does not do this by itself: see whether `using` says what is meant',
  ]),
  change(
    'text to boolean',
    t({ a: text() }),
    t({ a: boolean() }),
    [
      'alter column t.a: type boolean using "a"::boolean -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', "1, 'yes'"),
      finds: { sql: 'SELECT a FROM t', rows: ['true'] },
    },
  ),
  change(
    'integer to boolean',
    t({ a: integer() }),
    t({ a: boolean() }),
    [
      'alter column t.a: type boolean using "a" <> 0 -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', '1, 0'),
      finds: { sql: 'SELECT a FROM t', rows: ['false'] },
    },
  ),
  change(
    'text to jsonb',
    t({ a: text() }),
    t({ a: jsonb() }),
    [
      'alter column t.a: type native jsonb using "a"::jsonb -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', `1, '{"x":1}'`),
      finds: { sql: "SELECT a->>'x' AS x FROM t", rows: ['1'] },
    },
  ),
  change('text to uuid', t({ a: text() }), t({ a: uuid() }), [
    'alter column t.a: type uuid using "a"::uuid -- note: the server does not do this by itself: see whether `using` says what is meant',
  ]),
  change(
    'text to an enum',
    { mood, ...t({ a: text() }) },
    { mood, ...t({ a: mood() }) },
    [
      `expect no rows of t whose a is no value of its enum: SELECT "id", "a" FROM "t" WHERE "a" NOT IN ('sad', 'ok')`,
      'alter column t.a: type enum mood (\'sad\', \'ok\') using "a"::"mood" -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', "1, 'ok'"),
      finds: { sql: 'SELECT a FROM t', rows: ['ok'] },
    },
  ),
  change('an enum to text, and the enum goes', t({ a: mood().default('ok') }), t({ a: text().default('ok') }), [
    'alter column t.a: type text',
    'drop enum mood',
  ]),
  change(
    'a point to a line, for which the server has no cast: said, and rows that it cannot turn are refused',
    has('a point'),
    t({ a: line() }),
    [
      'alter column t.a: type native line using "a"::text::line -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    { rows: rows('id, a', "1, '(1,2)'"), refused: 'STATEMENT_FAILED' },
  ),
  change(
    'text to an array',
    t({ a: text() }),
    t({ a: text().array() }),
    [
      'alter column t.a: type native text[] using CASE WHEN "a" IS NOT NULL THEN ARRAY["a"]::text[] END -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    {
      rows: rows('id, a', "1, 'an ordinary one'", "2, '{}'", '3, NULL'),
      finds: {
        sql: 'SELECT id, array_to_json(a)::text AS a FROM t ORDER BY id',
        rows: ['1, ["an ordinary one"]', '2, ["{}"]', '3, NULL'],
      },
    },
  ),
  change(
    'a shorter varchar: rows are looked at first',
    t({ a: varchar({ length: 20 }) }),
    t({ a: varchar({ length: 10 }) }),
    [
      'expect no rows of t whose a has no room in its new type: SELECT "id", "a" FROM "t" WHERE CHAR_LENGTH("a") > 10',
      'alter column t.a: type varchar(10)',
    ],
  ),
  change(
    'a shorter varchar, with rows in the way',
    t({ a: varchar({ length: 20 }) }),
    t({ a: varchar({ length: 10 }) }),
    [
      'expect no rows of t whose a has no room in its new type: SELECT "id", "a" FROM "t" WHERE CHAR_LENGTH("a") > 10',
      'alter column t.a: type varchar(10)',
    ],
    { rows: rows('id, a', "1, 'longer than ten'"), refused: 'BLOCKING_ROWS' },
  ),
  change('a longer varchar', t({ a: varchar({ length: 10 }) }), t({ a: varchar({ length: 20 }) }), [
    'alter column t.a: type varchar(20)',
  ]),
  change(
    'bigint to integer, with rows in the way',
    t({ a: bigint({ mode: 'bigint' }) }),
    t({ a: integer() }),
    [
      'expect no rows of t whose a has no room in its new type: SELECT "id", "a" FROM "t" WHERE "a" NOT BETWEEN -2147483648 AND 2147483647',
      'alter column t.a: type integer',
    ],
    {
      rows: rows('id, a', '1, 5000000000'),
      refused: 'BLOCKING_ROWS',
    },
  ),
  change(
    'digits of a numeric',
    t({ a: numeric({ precision: 10, scale: 2 }) }),
    t({ a: numeric({ precision: 12, scale: 4 }) }),
    ['alter column t.a: type decimal(12, 4)'],
  ),
  change(
    'a moment with a time zone for one without',
    t({ a: timestamp() }),
    t({ a: timestamp({ withTimezone: true }) }),
    ['alter column t.a: type timestamptz'],
  ),
  change('digits of a moment', t({ a: timestamp({ precision: 3 }) }), t({ a: timestamp({ precision: 6 }) }), [
    'alter column t.a: type timestamp(6)',
  ]),
  change('json to jsonb', t({ a: json() }), t({ a: jsonb() }), ['alter column t.a: type native jsonb']),
  equal(
    'int4 for integer, and the like',
    has('a int4, b int8, c int2, d float4, e float8, f bool'),
    t({ a: integer(), b: bigint({ mode: 'number' }), c: smallint(), d: real(), e: doublePrecision(), f: boolean() }),
  ),
  equal(
    'float(24) for real and float for double precision',
    has('a float(24), b float, c float(53)'),
    t({ a: real(), b: doublePrecision(), c: doublePrecision() }),
  ),
  equal(
    'character varying for varchar, with a length and without',
    has('a character varying, b character varying(20), c char varying(5)'),
    t({ a: varchar(), b: varchar({ length: 20 }), c: varchar({ length: 5 }) }),
  ),
  equal(
    'char, char(1), bpchar',
    has('a char, b char(1), c character(3), d bpchar(2)'),
    t({ a: char({ length: 1 }), b: char({ length: 1 }), c: char({ length: 3 }), d: char({ length: 2 }) }),
  ),
  equal('char without a length in Drizzle', has('a char(1)'), t({ a: char() })),
  equal(
    'decimal for numeric, with no scale',
    has('a decimal(10), b numeric(10, 0), c decimal'),
    t({ a: numeric({ precision: 10, scale: 0 }), b: numeric({ precision: 10 }), c: numeric() }),
  ),
  equal(
    'timestamptz and timestamp with time zone',
    has('a timestamptz, b timestamp with time zone, c timestamptz(3)'),
    t({
      a: timestamp({ withTimezone: true }),
      b: timestamp({ withTimezone: true }),
      c: timestamp({ withTimezone: true, precision: 3 }),
    }),
  ),
  equal(
    'timestamp without time zone, with all its digits',
    has('a timestamp without time zone, b timestamp(6), c time(6), d timetz'),
    t({ a: timestamp(), b: timestamp(), c: time(), d: time({ withTimezone: true }) }),
  ),
  equal(
    'serial, and integer with a sequence of its own',
    `CREATE SEQUENCE t_a_seq AS integer; ${has("a integer NOT NULL DEFAULT nextval('t_a_seq')")}; ALTER SEQUENCE t_a_seq OWNED BY t.a`,
    t({ a: serial() }),
  ),
  equal(
    'serial4, bigserial, smallserial',
    has('a serial4, b bigserial, c serial2'),
    t({ a: serial(), b: bigserial({ mode: 'number' }), c: smallserial() }),
  ),
  equal(
    'arrays in every spelling',
    has('a text[], b integer ARRAY, c integer[3][2], d text ARRAY[4]'),
    t({ a: text().array(), b: integer().array(), c: integer().array().array(), d: text().array(...sizeOfArray) }),
  ),
  equal('an array of an enum', `${enumSql}${has('a mood[]')}`, t({ a: mood().array() })),
  equal(
    'an array of decimals and of moments',
    has('a numeric(10,2)[], b timestamptz(3)[], c varchar(5)[]'),
    t({
      a: numeric({ precision: 10, scale: 2 }).array(),
      b: timestamp({ withTimezone: true, precision: 3 }).array(),
      c: varchar({ length: 5 }).array(),
    }),
  ),
  equal(
    'intervals',
    has('a interval, b interval day to second(3), c interval(2)'),
    t({ a: interval(), b: interval({ fields: 'day to second', precision: 3 }), c: interval({ precision: 2 }) }),
  ),
  equal('bits', has('a bit(3)'), t({ a: bit({ dimensions: 3 }) })),
  equal(
    'addresses, points, lines',
    has('a inet, b cidr, c macaddr, d point, e line'),
    t({ a: inet(), b: cidr(), c: macaddr(), d: point(), e: line() }),
  ),
  equal(
    'json, jsonb, uuid, date, bytea',
    has('a json, b jsonb, c uuid, d date'),
    t({ a: json(), b: jsonb(), c: uuid(), d: date() }),
  ),
  equal('a type of an extension', `CREATE EXTENSION citext; ${has('a citext')}`, t({ a: citext() })),
  equal(
    'a type of an extension that stands in another schema',
    `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; ${has('a ext.citext')}`,
    t({ a: customType<{ data: string }>({ dataType: () => 'ext.citext' })() }),
  ),
  equal(
    'a domain',
    `CREATE DOMAIN positive AS integer CHECK (value > 0); ${has('a positive')}`,
    t({ a: customType<{ data: number }>({ dataType: () => 'positive' })() }),
  ),
  equal('a type in capitals', has('a int4range'), t({ a: range() })),
  equal(
    'modes, which are of the program',
    has('a bigint, b date, c timestamp, d numeric'),
    t({
      a: bigint({ mode: 'bigint' }),
      b: date({ mode: 'date' }),
      c: timestamp({ mode: 'string' }),
      d: numeric({ mode: 'number' }),
    }),
  ),
  equal(
    'all logical types of table(…)',
    has(
      'a smallint, b integer, c bigint, d boolean, e text, f varchar(20), g char(3), h numeric(10,2), i real, j double precision, k date, l time(3), m timestamp, n timestamptz, o json, p uuid, q bytea',
    ),
    own({
      a: column(small()),
      b: column(int()),
      c: column(big()),
      d: column(bool()),
      e: column(txt()),
      f: column(vchar(20)),
      g: column(chr(3)),
      h: column(decimal(10, 2)),
      i: column(rl()),
      j: column(double()),
      k: column(day()),
      l: column(clock({ precision: 3 })),
      m: column(stamp()),
      n: column(stamp({ withTimezone: true })),
      o: column(jso()),
      p: column(id128()),
      q: column(bytes(16)),
    }),
  ),
  equal(
    'a native type for this database alone',
    has('a tsvector, b jsonb'),
    own({ a: column(native('postgres', 'TSVECTOR')), b: column(jso(), { native: { postgres: 'JSONB' } }) }),
  ),
  equal(
    'an enum of table(…) without a name',
    has("a text CONSTRAINT t_a_enum CHECK (a IN ('sad', 'ok'))"),
    own({ a: column(enumeration(['sad', 'ok'])) }),
  ),
  equal(
    'an enum of table(…) with a name',
    `${enumSql}${has('a mood')}`,
    own({ a: column(enumeration(['sad', 'ok'], { name: 'mood' })) }),
  ),
]
