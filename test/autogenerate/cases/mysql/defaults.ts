import {
  boolean as bool,
  column,
  expression,
  integer as int32,
  text as longText,
  timestamp as moment,
  now,
  varchar as words,
} from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  date,
  datetime,
  decimal,
  double,
  int,
  json,
  mysqlEnum,
  text,
  timestamp,
  tinyint,
  varbinary,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { add, drop, change, equal } = cell('column', 'default')
const updates = cell('column', 'ON UPDATE')

const name = () => varchar({ length: 20 })
const bits = customType<{ data: string }>({ dataType: () => 'bit(4)' })
const when = (onUpdate: boolean) => own({ a: column(moment(), onUpdate ? { onUpdate: 'now' } : {}) })

export const defaults: readonly Case[] = [
  add('a number', t({ a: int() }), t({ a: int().default(1) }), ['alter column t.a: default 1']),
  add(
    'a text, rows stay as they are',
    t({ a: name() }),
    t({ a: name().default('x') }),
    ["alter column t.a: default 'x'"],
    { rows: rows('id, a', '1, NULL'), finds: { sql: 'SELECT id, a FROM t', rows: ['1, NULL'] } },
  ),
  add('an expression', t({ a: int() }), t({ a: int().default(sql`(1 + 1)`) }), ['alter column t.a: default (1 + 1)'], {
    rows: rows('id', '1'),
    finds: { sql: 'INSERT INTO t (id) VALUES (2); SELECT a FROM t ORDER BY id', rows: ['NULL', '2'] },
  }),
  add('a text of a column that takes only expressions', t({ a: text() }), t({ a: text().default('x') }), [
    "alter column t.a: default 'x'",
  ]),
  add('now', t({ a: timestamp() }), t({ a: timestamp().defaultNow() }), ['alter column t.a: default now']),
  add(
    'to a column with a comment and a collation that Drizzle says nothing of, which stay',
    has("a varchar(20) COLLATE utf8mb4_bin COMMENT 'what it is'"),
    t({ a: name().default('x') }),
    ["alter column t.a: default 'x'"],
    {
      finds: {
        sql: "SELECT COLUMN_COMMENT, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'a'",
        rows: ['what it is, utf8mb4_bin'],
      },
    },
  ),
  drop('of a number', t({ a: int().default(1) }), t({ a: int() }), ['alter column t.a: no default']),
  drop('of CURRENT_TIMESTAMP', has('a timestamp NULL DEFAULT CURRENT_TIMESTAMP'), t({ a: timestamp() }), [
    'alter column t.a: no default',
  ]),
  drop('and the column is NOT NULL', t({ a: int().notNull().default(0) }), t({ a: int().notNull() }), [
    'alter column t.a: no default',
  ]),
  change('another number', t({ a: int().default(1) }), t({ a: int().default(2) }), ['alter column t.a: default 2']),
  change('a text that differs in case', t({ a: name().default('x') }), t({ a: name().default('X') }), [
    "alter column t.a: default 'X'",
  ]),
  change('an empty text for none', t({ a: name() }), t({ a: name().default('') }), ["alter column t.a: default ''"]),
  change('the word NULL for none', t({ a: name() }), t({ a: name().default('NULL') }), [
    "alter column t.a: default 'NULL'",
  ]),
  change(
    'the word instead of the function',
    t({ a: name().default('CURRENT_TIMESTAMP') }),
    t({ a: name().default(sql`(now())`) }),
    ['alter column t.a: default now'],
  ),
  change('false instead of true', t({ a: boolean().default(true) }), t({ a: boolean().default(false) }), [
    'alter column t.a: default false',
  ]),
  change(
    'another value of an enum',
    t({ a: mysqlEnum(['x', 'y']).default('x') }),
    t({ a: mysqlEnum(['x', 'y']).default('y') }),
    ["alter column t.a: default 'y'"],
  ),
  change('another expression', t({ a: int().default(sql`(1 + 1)`) }), t({ a: int().default(sql`(1 + 2)`) }), [
    'alter column t.a: default (1 + 2)',
  ]),
  equal('a number in quotes', has("a int DEFAULT '1'"), t({ a: int().default(1) })),
  equal('a number without quotes, and the text of it', has('a varchar(20) DEFAULT 1'), t({ a: name().default('1') })),
  equal('a negative number', has('a int DEFAULT -1'), t({ a: int().default(-1) })),
  equal('a number with its sign', has('a int DEFAULT +1'), t({ a: int().default(1) })),
  equal('DEFAULT NULL and none', has('a int DEFAULT NULL'), t({ a: int() })),
  equal('none and a default of NULL', has('a int'), t({ a: int().default(sql`NULL`) })),
  equal(
    'a text with quotes and a backslash in it',
    has("a varchar(20) DEFAULT 'it''s \\\\ \"'"),
    t({ a: name().default('it\'s \\ "') }),
  ),
  equal('an empty text', has("a varchar(20) DEFAULT ''"), t({ a: name().default('') })),
  equal(
    'a text that looks like a function',
    has("a varchar(40) DEFAULT 'current_timestamp()'"),
    t({
      a: varchar({ length: 40 }).default('current_timestamp()'),
    }),
  ),
  equal('a text that is a quote', has("a varchar(20) DEFAULT ''''"), t({ a: name().default("'") })),
  equal('a text beyond ASCII', has("a varchar(20) DEFAULT 'naïve 🙂'"), t({ a: name().default('naïve 🙂') })),
  equal(
    'an expression in other spaces, letters and parentheses',
    has("a varchar(20) DEFAULT (( UPPER( 'x' ) ))"),
    t({
      a: name().default(sql`(upper('x'))`),
    }),
  ),
  equal('uuid()', has('a varchar(36) DEFAULT (UUID())'), t({ a: varchar({ length: 36 }).default(sql`(uuid())`) })),
  equal(
    'all names of CURRENT_TIMESTAMP',
    has(
      'a timestamp NULL DEFAULT NOW(), b timestamp NULL DEFAULT LOCALTIME, c datetime DEFAULT current_timestamp(), d datetime DEFAULT LOCALTIMESTAMP()',
    ),
    t({
      a: timestamp().defaultNow(),
      b: timestamp().default(sql`CURRENT_TIMESTAMP`),
      c: datetime().default(sql`now()`),
      d: datetime().default(sql`(CURRENT_TIMESTAMP)`),
    }),
  ),
  equal(
    'CURRENT_TIMESTAMP with digits',
    has('a datetime(3) DEFAULT CURRENT_TIMESTAMP(3)'),
    t({
      a: datetime({ fsp: 3 }).default(sql`CURRENT_TIMESTAMP(3)`),
    }),
  ),
  equal(
    'CURRENT_TIMESTAMP without digits, in a column with them',
    has('a datetime(3) DEFAULT CURRENT_TIMESTAMP(3)'),
    t({ a: datetime({ fsp: 3 }).default(sql`CURRENT_TIMESTAMP`) }),
  ),
  equal('now() in parentheses', has('a timestamp NULL DEFAULT (now())'), t({ a: timestamp().defaultNow() })),
  equal(
    'now() of table(…)',
    has('a datetime(6) DEFAULT CURRENT_TIMESTAMP(6)'),
    own({ a: column(moment(), { default: now() }) }),
  ),
  equal(
    'an expression of table(…)',
    has('a int DEFAULT (1+ 1)'),
    own({ a: column(int32(), { default: expression('1 + 1') }) }),
  ),
  equal('a boolean as TRUE', has('a boolean NOT NULL DEFAULT TRUE'), t({ a: boolean().notNull().default(true) })),
  equal(
    'a boolean as 0 in quotes',
    has("a tinyint(1) NOT NULL DEFAULT '0'"),
    t({ a: boolean().notNull().default(false) }),
  ),
  equal('a boolean of table(…) as 1', has('a tinyint(1) DEFAULT 1'), own({ a: column(bool(), { default: true }) })),
  equal('a tinyint, which is a number', has("a tinyint DEFAULT '1'"), t({ a: tinyint().default(1) })),
  equal(
    'a decimal without its zeros',
    has('a decimal(10,2) DEFAULT 1.5'),
    t({ a: decimal({ precision: 10, scale: 2 }).default('1.50') }),
  ),
  equal('a double with a zero behind the point', has('a double DEFAULT 1.0'), t({ a: double().default(1) })),
  equal(
    'a number beyond what JavaScript holds',
    has('a bigint DEFAULT 9223372036854775807'),
    t({
      a: bigint({ mode: 'bigint' }).default(9223372036854775807n),
    }),
  ),
  equal(
    'a moment that the ORM maps',
    has("a datetime DEFAULT '2020-01-01 00:00:00'"),
    t({
      a: datetime().default(new Date('2020-01-01T00:00:00Z')),
    }),
  ),
  equal('a day', has("a date DEFAULT '2020-01-01'"), t({ a: date({ mode: 'string' }).default('2020-01-01') })),
  equal('JSON that the ORM maps', has(`a json DEFAULT ('{"a":[1]}')`), t({ a: json().default({ a: [1] }) })),
  equal('a value of an enum', has("a enum('x','y') DEFAULT 'y'"), t({ a: mysqlEnum(['x', 'y']).default('y') })),
  equal('bits', has("a bit(4) DEFAULT b'101'"), t({ a: bits().default(sql`b'101'`) })),
  equal('bytes', has("a varbinary(4) DEFAULT 'ab'"), t({ a: varbinary({ length: 4 }).default('ab') })),
  equal('a text of a column that takes only expressions', has("a text DEFAULT ('x')"), t({ a: text().default('x') })),
  equal(
    'a text of table(…)',
    has("a longtext DEFAULT ('x'), b varchar(20) DEFAULT 'y'"),
    own({
      a: column(longText(), { default: 'x' }),
      b: column(words(20), { default: 'y' }),
    }),
  ),
  equal(
    'a value that only the program makes',
    has('a varchar(20)'),
    t({
      a: name()
        .$defaultFn(() => 'x')
        .$onUpdateFn(() => 'y'),
    }),
  ),

  updates.add('to a timestamp', t({ a: timestamp() }), t({ a: timestamp().onUpdateNow() }), [
    'alter column t.a: {"onUpdate":"now"}',
  ]),
  updates.add('of table(…)', when(false), when(true), ['alter column t.a: {"onUpdate":"now"}'], {
    rows: rows('id', '1'),
    finds: { sql: 'UPDATE t SET id = 2; SELECT a IS NULL FROM t', rows: ['0'] },
  }),
  updates.add(
    'with digits, beside a default that stays',
    t({ a: timestamp({ fsp: 3 }).defaultNow() }),
    t({
      a: timestamp({ fsp: 3 }).defaultNow().onUpdateNow(),
    }),
    ['alter column t.a: {"onUpdate":"now"}'],
  ),
  updates.drop('from a timestamp', t({ a: timestamp().onUpdateNow() }), t({ a: timestamp() }), [
    'alter column t.a: {"onUpdate":null}',
  ]),
  updates.drop('of table(…)', when(true), when(false), ['alter column t.a: {"onUpdate":null}']),
  updates.change(
    'the digits of its column',
    t({ a: timestamp().onUpdateNow() }),
    t({ a: timestamp({ fsp: 3 }).onUpdateNow() }),
    ['alter column t.a: type native timestamp(3)'],
  ),
  updates.change(
    'of a column that may be NULL from now on, where MariaDB had given it a zero as default',
    own({ a: column(moment(), { onUpdate: 'now', nullable: false }) }),
    own({ a: column(moment(), { onUpdate: 'now' }) }),
    ['alter column t.a: null'],
  ),
  updates.equal(
    'in the words of each server',
    has(
      'a timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE current_timestamp(), b timestamp(6) NULL ON UPDATE NOW(6)',
    ),
    t({ a: timestamp().defaultNow().onUpdateNow(), b: timestamp({ fsp: 6 }).onUpdateNow() }),
  ),
  updates.equal(
    'NOT NULL without a default, to which MariaDB gives a zero',
    has('a timestamp NOT NULL DEFAULT 0 ON UPDATE CURRENT_TIMESTAMP'),
    t({
      a: timestamp().notNull().onUpdateNow(),
    }),
    { only: 'mariadb' },
  ),
  updates.equal(
    'of a datetime in Drizzle, which has no word for it',
    has('a datetime ON UPDATE CURRENT_TIMESTAMP'),
    t({ a: datetime() }),
  ),
]
