import { sql } from 'drizzle-orm'
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
  macaddr8,
  numeric,
  pgTable,
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
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => integer('id').primaryKey()
const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
const money = customType<{ data: string }>({ dataType: () => 'money' })

export const columns: readonly OracleSchema[] = [
  schema(
    'numbers of every kind',
    [
      {
        numbers: pgTable('numbers', {
          id: id(),
          small: smallint('small'),
          plain: integer('plain').notNull(),
          large: bigint('large', { mode: 'number' }),
          huge: bigint('huge', { mode: 'bigint' }).notNull(),
          single: real('single'),
          double: doublePrecision('double').notNull(),
          exact: numeric('exact'),
          price: numeric('price', { precision: 10, scale: 2 }).notNull(),
        }),
      },
    ],
    'ALTER TABLE numbers ALTER COLUMN price TYPE numeric(12, 2)',
  ),
  schema(
    'texts of every kind',
    [
      {
        texts: pgTable('texts', {
          id: id(),
          body: text('body').notNull(),
          kind: text('kind', { enum: ['a', 'b'] }),
          name: varchar('name', { length: 40 }).notNull(),
          open: varchar('open'),
          code: char('code', { length: 3 }),
        }),
      },
      {
        texts: pgTable('texts', {
          id: id(),
          body: text('body').notNull(),
          kind: text('kind', { enum: ['a', 'b', 'c'] }).notNull(),
          name: varchar('name', { length: 80 }).notNull(),
          open: text('open'),
          code: char('code', { length: 3 }),
        }),
      },
    ],
    'ALTER TABLE texts ALTER COLUMN name TYPE varchar(41)',
    { fill: { 'texts.kind': "'a'" } },
  ),
  schema(
    'times of every kind',
    [
      {
        times: pgTable('times', {
          id: id(),
          at: timestamp('at').notNull(),
          zoned: timestamp('zoned', { withTimezone: true }),
          precise: timestamp('precise', { withTimezone: true, precision: 3 }),
          text: timestamp('text', { mode: 'string', precision: 6 }),
          day: date('day'),
          dayText: date('day_text', { mode: 'string' }),
          noon: time('noon'),
          noonZoned: time('noon_zoned', { withTimezone: true, precision: 2 }),
          span: interval('span'),
        }),
      },
    ],
    'ALTER TABLE times ALTER COLUMN at TYPE timestamptz',
  ),
  schema(
    'an interval of some fields',
    [{ spans: pgTable('spans', { id: id(), days: interval('days', { fields: 'day' }), name: text('name') }) }],
    'ALTER TABLE spans ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'documents, identifiers, booleans and addresses',
    [
      {
        things: pgTable('things', {
          id: uuid('id').primaryKey(),
          on: boolean('on').notNull(),
          raw: json('raw'),
          data: jsonb('data').notNull(),
          host: inet('host'),
          net: cidr('net'),
          mac: macaddr('mac'),
          mac8: macaddr8('mac8'),
        }),
      },
    ],
    'ALTER TABLE things ALTER COLUMN raw TYPE jsonb',
  ),
  schema(
    'shapes and bits',
    [
      {
        shapes: pgTable('shapes', {
          id: id(),
          at: point('at'),
          way: line('way').notNull(),
          bits: bit('bits', { dimensions: 3 }),
        }),
      },
    ],
    'ALTER TABLE shapes ALTER COLUMN way DROP NOT NULL',
  ),
  schema(
    'custom types',
    [
      { files: pgTable('files', { id: id(), data: bytea('data').notNull(), price: money('price') }) },
      {
        files: pgTable('files', {
          id: id(),
          data: bytea('data'),
          price: money('price').notNull(),
          hash: bytea('hash'),
        }),
      },
    ],
    'ALTER TABLE files ALTER COLUMN hash SET NOT NULL',
    { fill: { 'files.price': '0' } },
  ),
  schema(
    'arrays',
    [
      {
        lists: pgTable('lists', {
          id: id(),
          names: text('names').array().notNull(),
          codes: varchar('codes', { length: 5 }).array(),
          days: timestamp('days', { withTimezone: true }).array(),
          matrix: integer('matrix').array().array(),
        }),
      },
      {
        lists: pgTable('lists', {
          id: id(),
          names: text('names').array(),
          codes: varchar('codes', { length: 5 }).array().notNull(),
          days: timestamp('days', { withTimezone: true }).array(),
          flags: boolean('flags').array(),
        }),
      },
    ],
    'ALTER TABLE lists ALTER COLUMN flags TYPE text[] USING NULL',
    { fill: { 'lists.codes': "'{}'" } },
  ),
  schema(
    'numbers that count by themselves',
    [
      {
        plain: pgTable('plain', { id: serial('id').primaryKey(), name: text('name') }),
        large: pgTable('large', {
          id: bigserial('id', { mode: 'number' }).primaryKey(),
          second: smallserial('second'),
        }),
      },
    ],
    'ALTER TABLE plain ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'identities',
    [
      {
        always: pgTable('always', { id: integer('id').primaryKey().generatedAlwaysAsIdentity(), name: text('name') }),
        given: pgTable('given', {
          id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity({
            startWith: 100,
            increment: 5,
            minValue: 10,
            maxValue: 10_000,
            cache: 3,
            cycle: true,
          }),
        }),
        named: pgTable('named', {
          id: integer('id').primaryKey().generatedAlwaysAsIdentity({ name: 'named_numbers', startWith: 7 }),
        }),
      },
    ],
    'ALTER TABLE always ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'an identity comes, one is changed, one goes',
    [
      {
        a: pgTable('a', { id: integer('id').primaryKey(), name: text('name') }),
        b: pgTable('b', { id: integer('id').primaryKey().generatedAlwaysAsIdentity() }),
        c: pgTable('c', { id: integer('id').primaryKey().generatedAlwaysAsIdentity() }),
      },
      {
        a: pgTable('a', { id: integer('id').primaryKey().generatedByDefaultAsIdentity(), name: text('name') }),
        b: pgTable('b', { id: integer('id').primaryKey().generatedByDefaultAsIdentity({ increment: 2 }) }),
        c: pgTable('c', { id: integer('id').primaryKey() }),
      },
    ],
    'ALTER TABLE a ALTER COLUMN name SET NOT NULL',
  ),
  schema(
    'columns are added and dropped',
    [
      { people: pgTable('people', { id: id(), old: text('old'), older: integer('older').notNull() }) },
      {
        people: pgTable('people', {
          id: id(),
          name: text('name'),
          email: varchar('email', { length: 120 }).notNull().default(''),
          seen: timestamp('seen', { withTimezone: true }).notNull().defaultNow(),
        }),
      },
    ],
    'ALTER TABLE people ALTER COLUMN email TYPE text',
  ),
  schema(
    'a column becomes NOT NULL, another one nullable',
    [
      { people: pgTable('people', { id: id(), name: text('name'), mail: text('mail').notNull() }) },
      { people: pgTable('people', { id: id(), name: text('name').notNull(), mail: text('mail') }) },
    ],
    'ALTER TABLE people ALTER COLUMN mail SET NOT NULL',
    { fill: { 'people.name': "'?'" } },
  ),
  schema(
    'types become wider',
    [
      {
        t: pgTable('t', {
          id: id(),
          a: smallint('a'),
          b: integer('b').notNull().default(0),
          c: real('c'),
          d: varchar('d', { length: 10 }),
          e: json('e'),
          f: timestamp('f'),
        }),
      },
      {
        t: pgTable('t', {
          id: id(),
          a: integer('a'),
          b: bigint('b', { mode: 'number' }).notNull().default(0),
          c: doublePrecision('c'),
          d: text('d'),
          e: jsonb('e'),
          f: timestamp('f', { withTimezone: true }),
        }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN a TYPE bigint',
  ),
  schema(
    'types become something else',
    [
      { t: pgTable('t', { id: id(), a: text('a'), b: integer('b'), c: text('c').default('0'), d: text('d') }) },
      {
        t: pgTable('t', {
          id: id(),
          a: integer('a'),
          b: text('b'),
          c: integer('c').default(0),
          d: uuid('d').default(sql`gen_random_uuid()`),
        }),
      },
    ],
    'ALTER TABLE t ALTER COLUMN b TYPE varchar(9)',
  ),
  schema(
    'a column is renamed',
    [
      { people: pgTable('people', { id: id(), mail: text('mail').notNull().unique(), age: integer('age') }) },
      { people: pgTable('people', { id: id(), email: text('email').notNull().unique(), age: integer('age') }) },
    ],
    'ALTER TABLE people ALTER COLUMN age SET NOT NULL',
    { renamed: [{ from: 'people.mail', to: 'email' }] },
  ),
]
