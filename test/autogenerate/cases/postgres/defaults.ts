import { column, now, timestamp as stamp } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  char,
  date,
  doublePrecision,
  inet,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  pgEnum,
  pgSchema,
  point,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { add, drop, change, equal } = cell('column', 'default')

const mood = pgEnum('mood', ['sad', "it's", 'ok'])
const app = pgSchema('app')
const state = app.enum('state', ['draft', 'out'])
const moodSql = `CREATE TYPE mood AS ENUM ('sad', 'it''s', 'ok'); `

export const defaults: readonly Case[] = [
  add('a number', t({ a: integer() }), t({ a: integer().default(1) }), ['alter column t.a: default 1']),
  add(
    'a text, rows stay as they are',
    t({ a: text() }),
    t({ a: text().default('x') }),
    ["alter column t.a: default 'x'"],
    { rows: rows('id, a', '1, NULL'), finds: { sql: 'SELECT id, a FROM t', rows: ['1, NULL'] } },
  ),
  add('now()', t({ a: timestamp() }), t({ a: timestamp().defaultNow() }), ['alter column t.a: default now']),
  add('gen_random_uuid()', t({ a: uuid() }), t({ a: uuid().defaultRandom() }), [
    'alter column t.a: default (gen_random_uuid())',
  ]),
  drop('of a number', t({ a: integer().default(1) }), t({ a: integer() }), ['alter column t.a: no default']),
  drop('of an expression', has('a timestamptz DEFAULT now()'), t({ a: timestamp({ withTimezone: true }) }), [
    'alter column t.a: no default',
  ]),
  change('another number', t({ a: integer().default(1) }), t({ a: integer().default(2) }), [
    'alter column t.a: default 2',
  ]),
  change('a text that differs in case', t({ a: text().default('x') }), t({ a: text().default('X') }), [
    "alter column t.a: default 'X'",
  ]),
  change('the word instead of the function', t({ a: text().default('now()') }), t({ a: text().default(sql`now()`) }), [
    'alter column t.a: default now',
  ]),
  change(
    'another value of an enum',
    { mood, ...t({ a: mood().default('sad') }) },
    { mood, ...t({ a: mood().default("it's") }) },
    ["alter column t.a: default 'it''s'"],
  ),
  change('another array', t({ a: text().array().default([]) }), t({ a: text().array().default(['x']) }), [
    "alter column t.a: default '{x}'",
  ]),
  change('another document', t({ a: jsonb().default({}) }), t({ a: jsonb().default({ a: 1 }) }), [
    'alter column t.a: default \'{"a":1}\'',
  ]),
  change(
    'another function',
    has("a timestamp DEFAULT timezone('utc', now())"),
    t({ a: timestamp().default(sql`timezone('cet', now())`) }),
    ["alter column t.a: default (timezone('cet', now()))"],
  ),
  equal(
    'of a varchar, which comes back with a cast',
    has("a varchar(20) DEFAULT 'x', b varchar DEFAULT 'it''s'"),
    t({ a: varchar({ length: 20 }).default('x'), b: varchar().default("it's") }),
  ),
  equal(
    'of a char, and an empty text',
    has("a char(3) DEFAULT 'x', b text DEFAULT ''"),
    t({ a: char({ length: 3 }).default('x'), b: text().default('') }),
  ),
  equal(
    'DEFAULT NULL and none',
    has('a varchar(20) DEFAULT NULL, b integer DEFAULT NULL'),
    t({ a: varchar({ length: 20 }), b: integer() }),
  ),
  equal('none and a default of NULL', has('a integer'), t({ a: integer().default(sql`NULL`) })),
  equal(
    'a negative number',
    has('a integer DEFAULT -1, b bigint DEFAULT -9223372036854775808, c smallint DEFAULT (-1)'),
    t({
      a: integer().default(-1),
      b: bigint({ mode: 'bigint' }).default(-9223372036854775808n),
      c: smallint().default(-1),
    }),
    { notes: [] },
  ),
  equal(
    'a numeric, whatever its zeros',
    has('a numeric(10,2) DEFAULT 1.50, b numeric DEFAULT 0, c numeric(10,2) DEFAULT -1.5'),
    t({
      a: numeric({ precision: 10, scale: 2 }).default('1.50'),
      b: numeric().default('0'),
      c: numeric({ precision: 10, scale: 2 }).default('-1.5'),
    }),
  ),
  equal(
    'a numeric as text with a cast',
    has("a numeric(10,2) DEFAULT '1'::numeric"),
    t({ a: numeric({ precision: 10, scale: 2 }).default('1') }),
  ),
  equal(
    'a real and a double',
    has('a real DEFAULT 0.1, b double precision DEFAULT 1e10, c double precision DEFAULT -0.5'),
    t({ a: real().default(0.1), b: doublePrecision().default(1e10), c: doublePrecision().default(-0.5) }),
  ),
  equal(
    "a boolean as 't', TRUE, false",
    has("a boolean DEFAULT 't', b boolean DEFAULT TRUE, c boolean DEFAULT false"),
    t({ a: boolean().default(true), b: boolean().default(true), c: boolean().default(false) }),
  ),
  equal('a number in quotes', has("a integer DEFAULT '7'"), t({ a: integer().default(7) })),
  equal('an expression that is no constant', has('a integer DEFAULT 1 + 1'), t({ a: integer().default(sql`1 + 1`) })),
  equal(
    'an enum, whose name the server writes',
    `${moodSql}${has("a mood DEFAULT 'it''s'")}`,
    t({ a: mood().default("it's") }),
  ),
  equal(
    'an enum of another schema',
    `CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('draft', 'out'); ${has("a app.state DEFAULT 'draft'")}`,
    { app, ...t({ a: state().default('draft') }) },
  ),
  equal(
    'an array of an enum',
    `${moodSql}${has("a mood[] DEFAULT '{sad,ok}'")}`,
    t({ a: mood().array().default(['sad', 'ok']) }),
  ),
  equal(
    'an empty array in three spellings',
    has("a text[] DEFAULT '{}', b text[] DEFAULT '{}'::text[], c integer[] DEFAULT ARRAY[]::integer[]"),
    t({ a: text().array().default([]), b: text().array().default([]), c: integer().array().default([]) }),
  ),
  equal(
    'an array of texts, with marks in them',
    has(`a text[] DEFAULT '{a,"b,c"}', b text[] DEFAULT ARRAY['x','y z']`),
    t({ a: text().array().default(['a', 'b,c']), b: text().array().default(['x', 'y z']) }),
  ),
  equal(
    'an array of numbers and of booleans',
    has("a integer[] DEFAULT '{1,2}', b boolean[] DEFAULT '{t,f}', c integer[] DEFAULT ARRAY[1,2]"),
    t({
      a: integer().array().default([1, 2]),
      b: boolean().array().default([true, false]),
      c: integer().array().default([1, 2]),
    }),
  ),
  equal(
    'documents',
    has(
      `a jsonb DEFAULT '{}', b jsonb DEFAULT '{"a": [1, "x"]}', c json DEFAULT '[]', d jsonb DEFAULT '{}'::jsonb NOT NULL`,
    ),
    t({
      a: jsonb().default({}),
      b: jsonb().default({ a: [1, 'x'] }),
      c: json().default([]),
      d: jsonb().notNull().default(sql`'{}'::jsonb`),
    }),
  ),
  equal(
    'now() in five spellings',
    has(
      'a timestamptz DEFAULT now(), b timestamptz DEFAULT CURRENT_TIMESTAMP, c timestamp DEFAULT current_timestamp, d timestamp DEFAULT (now()), e timestamptz DEFAULT pg_catalog.now()',
    ),
    t({
      a: timestamp({ withTimezone: true }).default(sql`CURRENT_TIMESTAMP`),
      b: timestamp({ withTimezone: true }).defaultNow(),
      c: timestamp().defaultNow(),
      d: timestamp().defaultNow(),
      e: timestamp({ withTimezone: true }).defaultNow(),
    }),
  ),
  equal(
    'now() of table(…)',
    has('a timestamp DEFAULT CURRENT_TIMESTAMP'),
    own({ a: column(stamp(), { default: now() }) }),
  ),
  equal(
    'the date and the time of now',
    has('a date DEFAULT CURRENT_DATE, b date DEFAULT now(), c time DEFAULT LOCALTIME'),
    t({ a: date().default(sql`current_date`), b: date().defaultNow(), c: time().default(sql`localtime`) }),
  ),
  equal(
    'now() in another time zone',
    has("a timestamp DEFAULT timezone('utc', now()), b timestamp DEFAULT (now() AT TIME ZONE 'utc')"),
    t({
      a: timestamp().default(sql`(now() at time zone 'utc')`),
      b: timestamp().default(sql`timezone('utc'::text, now())`),
    }),
  ),
  equal(
    'a moment that the ORM maps',
    has(
      "a timestamp DEFAULT '2020-01-01 00:00:00', b timestamptz DEFAULT '2020-01-01T00:00:00Z', c date DEFAULT '2020-01-01'",
    ),
    t({
      a: timestamp().default(new Date('2020-01-01T00:00:00Z')),
      b: timestamp({ withTimezone: true }).default(new Date('2020-01-01T00:00:00Z')),
      c: date({ mode: 'date' }).default(new Date('2020-01-01T00:00:00Z')),
    }),
  ),
  equal(
    'an interval',
    has("a interval DEFAULT '01:00:00', b interval DEFAULT '1 hour'"),
    t({ a: interval().default('1 hour'), b: interval().default('60 minutes') }),
  ),
  equal(
    'an address and a point',
    has("a inet DEFAULT '127.0.0.1', b point DEFAULT '(1,2)'"),
    t({ a: inet().default('127.0.0.1'), b: point().default([1, 2]) }),
  ),
  equal(
    'a UUID that the server makes',
    has('a uuid DEFAULT gen_random_uuid(), b uuid DEFAULT pg_catalog.gen_random_uuid()'),
    t({ a: uuid().defaultRandom(), b: uuid().default(sql`gen_random_uuid()`) }),
  ),
  equal(
    'a function of an extension',
    `CREATE EXTENSION "uuid-ossp"; ${has('a uuid DEFAULT uuid_generate_v4()')}`,
    t({ a: uuid().default(sql`uuid_generate_v4()`) }),
  ),
  equal(
    'a function of its own, in the schema',
    `CREATE FUNCTION new_id() RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'; ${has('a text DEFAULT new_id()')}`,
    t({ a: text().default(sql`new_id()`) }),
  ),
  equal(
    'the next number of a sequence that is declared nowhere else',
    `CREATE SEQUENCE numbers; ${has("a bigint DEFAULT nextval('numbers')")}`,
    t({ a: bigint({ mode: 'number' }).default(sql`nextval('numbers')`) }),
  ),
  equal(
    'a text with casts of its own',
    has("a text DEFAULT 'x'::text, b varchar(9) DEFAULT 'x'::character varying"),
    t({ a: text().default(sql`'x'::text`), b: varchar({ length: 9 }).default(sql`'x'`) }),
  ),
  equal(
    'a text with a backslash, a dollar and a new line',
    has("a text DEFAULT E'a\\\\b$1\\nc'"),
    t({ a: text().default('a\\b$1\nc') }),
  ),
  equal('the user and the schema', has('a text DEFAULT CURRENT_USER, b name DEFAULT current_schema()'), {
    ...own({
      a: column({ kind: 'text' }, { default: { kind: 'expression', sql: 'current_user' } }),
      b: column(
        { kind: 'native', dialect: 'postgres', sql: 'name' },
        { default: { kind: 'expression', sql: 'current_schema()' } },
      ),
    }),
  }),
  equal(
    'a calculation with texts',
    has("a text DEFAULT 'x' || lower('Y')"),
    t({ a: text().default(sql`'x' || lower('Y')`) }),
  ),
  equal('only the program has it', has('a text'), t({ a: text().$defaultFn(() => 'x') })),
]
