import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  char,
  date,
  doublePrecision,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  pgTable,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
/** What is changed where drizzle-kit wants something of the other table anyway. */
const beside = pgTable('beside', { id: id(), name: text('name') })
const change = 'ALTER TABLE beside ALTER COLUMN name SET NOT NULL'

export const defaults: readonly OracleSchema[] = [
  schema(
    'texts as defaults',
    [
      {
        texts: pgTable('texts', {
          id: id(),
          plain: text('plain').default('new'),
          empty: text('empty').notNull().default(''),
          quoted: text('quoted').default("it's"),
          sized: varchar('sized', { length: 20 }).default('abc'),
          fixed: char('fixed', { length: 2 }).default('at'),
          number: text('number').default('42'),
          word: text('word').default('NULL'),
          called: text('called').default('now()'),
        }),
      },
    ],
    "ALTER TABLE texts ALTER COLUMN plain SET DEFAULT 'old'",
  ),
  schema(
    'a backslash, colons and brackets in texts',
    [
      {
        texts: pgTable('texts', {
          id: id(),
          back: text('back').default('a\\b'),
          bracket: text('bracket').default('[1]'),
        }),
      },
    ],
    "ALTER TABLE texts ALTER COLUMN bracket SET DEFAULT 'old'",
  ),
  schema(
    'two colons in a text',
    [{ beside, texts: pgTable('texts', { id: id(), code: text('code').default('x::text') }) }],
    change,
    { noise: 'it takes what follows them for a cast of the server' },
  ),
  schema(
    'numbers as defaults',
    [
      {
        numbers: pgTable('numbers', {
          id: id(),
          zero: integer('zero').notNull().default(0),
          many: bigint('many', { mode: 'number' }).default(86_400),
          half: doublePrecision('half').default(0.5),
          exact: numeric('exact', { precision: 10, scale: 2 }).default('10.50'),
        }),
      },
    ],
    'ALTER TABLE numbers ALTER COLUMN zero SET DEFAULT 1',
  ),
  schema(
    'a negative number as a default',
    [{ beside, numbers: pgTable('numbers', { id: id(), below: integer('below').default(-1) }) }],
    change,
    { noise: "the server gives '-1'::integer back, which is a text to it" },
  ),
  schema(
    'booleans as defaults, which are turned round',
    [
      {
        flags: pgTable('flags', {
          id: id(),
          on: boolean('on').notNull().default(true),
          off: boolean('off').default(false),
        }),
      },
      {
        flags: pgTable('flags', {
          id: id(),
          on: boolean('on').notNull().default(false),
          off: boolean('off'),
          added: boolean('added').notNull().default(true),
        }),
      },
    ],
    'ALTER TABLE flags ALTER COLUMN "on" SET DEFAULT true',
  ),
  schema(
    'JSON as defaults',
    [
      {
        settings: pgTable('settings', {
          id: id(),
          one: jsonb('one').default({ theme: 'dark' }),
          empty: jsonb('empty').notNull().default({}),
          list: json('list').default([]),
        }),
      },
    ],
    `ALTER TABLE settings ALTER COLUMN empty SET DEFAULT '[]'`,
  ),
  schema(
    'JSON with two keys as a default',
    [
      {
        beside,
        settings: pgTable('settings', { id: id(), data: jsonb('data').default({ theme: 'dark', sizes: [1, 2] }) }),
      },
    ],
    change,
    { noise: 'the server gives the keys back in its own order, the list with blanks' },
  ),
  schema(
    'times as defaults',
    [
      {
        times: pgTable('times', {
          id: id(),
          made: timestamp('made').notNull().defaultNow(),
          zoned: timestamp('zoned', { withTimezone: true }).notNull().defaultNow(),
          precise: timestamp('precise', { precision: 3 }).defaultNow(),
          day: date('day').defaultNow(),
          noon: time('noon').defaultNow(),
          fixed: date('fixed').default('2020-01-01'),
        }),
      },
    ],
    'ALTER TABLE times ALTER COLUMN made DROP DEFAULT',
  ),
  schema(
    'a moment as a default',
    [
      {
        beside,
        times: pgTable('times', {
          id: id(),
          at: timestamp('at').default(new Date('2020-01-01T00:00:00Z')),
          zoned: timestamp('zoned', { withTimezone: true }).default(new Date('2020-01-01T00:00:00Z')),
        }),
      },
    ],
    change,
    { noise: 'the server gives the moment back in its own format' },
  ),
  schema(
    'identifiers as defaults',
    [
      {
        users: pgTable('users', {
          id: uuid('id').primaryKey().defaultRandom(),
          fixed: uuid('fixed').default('6f6b3c1e-0000-4000-8000-000000000000'),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE users ALTER COLUMN id DROP DEFAULT',
  ),
  schema(
    'arrays as defaults',
    [
      {
        lists: pgTable('lists', {
          id: id(),
          names: text('names').array().notNull().default(['a', 'b']),
          numbers: integer('numbers').array().default([1, 2, 3]),
          flags: boolean('flags').array().default([true, false]),
        }),
      },
    ],
    `ALTER TABLE lists ALTER COLUMN names SET DEFAULT '{}'`,
  ),
  schema(
    'an empty array as a default',
    [{ beside, lists: pgTable('lists', { id: id(), names: text('names').array().notNull().default([]) }) }],
    change,
    { noise: "it declares '{}' and reads '{}'::text[]" },
  ),
  schema(
    'expressions as defaults',
    [
      {
        expressions: pgTable('expressions', {
          id: id(),
          token: uuid('token').default(sql`gen_random_uuid()`),
          at: timestamp('at').default(sql`now()`),
          stamp: timestamp('stamp').default(sql`CURRENT_TIMESTAMP`),
          day: date('day').default(sql`CURRENT_DATE`),
          epoch: doublePrecision('epoch').default(sql`random()`),
        }),
      },
    ],
    'ALTER TABLE expressions ALTER COLUMN at DROP DEFAULT',
  ),
  schema(
    'expressions that the server writes otherwise',
    [
      {
        beside,
        expressions: pgTable('expressions', {
          id: id(),
          sum: integer('sum').default(sql`1 + 1`),
          utc: timestamp('utc').default(sql`timezone('utc', now())`),
          cast: text('cast').default(sql`'x'::text`),
          list: text('list').array().default(sql`'{}'::text[]`),
          none: integer('none').array().default(sql`ARRAY[]::integer[]`),
        }),
      },
    ],
    change,
    { noise: 'it compares the text that was declared with the one that the server gives back' },
  ),
  schema(
    'defaults are added, changed and taken away',
    [
      {
        jobs: pgTable('jobs', {
          id: id(),
          state: text('state').notNull(),
          tries: integer('tries').notNull().default(3),
          queue: varchar('queue', { length: 20 }).default('low'),
          at: timestamp('at', { withTimezone: true }),
          data: jsonb('data').default({ a: 1 }),
        }),
      },
      {
        jobs: pgTable('jobs', {
          id: id(),
          state: text('state').notNull().default('waiting'),
          tries: integer('tries').notNull().default(5),
          queue: varchar('queue', { length: 20 }),
          at: timestamp('at', { withTimezone: true }).defaultNow(),
          data: jsonb('data').default({ a: 2 }),
        }),
      },
    ],
    'ALTER TABLE jobs ALTER COLUMN tries SET DEFAULT 6',
  ),
  schema(
    'an interval as a default',
    [{ spans: pgTable('spans', { id: id(), span: interval('span').default('1 day'), name: text('name') }) }],
    'ALTER TABLE spans ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'what the application fills in is no default',
    [
      {
        rows: pgTable('rows', {
          id: uuid('id')
            .primaryKey()
            .$defaultFn(() => 'x'),
          at: timestamp('at').$onUpdate(() => new Date(0)),
          made: integer('made').$default(() => 1),
        }),
      },
      { rows: pgTable('rows', { id: uuid('id').primaryKey(), at: timestamp('at'), made: integer('made').notNull() }) },
    ],
    'ALTER TABLE rows ALTER COLUMN made DROP NOT NULL',
    { fill: { 'rows.made': '0' } },
  ),
]
