import { boolean, column, expression, now, timestamp } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { blob, integer, numeric, real, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const { add, drop, change, equal } = cell('column', 'default')

export const defaults: readonly Case[] = [
  add('a number', t({ a: integer() }), t({ a: integer().default(1) }), ['alter column t.a: default 1']),
  add(
    'a text, rows stay as they are',
    t({ a: text() }),
    t({ a: text().default('x') }),
    ["alter column t.a: default 'x'"],
    {
      rows: rows('id, a', '1, NULL'),
      finds: { sql: 'SELECT id, a FROM t', rows: ['1, NULL'] },
    },
  ),
  add('an expression', t({ a: integer() }), t({ a: integer().default(sql`(unixepoch())`) }), [
    'alter column t.a: default (unixepoch())',
  ]),
  drop('of a number', t({ a: integer().default(1) }), t({ a: integer() }), ['alter column t.a: no default']),
  drop('of CURRENT_TIMESTAMP', has('a TEXT DEFAULT CURRENT_TIMESTAMP'), t({ a: text() }), [
    'alter column t.a: no default',
  ]),
  change('another number', t({ a: integer().default(1) }), t({ a: integer().default(2) }), [
    'alter column t.a: default 2',
  ]),
  change('a text that differs in case', t({ a: text().default('x') }), t({ a: text().default('X') }), [
    "alter column t.a: default 'X'",
  ]),
  change('a text for the number it looks like', has('a TEXT DEFAULT 1'), t({ a: text().default('1') }), [
    "alter column t.a: default '1'",
  ]),
  change(
    'the word instead of the function',
    t({ a: text().default('CURRENT_TIMESTAMP') }),
    t({ a: text().default(sql`CURRENT_TIMESTAMP`) }),
    ['alter column t.a: default now'],
  ),
  change('a real that is no integer', t({ a: real().default(1) }), t({ a: real().default(1.5) }), [
    'alter column t.a: default 1.5',
  ]),
  change(
    'false instead of true',
    t({ a: integer({ mode: 'boolean' }).default(true) }),
    t({ a: integer({ mode: 'boolean' }).default(false) }),
    ['alter column t.a: default false'],
  ),
  equal('a number as text in a column of integers', has("a INTEGER DEFAULT '5'"), t({ a: integer().default(5) })),
  equal(
    'the text of a number instead of the number',
    has('a INTEGER DEFAULT 5'),
    t({ a: integer().default(sql`'5'`) }),
  ),
  equal('a whole real in a column of integers', has('a INTEGER DEFAULT 5.0'), t({ a: integer().default(5) })),
  equal('a number as text in a column of numbers', has("a NUMERIC DEFAULT '1.50'"), t({ a: numeric().default('1.5') })),
  equal('a number as text in a column of reals', has("a REAL DEFAULT '1.5'"), t({ a: real().default(1.5) })),
  equal(
    'one as text in a column of booleans',
    has("a BOOLEAN DEFAULT '1'"),
    own({ a: column(boolean(), { default: true }) }),
  ),
  change('another number as text', has("a INTEGER DEFAULT '5'"), t({ a: integer().default(6) }), [
    'alter column t.a: default 6',
  ]),
  equal('a number in parentheses', has('a INTEGER DEFAULT (1)'), t({ a: integer().default(1) })),
  equal('a number in two pairs of parentheses', has('a INTEGER DEFAULT ((1))'), t({ a: integer().default(1) })),
  equal('a negative number', has('a INTEGER DEFAULT -1'), t({ a: integer().default(-1) })),
  equal(
    'a negative number in parentheses, with a space',
    has('a INTEGER DEFAULT (- 1)'),
    t({ a: integer().default(-1) }),
  ),
  equal('a number with its sign', has('a INTEGER DEFAULT +1'), t({ a: integer().default(1) })),
  equal('DEFAULT NULL and none', has('a INTEGER DEFAULT NULL'), t({ a: integer() })),
  equal('none and a default of NULL', has('a INTEGER'), t({ a: integer().default(sql`NULL`) })),
  equal('a text in double quotes', has('a TEXT DEFAULT "x"'), t({ a: text().default('x') })),
  equal('a text with a quote in it', has("a TEXT DEFAULT 'it''s'"), t({ a: text().default("it's") })),
  equal('an empty text', has("a TEXT DEFAULT ''"), t({ a: text().default('') })),
  equal('a text that looks like a number', has("a TEXT DEFAULT '1'"), t({ a: text().default('1') })),
  equal(
    'an expression in parentheses, and without',
    has("a TEXT DEFAULT (lower('X'))"),
    t({ a: text().default(sql`lower('X')`) }),
  ),
  equal(
    'an expression in other spaces and letters',
    has("a TEXT DEFAULT ( LOWER( 'X' ) )"),
    t({ a: text().default(sql`(lower('X'))`) }),
  ),
  equal(
    'unixepoch()',
    has('a INTEGER DEFAULT (unixepoch())'),
    t({ a: integer({ mode: 'timestamp' }).default(sql`(unixepoch())`) }),
  ),
  equal(
    'CURRENT_TIMESTAMP in small letters and parentheses',
    has('a TEXT DEFAULT (current_timestamp)'),
    t({ a: text().default(sql`CURRENT_TIMESTAMP`) }),
  ),
  equal(
    'a boolean as TRUE',
    has('a INTEGER NOT NULL DEFAULT TRUE'),
    t({ a: integer({ mode: 'boolean' }).notNull().default(true) }),
  ),
  equal(
    'a boolean as 0',
    has('a INTEGER NOT NULL DEFAULT 0'),
    t({ a: integer({ mode: 'boolean' }).notNull().default(false) }),
  ),
  equal('a boolean of table(…) as 1', has('a BOOLEAN DEFAULT 1'), own({ a: column(boolean(), { default: true }) })),
  equal(
    'now() of table(…)',
    has('a DATETIME DEFAULT CURRENT_TIMESTAMP'),
    own({ a: column(timestamp(), { default: now() }) }),
  ),
  equal(
    'an expression of table(…)',
    has('a DATETIME DEFAULT (CURRENT_TIMESTAMP)'),
    own({ a: column(timestamp(), { default: expression('current_timestamp') }) }),
  ),
  equal(
    'a moment that the ORM maps',
    has('a INTEGER DEFAULT 1577836800'),
    t({ a: integer({ mode: 'timestamp' }).default(new Date('2020-01-01T00:00:00Z')) }),
  ),
  equal(
    'JSON that the ORM maps',
    has(`a TEXT DEFAULT '{"a":[1]}'`),
    t({ a: text({ mode: 'json' }).default({ a: [1] }) }),
  ),
  equal(
    'a blob, its digits in the other case',
    has("a BLOB DEFAULT X'AB00'"),
    t({ a: blob({ mode: 'buffer' }).default(Buffer.from([0xab, 0])) }),
  ),
  equal(
    'a number beyond what JavaScript holds',
    has('a INTEGER DEFAULT 9223372036854775807'),
    t({ a: integer().default(sql`9223372036854775807`) }),
  ),
  equal('a number in hexadecimal digits', has('a INTEGER DEFAULT 0x10'), t({ a: integer().default(sql`0X10`) })),
  equal('a decimal as its text', has("a NUMERIC DEFAULT '1.50'"), t({ a: numeric().default('1.50') })),
  equal('a real with a zero behind the point', has('a REAL DEFAULT 1.0'), t({ a: real().default(1) })),
  equal('a value that only the program makes', has('a TEXT'), t({ a: text().$defaultFn(() => 'x') })),
]
