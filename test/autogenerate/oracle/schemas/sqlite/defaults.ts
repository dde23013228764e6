import { sql } from 'drizzle-orm'
import { blob, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
/** What is changed where drizzle-kit wants the other table recreated anyway. */
const beside = sqliteTable('beside', { id: id(), name: text('name') })

export const defaults: readonly OracleSchema[] = [
  schema(
    'texts as defaults',
    [
      {
        texts: sqliteTable('texts', {
          id: id(),
          plain: text('plain').default('new'),
          empty: text('empty').notNull().default(''),
          quoted: text('quoted').default("it's"),
          json: text('json').default('{"a":1}'),
          number: text('number').default('42'),
          word: text('word').default('NULL'),
          paren: text('paren').default('(now)'),
        }),
      },
    ],
    'ALTER TABLE texts ALTER COLUMN plain SET NOT NULL',
  ),
  schema(
    'numbers as defaults',
    [
      {
        numbers: sqliteTable('numbers', {
          id: id(),
          zero: integer('zero').notNull().default(0),
          many: integer('many').default(86_400),
          below: integer('below').default(-1),
          half: real('half').default(0.5),
          whole: real('whole').default(2),
          exact: numeric('exact').default('10.50'),
        }),
      },
    ],
    'ALTER TABLE numbers ALTER COLUMN zero DROP NOT NULL',
  ),
  schema(
    'booleans as defaults, which are turned round',
    [
      {
        flags: sqliteTable('flags', {
          id: id(),
          on: integer('on', { mode: 'boolean' }).notNull().default(true),
          off: integer('off', { mode: 'boolean' }).default(false),
        }),
      },
      {
        flags: sqliteTable('flags', {
          id: id(),
          on: integer('on', { mode: 'boolean' }).notNull().default(false),
          off: integer('off', { mode: 'boolean' }),
          added: integer('added', { mode: 'boolean' }).notNull().default(true),
        }),
      },
    ],
    'ALTER TABLE flags DROP COLUMN off',
  ),
  schema(
    'JSON as defaults',
    [
      {
        settings: sqliteTable('settings', {
          id: id(),
          object: text('object', { mode: 'json' }).default({ theme: 'dark', sizes: [1, 2] }),
          list: text('list', { mode: 'json' }).notNull().default([]),
        }),
      },
    ],
    'ALTER TABLE settings ALTER COLUMN list DROP NOT NULL',
  ),
  schema(
    'dates as defaults',
    [
      {
        beside,
        dates: sqliteTable('dates', {
          id: id(),
          at: integer('at', { mode: 'timestamp' }).default(new Date('2020-01-01T00:00:00Z')),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    {
      disagrees: {
        why: 'it writes the date as a text in quotes, which drizzle-orm reads as no date: its own INSERT writes 1577836800',
        wants: [
          'CREATE TABLE `__new_dates` (\n\t`id` integer PRIMARY KEY NOT NULL,\n\t`at` integer DEFAULT \'"2020-01-01T00:00:00.000Z"\',\n\t`name` text\n);\n',
          'INSERT INTO `__new_dates`("id", "at", "name") SELECT "id", "at", "name" FROM `dates`;',
          'DROP TABLE `dates`;',
          'ALTER TABLE `__new_dates` RENAME TO `dates`;',
        ],
        weFind: ['change column dates.at: default'],
      },
    },
  ),
  schema(
    'expressions as defaults',
    [
      {
        expressions: sqliteTable('expressions', {
          id: id(),
          at: integer('at').notNull().default(sql`(unixepoch())`),
          token: text('token').default(sql`(lower(hex(randomblob(16))))`),
          day: text('day').default(sql`(date('now', 'start of month'))`),
          sum: integer('sum').default(sql`(1 + 2 * 3)`),
        }),
      },
    ],
    'ALTER TABLE expressions ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'defaults are added, changed and taken away',
    [
      {
        jobs: sqliteTable('jobs', {
          id: id(),
          state: text('state').notNull(),
          tries: integer('tries').notNull().default(3),
          queue: text('queue').default('low'),
          at: integer('at').default(0),
        }),
      },
      {
        jobs: sqliteTable('jobs', {
          id: id(),
          state: text('state').notNull().default('waiting'),
          tries: integer('tries').notNull().default(5),
          queue: text('queue'),
          at: integer('at').default(sql`(unixepoch())`),
        }),
      },
    ],
    'ALTER TABLE jobs ALTER COLUMN tries DROP NOT NULL',
  ),
  schema(
    'CURRENT_TIMESTAMP as a default',
    [
      {
        beside,
        events: sqliteTable('events', {
          id: id(),
          at: text('at').notNull().default(sql`CURRENT_TIMESTAMP`),
          day: text('day').default(sql`CURRENT_DATE`),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'PRAGMA table_info gives it back in other letters or parentheses than the schema has' },
  ),
  schema(
    'CURRENT_TIMESTAMP in parentheses as a default',
    [
      {
        events: sqliteTable('events', {
          id: id(),
          at: text('at').notNull().default(sql`(CURRENT_TIMESTAMP)`),
          name: text('name'),
        }),
      },
    ],
    'ALTER TABLE events ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'a blob as a default',
    [{ beside, keys: sqliteTable('keys', { id: id(), raw: blob('raw').default(sql`x'0aff'`), name: text('name') }) }],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'it compares the text of the expression with what SQLite gives back' },
  ),
  schema(
    'NULL as a default',
    [{ beside, keys: sqliteTable('keys', { id: id(), raw: text('raw').default(sql`NULL`), name: text('name') }) }],
    'ALTER TABLE beside ALTER COLUMN name SET NOT NULL',
    { noise: 'a default of NULL is none to it when it reads, and one when it is declared' },
  ),
  schema(
    'what the application fills in is no default',
    [
      {
        rows: sqliteTable('rows', {
          id: text('id')
            .primaryKey()
            .$defaultFn(() => 'x'),
          at: integer('at', { mode: 'timestamp' }).$onUpdate(() => new Date(0)),
          made: integer('made').$default(() => 1),
        }),
      },
      {
        rows: sqliteTable('rows', { id: text('id').primaryKey(), at: integer('at'), made: integer('made').notNull() }),
      },
    ],
    'ALTER TABLE rows ALTER COLUMN made DROP NOT NULL',
    { fill: { 'rows.made': '0' } },
  ),
]
