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
  mysqlEnum,
  mysqlTable,
  real,
  serial,
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
import { type OracleSchema, schema } from '../../schema.ts'

const id = () => int('id').primaryKey()
const longblob = customType<{ data: Uint8Array }>({ dataType: () => 'longblob' })
const point = customType<{ data: string }>({ dataType: () => 'point' })

export const columns: readonly OracleSchema[] = [
  schema(
    'whole numbers of every size',
    [
      {
        numbers: mysqlTable('numbers', {
          id: id(),
          tiny: tinyint('tiny'),
          small: smallint('small').notNull(),
          medium: mediumint('medium'),
          plain: int('plain').notNull(),
          large: bigint('large', { mode: 'number' }),
          huge: bigint('huge', { mode: 'bigint' }).notNull(),
        }),
      },
    ],
    'ALTER TABLE numbers MODIFY plain bigint NOT NULL',
  ),
  schema(
    'numbers without a sign',
    [
      {
        numbers: mysqlTable('numbers', {
          id: id(),
          tiny: tinyint('tiny', { unsigned: true }),
          small: smallint('small', { unsigned: true }),
          medium: mediumint('medium', { unsigned: true }),
          plain: int('plain', { unsigned: true }).notNull(),
          large: bigint('large', { mode: 'number', unsigned: true }),
          exact: decimal('exact', { precision: 8, scale: 2, unsigned: true }),
        }),
      },
    ],
    'ALTER TABLE numbers MODIFY plain int NOT NULL',
  ),
  schema(
    'numbers with a fraction',
    [
      {
        numbers: mysqlTable('numbers', {
          id: id(),
          single: float('single'),
          double: double('double').notNull(),
          price: decimal('price', { precision: 10, scale: 2 }).notNull(),
          exact: decimal('exact'),
        }),
      },
    ],
    'ALTER TABLE numbers MODIFY price decimal(12,2) NOT NULL',
  ),
  schema(
    'a decimal number without a scale',
    [{ numbers: mysqlTable('numbers', { id: id(), whole: decimal('whole', { precision: 12 }), plain: int('plain') }) }],
    'ALTER TABLE numbers MODIFY plain bigint',
    { noise: 'it declares decimal(12), which the server calls decimal(12,0)' },
  ),
  schema(
    'a real number',
    [{ numbers: mysqlTable('numbers', { id: id(), real: real('real'), name: varchar('name', { length: 9 }) }) }],
    'ALTER TABLE numbers MODIFY name varchar(10)',
    { noise: 'it declares real, which the server calls double' },
  ),
  schema(
    'texts of every kind',
    [
      {
        texts: mysqlTable('texts', {
          id: id(),
          tiny: tinytext('tiny'),
          body: text('body').notNull(),
          medium: mediumtext('medium'),
          long: longtext('long'),
          kind: text('kind', { enum: ['a', 'b'] }),
          name: varchar('name', { length: 40 }).notNull(),
          code: char('code', { length: 3 }),
        }),
      },
      {
        texts: mysqlTable('texts', {
          id: id(),
          tiny: text('tiny'),
          body: longtext('body').notNull(),
          medium: mediumtext('medium').notNull(),
          long: longtext('long'),
          kind: text('kind', { enum: ['a', 'b', 'c'] }).notNull(),
          name: varchar('name', { length: 80 }).notNull(),
          code: char('code', { length: 4 }),
        }),
      },
    ],
    'ALTER TABLE texts MODIFY name varchar(41) NOT NULL',
    { fill: { 'texts.kind': "'a'", 'texts.medium': "''" } },
  ),
  schema(
    'a letter',
    [{ texts: mysqlTable('texts', { id: id(), letter: char('letter'), name: text('name') }) }],
    'ALTER TABLE texts MODIFY name text NOT NULL',
    { noise: 'it declares char, which the server calls char(1)' },
  ),
  schema(
    'times of every kind',
    [
      {
        times: mysqlTable('times', {
          id: id(),
          day: date('day'),
          dayText: date('day_text', { mode: 'string' }).notNull(),
          noon: time('noon'),
          precise: time('precise', { fsp: 3 }),
          at: datetime('at').notNull(),
          exact: datetime('exact', { fsp: 6 }),
          stamp: timestamp('stamp'),
          stampExact: timestamp('stamp_exact', { fsp: 3 }),
          year: year('year'),
        }),
      },
    ],
    'ALTER TABLE times MODIFY at datetime(3) NOT NULL',
  ),
  schema(
    'bytes, booleans and JSON',
    [
      {
        things: mysqlTable('things', {
          id: id(),
          on: boolean('on').notNull(),
          off: boolean('off'),
          data: json('data').notNull(),
          hash: binary('hash', { length: 32 }).notNull(),
          some: varbinary('some', { length: 100 }),
        }),
      },
    ],
    'ALTER TABLE things MODIFY hash binary(20) NOT NULL',
  ),
  schema(
    'custom types',
    [
      { files: mysqlTable('files', { id: id(), data: longblob('data').notNull(), place: point('place') }) },
      {
        files: mysqlTable('files', { id: id(), data: longblob('data'), place: point('place'), more: longblob('more') }),
      },
    ],
    'ALTER TABLE files MODIFY more longblob NOT NULL',
  ),
  schema(
    'an enum, which gets values at its end and inside, and another one that loses one',
    [
      {
        people: mysqlTable('people', {
          id: id(),
          mood: mysqlEnum('mood', ['sad', 'happy']).notNull(),
          size: mysqlEnum('size', ['s', 'm', 'l']).default('m'),
          kind: mysqlEnum('kind', ['One', 'two three']),
        }),
      },
      {
        people: mysqlTable('people', {
          id: id(),
          mood: mysqlEnum('mood', ['awful', 'sad', 'ok', 'happy', 'great']).notNull(),
          size: mysqlEnum('size', ['s', 'm']).default('m'),
          kind: mysqlEnum('kind', ['One', 'two three']),
        }),
      },
    ],
    "ALTER TABLE people MODIFY mood enum('sad','happy') NOT NULL",
    { fill: { 'people.size': "'m'" } },
  ),
  schema(
    'numbers that count by themselves',
    [
      {
        plain: mysqlTable('plain', { id: int('id').autoincrement().primaryKey(), name: text('name') }),
        large: mysqlTable('large', { id: bigint('id', { mode: 'number' }).autoincrement().primaryKey() }),
        positive: mysqlTable('positive', { id: int('id', { unsigned: true }).autoincrement().primaryKey() }),
      },
    ],
    'ALTER TABLE plain MODIFY name text NOT NULL',
  ),
  schema(
    'a serial number',
    [{ rows: mysqlTable('rows', { id: serial('id').primaryKey(), name: varchar('name', { length: 20 }) }) }],
    'ALTER TABLE `rows` MODIFY name varchar(20) NOT NULL',
  ),
  schema(
    'a key begins to count, and another one stops',
    [
      {
        a: mysqlTable('a', { id: int('id').primaryKey(), name: text('name') }),
        b: mysqlTable('b', { id: int('id').autoincrement().primaryKey() }),
      },
      {
        a: mysqlTable('a', { id: int('id').autoincrement().primaryKey(), name: text('name') }),
        b: mysqlTable('b', { id: int('id').primaryKey() }),
      },
    ],
    'ALTER TABLE a MODIFY name text NOT NULL',
  ),
  schema(
    'columns are added and dropped',
    [
      { people: mysqlTable('people', { id: id(), old: text('old'), older: int('older').notNull() }) },
      {
        people: mysqlTable('people', {
          id: id(),
          name: text('name'),
          email: varchar('email', { length: 120 }).notNull().default(''),
          seen: timestamp('seen'),
        }),
      },
    ],
    "ALTER TABLE people MODIFY email varchar(121) NOT NULL DEFAULT ''",
  ),
  schema(
    'a column becomes NOT NULL, another one nullable',
    [
      { people: mysqlTable('people', { id: id(), name: text('name'), mail: text('mail').notNull() }) },
      { people: mysqlTable('people', { id: id(), name: text('name').notNull(), mail: text('mail') }) },
    ],
    'ALTER TABLE people MODIFY mail text NOT NULL',
    { fill: { 'people.name': "'?'" } },
  ),
  schema(
    'types become wider',
    [
      {
        t: mysqlTable('t', {
          id: id(),
          a: smallint('a'),
          b: int('b').notNull().default(0),
          c: float('c'),
          d: varchar('d', { length: 10 }),
          e: datetime('e'),
          f: decimal('f', { precision: 6, scale: 2 }),
        }),
      },
      {
        t: mysqlTable('t', {
          id: id(),
          a: int('a'),
          b: bigint('b', { mode: 'number' }).notNull().default(0),
          c: double('c'),
          d: varchar('d', { length: 300 }),
          e: datetime('e', { fsp: 3 }),
          f: decimal('f', { precision: 10, scale: 4 }),
        }),
      },
    ],
    'ALTER TABLE t MODIFY a bigint',
  ),
  schema(
    'types become something else',
    [
      {
        t: mysqlTable('t', {
          id: id(),
          a: varchar('a', { length: 20 }),
          b: int('b'),
          c: varchar('c', { length: 5 }).default('0'),
          d: timestamp('d'),
          e: mysqlEnum('e', ['x', 'y']),
        }),
      },
      {
        t: mysqlTable('t', {
          id: id(),
          a: int('a'),
          b: varchar('b', { length: 20 }),
          c: int('c').default(0),
          d: datetime('d'),
          e: varchar('e', { length: 10 }),
        }),
      },
    ],
    'ALTER TABLE t MODIFY b varchar(9)',
  ),
  schema(
    'a column is renamed',
    [
      {
        people: mysqlTable('people', { id: id(), mail: varchar('mail', { length: 90 }).notNull(), age: int('age') }),
      },
      {
        people: mysqlTable('people', { id: id(), email: varchar('email', { length: 90 }).notNull(), age: int('age') }),
      },
    ],
    'ALTER TABLE people MODIFY age int NOT NULL',
    { renamed: [{ from: 'people.mail', to: 'email' }] },
  ),
]
