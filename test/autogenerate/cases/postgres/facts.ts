import { column, expression, integer as int, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { bigint, integer, pgTable, primaryKey, serial, text, varchar } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, rows, t } from './declared.ts'

const nullability = cell('column', 'nullability')
const generated = cell('column', 'generated')
const identity = cell('column', 'identity')
const collation = cell('column', 'collation')
const comment = cell('column', 'comment')

const doubled = (as = 'a * 2') =>
  own({ a: column(int()), g: column(int(), { generated: { as: expression(as), stored: true } }) })
const whenRead = (as = 'a * 2') =>
  own({ a: column(int()), g: column(int(), { generated: { as: expression(as), stored: false } }) })
const computed = (as: ReturnType<typeof sql>) =>
  t({ a: integer(), b: text(), c: varchar({ length: 9 }), g: text().generatedAlwaysAs(as) })
const hasComputed = (as: string): string =>
  has(`a integer, b text, c varchar(9), g text GENERATED ALWAYS AS (${as}) STORED`)
const collated = (name?: string) => own({ a: column(txt(), name === undefined ? {} : { collation: name }) })
const commented = (text?: string) => own({ a: column(txt(), text === undefined ? {} : { comment: text }) })
const counted = (how: Parameters<ReturnType<typeof integer>['generatedAlwaysAsIdentity']>[0] = {}) => ({
  t: pgTable('t', { id: integer().primaryKey().generatedAlwaysAsIdentity(how), a: text() }),
})
const nextOfId = "SELECT pg_get_serial_sequence('t', 'id') || ' ' || nextval(pg_get_serial_sequence('t', 'id')) AS next"
const sequenceName = "SELECT pg_get_serial_sequence('t', 'id')"
const byDefault = { t: pgTable('t', { id: integer().primaryKey().generatedByDefaultAsIdentity(), a: text() }) }

