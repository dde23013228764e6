import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  char,
  date,
  datetime,
  decimal,
  double,
  float,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  text,
  time,
  timestamp,
  tinyint,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => int('id').primaryKey()
/** What is changed where drizzle-kit wants something of the other table anyway. */
const beside = mysqlTable('beside', { id: id(), name: varchar('name', { length: 20 }) })
const change = 'ALTER TABLE beside MODIFY name varchar(20) NOT NULL'

export const defaults: readonly OracleSchema[] = [
  schema(
    'texts as defaults',
    [
      {
        texts: mysqlTable('texts', {
          id: id(),
          plain: varchar('plain', { length: 20 }).default('new'),
          empty: varchar('empty', { length: 20 }).notNull().default(''),
          fixed: char('fixed', { length: 2 }).default('at'),
          number: varchar('number', { length: 20 }).default('42'),
          word: varchar('word', { length: 20 }).default('NULL'),
          called: varchar('called', { length: 20 }).default('now()'),
          bracket: varchar('bracket', { length: 20 }).default('(1)'),
        }),
      },
    ],
    "ALTER TABLE texts MODIFY plain varchar(20) DEFAULT 'old'",
  ),
  schema(
    'a quote in a text',
    [{ beside, texts: mysqlTable('texts', { id: id(), quoted: varchar('quoted', { length: 20 }).default("it's") }) }],
    change,
  ),
  schema(
    'a long text with a default',
    [{ beside, texts: mysqlTable('texts', { id: id(), body: text('body').default('none') }) }],
    change,
  ),
  schema(
    'whole numbers as defaults',
    [
      {
        numbers: mysqlTable('numbers', {
          id: id(),
          zero: int('zero').notNull().default(0),
          below: int('below').default(-1),
          tiny: tinyint('tiny').default(7),
          many: bigint('many', { mode: 'number' }).default(86_400),
          positive: int('positive', { unsigned: true }).default(3),
        }),
      },
    ],
    'ALTER TABLE numbers MODIFY zero int NOT NULL DEFAULT 1',
  ),
  schema(
    'fractions as defaults',
    [
      {
        numbers: mysqlTable('numbers', {
          id: id(),
          half: double('half').default(0.5),
          single: float('single').default(1.5),
          exact: decimal('exact', { precision: 10, scale: 2 }).default('10.50'),
          below: decimal('below', { precision: 10, scale: 2 }).default('-0.25'),
        }),
      },
    ],
    'ALTER TABLE numbers MODIFY half double DEFAULT 1.5',
  ),
  schema(
    'a fraction as a default that is given with fewer digits than the column has',
    [
      {
        beside,
        numbers: mysqlTable('numbers', { id: id(), exact: decimal('exact', { precision: 10, scale: 2 }).default('1') }),
      },
    ],
    change,
    { noise: 'the server gives the number back with all digits of the column' },
  ),
  schema(
    'booleans as defaults, which are turned round',
    [
      {
        flags: mysqlTable('flags', {
          id: id(),
          on: boolean('on').notNull().default(true),
          off: boolean('off').default(false),
        }),
      },
      {
        flags: mysqlTable('flags', {
          id: id(),
          on: boolean('on').notNull().default(false),
          off: boolean('off'),
          added: boolean('added').notNull().default(true),
        }),
      },
    ],
    'ALTER TABLE flags MODIFY `on` boolean NOT NULL DEFAULT true',
  ),
  schema(
    'JSON as defaults',
    [
      {
        settings: mysqlTable('settings', {
          id: id(),
          one: json('one').default({ theme: 'dark' }),
          empty: json('empty').notNull().default({}),
          list: json('list').default([]),
          name: varchar('name', { length: 20 }),
        }),
      },
    ],
    'ALTER TABLE settings MODIFY name varchar(20) NOT NULL',
  ),
  schema(
    'a moment as a default',
    [
      {
        times: mysqlTable('times', {
          id: id(),
          at: datetime('at', { fsp: 3 }).default(new Date('2020-01-01T00:00:00Z')),
          day: date('day', { mode: 'string' }).default('2020-01-01'),
          noon: time('noon').default('12:00:00'),
          text: datetime('text', { mode: 'string' }).default('2020-01-01 10:00:00'),
        }),
      },
    ],
    "ALTER TABLE times MODIFY day date DEFAULT '2021-01-01'",
  ),
  schema(
    'the present as a default',
    [
      {
        beside,
        times: mysqlTable('times', {
          id: id(),
          made: timestamp('made').notNull().defaultNow(),
          changed: timestamp('changed').notNull().defaultNow().onUpdateNow(),
        }),
      },
    ],
    change,
    {
      disagrees: {
        why: 'we write CURRENT_TIMESTAMP, of which NOW() is a synonym to the server; it compares the texts',
        wants: [
          'ALTER TABLE `times` MODIFY COLUMN `changed` timestamp NOT NULL DEFAULT (now()) ON UPDATE CURRENT_TIMESTAMP;',
          'ALTER TABLE `times` MODIFY COLUMN `made` timestamp NOT NULL DEFAULT (now());',
        ],
        weFind: [],
      },
    },
  ),
  schema(
    'the present at each change, and no default',
    [{ times: mysqlTable('times', { id: id(), changed: timestamp('changed').onUpdateNow() }) }],
    'ALTER TABLE times MODIFY changed timestamp NOT NULL ON UPDATE CURRENT_TIMESTAMP',
  ),
  schema(
    'the present to three digits',
    [
      {
        beside,
        times: mysqlTable('times', {
          id: id(),
          made: timestamp('made', { fsp: 3 }).notNull().default(sql`CURRENT_TIMESTAMP(3)`),
          at: datetime('at', { fsp: 6 }).default(sql`CURRENT_TIMESTAMP(6)`),
        }),
      },
    ],
    change,
    { noise: 'it reads every default of the server as one in brackets' },
  ),
  schema(
    'the present to three digits, at each change too',
    [
      {
        beside,
        times: mysqlTable('times', { id: id(), changed: timestamp('changed', { fsp: 3 }).defaultNow().onUpdateNow() }),
      },
    ],
    change,
    {
      disagrees: {
        why: 'ON UPDATE has to have the digits of the column: what it wants is what the server refuses below',
        wants: [
          'ALTER TABLE `times` MODIFY COLUMN `changed` timestamp(3) DEFAULT (now()) ON UPDATE CURRENT_TIMESTAMP;',
        ],
        weFind: [],
      },
      cannotMake: { message: /Invalid ON UPDATE clause for 'changed' column/, why: 'it forgets the digits' },
    },
  ),
  schema(
    'the present without brackets',
    [
      {
        beside,
        times: mysqlTable('times', { id: id(), at: datetime('at').default(sql`CURRENT_TIMESTAMP`) }),
      },
    ],
    change,
    { noise: 'it reads every default of the server as one in brackets' },
  ),
  schema(
    'expressions as defaults',
    [
      {
        expressions: mysqlTable('expressions', {
          id: id(),
          token: varchar('token', { length: 36 }).default(sql`(uuid())`),
          epoch: int('epoch').default(sql`(unix_timestamp())`),
          number: double('number').default(sql`(rand())`),
        }),
      },
    ],
    'ALTER TABLE expressions MODIFY token varchar(36)',
  ),
  schema(
    'expressions that the server writes otherwise',
    [
      {
        beside,
        expressions: mysqlTable('expressions', {
          id: id(),
          sum: int('sum').default(sql`(1 + 1)`),
          day: date('day').default(sql`(CURRENT_DATE)`),
          list: json('list').default(sql`(JSON_ARRAY())`),
        }),
      },
    ],
    change,
    { noise: 'it compares the text that was declared with the one that the server gives back' },
  ),
  schema(
    'a value of an enum as a default',
    [
      {
        jobs: mysqlTable('jobs', {
          id: id(),
          state: mysqlEnum('state', ['waiting', 'running', 'done']).notNull().default('waiting'),
        }),
      },
    ],
    "ALTER TABLE jobs MODIFY state enum('waiting','running','done') NOT NULL DEFAULT 'done'",
  ),
  schema(
    'a value of an enum as a default that looks like a number',
    [{ beside, jobs: mysqlTable('jobs', { id: id(), kind: mysqlEnum('kind', ['1', '2']).default('2') }) }],
    change,
    { noise: 'it reads what looks like a number as one' },
  ),
  schema(
    'defaults are added, changed and taken away',
    [
      {
        jobs: mysqlTable('jobs', {
          id: id(),
          state: varchar('state', { length: 20 }).notNull(),
          tries: int('tries').notNull().default(3),
          queue: varchar('queue', { length: 20 }).default('low'),
          at: date('at', { mode: 'string' }),
          done: date('done', { mode: 'string' }).default('2020-01-01'),
        }),
      },
      {
        jobs: mysqlTable('jobs', {
          id: id(),
          state: varchar('state', { length: 20 }).notNull().default('waiting'),
          tries: int('tries').notNull().default(5),
          queue: varchar('queue', { length: 20 }),
          at: date('at', { mode: 'string' }).default('2020-01-01'),
          done: date('done', { mode: 'string' }),
        }),
      },
    ],
    'ALTER TABLE jobs MODIFY tries int NOT NULL DEFAULT 6',
  ),
  schema(
    'what is set at each change comes, and goes',
    [
      {
        t: mysqlTable('t', { id: id(), a: timestamp('a'), b: timestamp('b').onUpdateNow() }),
      },
      {
        t: mysqlTable('t', { id: id(), a: timestamp('a').onUpdateNow(), b: timestamp('b') }),
      },
    ],
    'ALTER TABLE t MODIFY b timestamp NOT NULL',
  ),
  schema(
    'what the application fills in is no default',
    [
      {
        rows: mysqlTable('filled', {
          id: varchar('id', { length: 36 })
            .primaryKey()
            .$defaultFn(() => 'x'),
          at: timestamp('at').$onUpdate(() => new Date(0)),
          made: int('made').$default(() => 1),
        }),
      },
      {
        rows: mysqlTable('filled', {
          id: varchar('id', { length: 36 }).primaryKey(),
          at: timestamp('at'),
          made: int('made').notNull(),
        }),
      },
    ],
    'ALTER TABLE filled MODIFY made int',
    { fill: { 'filled.made': '0' } },
  ),
]