export const facts: readonly Case[] = [
  nullability.add(
    'NOT NULL, and a value for rows that have none',
    t({ a: text() }),
    t({ a: text().notNull() }),
    ["fill t.a where null with 'y' by (id): t.a becomes NOT NULL", 'alter column t.a: not null'],
    {
      rows: rows('id, a', "1, 'x'", '2, NULL'),
      fill: { 't.a': "'y'" },
      finds: { sql: 'SELECT a FROM t ORDER BY id', rows: ['x', 'y'] },
    },
  ),
  nullability.add(
    'NOT NULL, and the default is the value',
    t({ a: text().default('z') }),
    t({ a: text().default('z').notNull() }),
    ["fill t.a where null with 'z' by (id): t.a becomes NOT NULL", 'alter column t.a: not null'],
    { rows: rows('id, a', '1, NULL'), finds: { sql: 'SELECT a FROM t', rows: ['z'] } },
  ),
  nullability.add(
    'NOT NULL, and the file asks',
    t({ a: text() }),
    t({ a: text().notNull() }),
    ['fill t.a where null with ? by (id): t.a becomes NOT NULL', 'alter column t.a: not null'],
    {
      rows: rows('id, a', '1, NULL'),
      refused: 'REVISION_INCOMPLETE',
    },
  ),
  nullability.drop('NOT NULL', t({ a: text().notNull() }), t({ a: text() }), ['alter column t.a: null']),
  nullability.equal('NULL said', has('a text NULL'), t({ a: text() })),
  nullability.equal(
    'a key, which is never NULL, and says nothing of it',
    'CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b))',
    { t: pgTable('t', { a: integer(), b: integer() }, (c) => [primaryKey({ columns: [c.a, c.b] })]) },
  ),
  nullability.equal('serial, which is never NULL', has('a serial'), t({ a: serial() })),
  nullability.equal(
    'an identity, which is never NULL',
    has('a bigint GENERATED ALWAYS AS IDENTITY'),
    t({ a: bigint({ mode: 'number' }).generatedAlwaysAsIdentity() }),
  ),
  nullability.equal(
    'NOT NULL as a constraint that has a name',
    has('a text CONSTRAINT named NOT NULL'),
    t({ a: text().notNull() }),
  ),

  generated.add(
    'with a new column',
    t({ a: integer() }),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`) }),
    ['add column t.g integer as (a * 2) stored'],
    { rows: rows('id, a', '1, 21'), finds: { sql: 'SELECT g FROM t', rows: ['42'] } },
  ),
  generated.add(
    'on a column that has values',
    own({ a: column(int()), g: column(int()) }),
    doubled(),
    ['alter column t.g: as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
    {
      rows: rows('id, a, g', '1, 21, 7'),
      finds: { sql: 'SELECT g FROM t', rows: ['42'] },
    },
  ),
  generated.add(
    'on a column that was NOT NULL, and gets a value for what came to NULL when it is that again',
    own({ a: column(int()), g: column(int(), { nullable: false }) }),
    doubled(),
    ['alter column t.g: null, as (a * 2) stored -- loses the values of t.g, which is computed from now on'],
    {
      rows: rows('id, a, g', '1, 21, 7', '2, NULL, 8'),
      fill: { 't.g': '5' },
      finds: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', 'NULL'] },
      returns: { sql: 'SELECT g FROM t ORDER BY id', rows: ['42', '5'] },
    },
  ),
  generated.drop(
    'and the values stay',
    doubled(),
    own({ a: column(int()), g: column(int()) }),
    ['alter column t.g: not generated'],
    {
      rows: rows('id, a', '1, 21'),
      finds: { sql: 'SELECT g FROM t', rows: ['42'] },
    },
  ),
  generated.drop('with its column, without a word of lost values', doubled(), own({ a: column(int()) }), [
    'drop column t.g',
  ]),
  generated.change('another expression', doubled(), doubled('a * 3'), ['alter column t.g: as (a * 3) stored'], {
    rows: rows('id, a', '1, 2'),
    finds: { sql: 'SELECT g FROM t', rows: ['6'] },
  }),
  generated.add(
    'virtual, with a new column',
    own({ a: column(int()) }),
    whenRead(),
    ['add column t.g integer as (a * 2) virtual'],
    { rows: rows('id, a', '1, 21'), finds: { sql: 'SELECT g FROM t', rows: ['42'] }, since: 18 },
  ),
  generated.drop('virtual, with its column', whenRead(), own({ a: column(int()) }), ['drop column t.g'], { since: 18 }),
  generated.change(
    'stored instead of computed when read',
    whenRead(),
    doubled(),
    ['alter column t.g: as (a * 2) stored'],
    { rows: rows('id, a', '1, 21'), finds: { sql: 'SELECT g FROM t', rows: ['42'] }, since: 18 },
  ),
  generated.change(
    'another expression of a virtual one',
    whenRead(),
    whenRead('a * 3'),
    ['alter column t.g: as (a * 3) virtual'],
    { since: 18 },
  ),
  generated.equal('VIRTUAL said, and left out', has('a integer, g integer GENERATED ALWAYS AS ((A)*2)'), whenRead(), {
    since: 18,
  }),
  generated.equal(
    'in other spaces, letters and parentheses',
    has('a integer, g integer GENERATED ALWAYS AS ( ( A*2 ) ) STORED'),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a * 2`) }),
  ),
  generated.equal('with casts that the server writes', hasComputed("b || '-' || c"), computed(sql`b || '-' || c`)),
  generated.equal(
    'functions, COALESCE, CASE',
    hasComputed("coalesce(upper(b), CASE WHEN a > 1 THEN 'x' ELSE 'y' END)"),
    computed(sql`COALESCE(UPPER(b), case when a > 1 then 'x' else 'y' end)`),
  ),
  generated.equal('a number as text', hasComputed('a::text'), computed(sql`CAST(a AS text)`)),
  generated.equal('by the column of the program', hasComputed('lower(c)'), computed(sql`lower("t"."c")`)),

  identity.add('to a column, beside its rows', t({ a: text() }), counted(), ['alter column t.id: identity always'], {
    rows: rows('id, a', "7, 'x'"),
    finds: { sql: "SELECT nextval(pg_get_serial_sequence('t', 'id')) AS next", rows: ['8'] },
  }),
  identity.drop('and the numbers stay', counted(), t({ a: text() }), ['alter column t.id: no identity']),
  identity.change('BY DEFAULT for ALWAYS', counted(), byDefault, ['alter column t.id: identity byDefault']),
  identity.change('another step', counted(), counted({ increment: 10 }), [
    'alter column t.id: identity always {"increment":10}',
  ]),
  identity.add(
    'with a name for its sequence',
    t({ a: text() }),
    counted({ name: 'numbers' }),
    ['alter column t.id: identity always {"sequence":"numbers"}'],
    { finds: { sql: sequenceName, rows: ['public.numbers'] } },
  ),
  identity.change(
    'the name of its sequence, and its position stays',
    counted(),
    counted({ name: 'numbers' }),
    ['alter column t.id: identity always {"sequence":"numbers"}'],
    {
      rows: "INSERT INTO t (a) VALUES ('x'), ('y'); DELETE FROM t WHERE a = 'y'",
      finds: { sql: "SELECT pg_get_serial_sequence('t', 'id'), nextval('numbers')", rows: ['public.numbers, 3'] },
      returns: { sql: sequenceName, rows: ['public.t_id_seq'] },
    },
  ),
  identity.equal(
    'the name of its sequence, which the declaration does not state',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME numbers) PRIMARY KEY, a text)',
    counted(),
  ),
  identity.equal(
    'the name of its sequence, stated',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME numbers) PRIMARY KEY, a text)',
    counted({ name: 'numbers' }),
  ),
  identity.equal(
    'the usual name of its sequence, with the number that the server adds where it is taken',
    'CREATE SEQUENCE t_id_seq; CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text); DROP SEQUENCE t_id_seq',
    counted(),
  ),
  identity.equal(
    'the usual name of its sequence, stated',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text)',
    counted({ name: 't_id_seq' }),
  ),
  identity.change(
    'serial to an identity',
    { t: pgTable('t', { id: serial().primaryKey(), a: text() }) },
    counted(),
    [
      'alter column t.id: no default, identity always',
      'drop sequence t_id_seq',
      'alter column t.id: identity always {"sequence":null}',
    ],
    {
      // The number of a row that is gone is not given again.
      rows: "INSERT INTO t (a) VALUES ('x'), ('y'); DELETE FROM t WHERE a = 'y'",
      finds: { sql: nextOfId, rows: ['public.t_id_seq 3'] },
      returns: { sql: nextOfId, rows: ['public.t_id_seq 4'] },
    },
  ),
  identity.change(
    'serial that counts down to an identity, which starts again',
    `CREATE TABLE t (id serial PRIMARY KEY, a text); ALTER SEQUENCE t_id_seq INCREMENT -1 MINVALUE -9 MAXVALUE 9 START 9`,
    counted(),
    [
      'alter column t.id: no default, identity always',
      'drop sequence t_id_seq -- loses where the numbers of t_id_seq stood',
    ],
  ),
  identity.change(
    'an identity to serial, which continues where the identity was',
    counted(),
    { t: pgTable('t', { id: serial().primaryKey(), a: text() }) },
    [
      'alter column t.id: identity always {"sequence":"replaced_1"}',
      'create sequence t_id_seq {"ownedBy":{"column":"id","table":{"name":"t"}},"type":"integer32"}',
      "alter column t.id: default (nextval('t_id_seq'::regclass)), no identity",
    ],
    {
      rows: "INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE a <> 'x'",
      finds: { sql: nextOfId, rows: ['public.t_id_seq 4'] },
      returns: { sql: nextOfId, rows: ['public.t_id_seq 5'] },
    },
  ),
  identity.change(
    'an identity with a name for its sequence, which has given no number, to serial, beside a row with a number of its own',
    { t: pgTable('t', { id: integer().primaryKey().generatedByDefaultAsIdentity({ name: 'numbers' }), a: text() }) },
    { t: pgTable('t', { id: serial().primaryKey(), a: text() }) },
    [
      'create sequence t_id_seq {"ownedBy":{"column":"id","table":{"name":"t"}},"type":"integer32"}',
      "alter column t.id: default (nextval('t_id_seq'::regclass)), no identity",
    ],
    { rows: rows('id, a', "7, 'x'"), finds: { sql: nextOfId, rows: ['public.t_id_seq 8'] } },
  ),
  identity.change(
    'integer to serial, beside its rows',
    t({ a: text() }),
    { t: pgTable('t', { id: serial().primaryKey(), a: text() }) },
    [
      'create sequence t_id_seq {"ownedBy":{"column":"id","table":{"name":"t"}},"type":"integer32"}',
      "alter column t.id: default (nextval('t_id_seq'::regclass))",
    ],
    {
      rows: rows('id, a', "7, 'x'"),
      finds: { sql: "SELECT nextval(pg_get_serial_sequence('t', 'id')) AS next", rows: ['8'] },
    },
  ),
  identity.change(
    'serial to integer, and the numbers stay',
    { t: pgTable('t', { id: serial().primaryKey(), a: text() }) },
    t({ a: text() }),
    ['alter column t.id: no default', 'drop sequence t_id_seq -- loses where the numbers of t_id_seq stood'],
  ),
  identity.equal('ALWAYS', 'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text)', counted()),
  identity.equal(
    'options that are as usual',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE) PRIMARY KEY, a text)',
    counted(),
  ),
  identity.equal(
    'options that only the declaration says',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text)',
    counted({ startWith: 1, increment: 1, minValue: 1, maxValue: 2147483647, cache: 1, cycle: false }),
  ),
  identity.equal(
    'options, some of them as texts',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5 MAXVALUE 1000 CYCLE) PRIMARY KEY, a text)',
    counted({ startWith: '10', increment: 5, maxValue: '1000', cycle: true }),
  ),
  identity.equal(
    'counting down',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (START -1 INCREMENT -1) PRIMARY KEY, a text)',
    counted({ startWith: -1, increment: -1 }),
  ),
  identity.equal(
    'a sequence of another name',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME other) PRIMARY KEY, a text)',
    counted(),
  ),
  identity.equal(
    'where the numbers stand',
    "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text); SELECT setval('t_id_seq', 100)",
    counted(),
  ),

  collation.add('"C"', collated(), collated('C'), ['alter column t.a: {"collation":"C"}']),
  collation.drop('"C"', collated('C'), collated(), ['alter column t.a: {"collation":null}']),
  collation.change('"POSIX" for "C"', collated('C'), collated('POSIX'), ['alter column t.a: {"collation":"POSIX"}']),
  collation.equal('the default one said', has('a text COLLATE "default"'), collated()),
  collation.equal('with its schema', has('a text COLLATE pg_catalog."C"'), collated('C')),
  collation.equal('of a column in Drizzle, which has no word for it', has('a text COLLATE "C"'), t({ a: text() })),

  comment.add('of a column', commented(), commented("what it's for"), [
    'alter column t.a: {"comment":"what it\'s for"}',
  ]),
  comment.drop('of a column', commented('what it is for'), commented(), ['alter column t.a: {"comment":null}']),
  comment.change('of a column', commented('one'), commented('two'), ['alter column t.a: {"comment":"two"}']),
  comment.equal('an empty one, and none', has('a text', "; COMMENT ON COLUMN t.a IS ''"), commented()),
  comment.equal('none, and an empty one', has('a text'), commented('')),
  comment.equal(
    'of a column in Drizzle, which has no word for it',
    has('a text', "; COMMENT ON COLUMN t.a IS 'old'"),
    t({ a: text() }),
  ),
]
