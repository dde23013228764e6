import { sql } from 'drizzle-orm'
import { bigint, integer, pgSchema, pgSequence, pgTable, serial, text } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, t } from './declared.ts'

const itself = cell('sequence', 'itself')
const start = cell('sequence', 'start')
const increment = cell('sequence', 'increment')
const bounds = cell('sequence', 'bounds')
const cache = cell('sequence', 'cache')
const cycle = cell('sequence', 'cycle')
const type = cell('sequence', 'type')
const owner = cell('sequence', 'owner')
const schema = cell('schema', 'itself')

type How = NonNullable<Parameters<typeof pgSequence>[1]>
const s = (how: How = {}) => ({ s: pgSequence('s', how) })
const app = pgSchema('app')
const numbered = (name: string) => t({ a: bigint({ mode: 'number' }).default(sql.raw(`nextval('${name}')`)) })

const serials = (name: string, column: string) => pgTable(name, { [column]: serial().primaryKey(), a: text() })
const identities = (name: string, column: string) =>
  pgTable(name, { [column]: integer().primaryKey().generatedByDefaultAsIdentity(), a: text() })
const asking = (name: string) =>
  pgTable(name, { id: bigint({ mode: 'number' }).primaryKey().default(sql`nextval('s')`), a: text() })
// The last number given out is that of a row which is gone.
const deleted = { rows: "INSERT INTO t (a) VALUES ('x'), ('y'); DELETE FROM t WHERE a = 'y'" }
const numbers = (table: string, column: string) =>
  `SELECT pg_get_serial_sequence('${table}', '${column}') AS name, nextval(pg_get_serial_sequence('${table}', '${column}')) AS next`
const whole = (table: string) => (table.includes('.') ? table : `public.${table}`)
/** The name of the sequence and its next number, after the upgrade and after the downgrade. */
const next = (table: string, column: string, oldTable: string, oldColumn: string, first = 3) => ({
  finds: { sql: numbers(table, column), rows: [`${whole(table)}_${column}_seq, ${first}`] },
  returns: { sql: numbers(oldTable, oldColumn), rows: [`${whole(oldTable)}_${oldColumn}_seq, ${first + 1}`] },
})

export const sequences: readonly Case[] = [
  itself.rename('asks whether a sequence has moved to another schema', s(), { app, s: app.sequence('s') }, [], {
    openQuestions: ['sequence s -> app.s'],
  }),
  itself.rename(
    'that has moved to another schema keeps its position',
    s(),
    { app, s: app.sequence('s') },
    ['create schema app', 'move sequence s to app'],
    {
      rows: "SELECT setval('s', 41)",
      answers: { renamed: [{ from: 's', to: 'app.s' }] },
      finds: { sql: "SELECT nextval('app.s')::text AS n", rows: ['42'] },
      returns: { sql: "SELECT nextval('s')::text AS n", rows: ['43'] },
    },
  ),
  itself.rename(
    'that has moved, and the answer is that it has not',
    s(),
    { app, s: app.sequence('s') },
    ['create schema app', 'create sequence app.s', 'drop sequence s -- loses where the numbers of s stood'],
    { answers: { none: true } },
  ),
  itself.add('that nothing uses yet', {}, s(), ['create sequence s']),
  itself.add(
    'with all that can be said of it',
    {},
    s({ startWith: 10, increment: 5, minValue: 5, maxValue: 1000, cache: 20, cycle: true }),
    ['create sequence s {"cache":20,"cycle":true,"increment":"5","maxValue":"1000","minValue":"5","start":"10"}'],
  ),
  itself.add('before the column that takes its numbers', {}, { ...s(), ...numbered('s') }, [
    'create sequence s',
    "create table t: id integer not null; a bigint default (nextval('s')); primary key (id)",
  ]),
  itself.add('in a schema of its own', {}, { app, s: app.sequence('s') }, [
    'create schema app',
    'create sequence app.s',
  ]),
  itself.drop('and where its numbers stood', s(), {}, ['drop sequence s -- loses where the numbers of s stood']),
  itself.drop(
    'with the default that took its numbers',
    { ...s(), ...numbered('s') },
    t({ a: bigint({ mode: 'number' }) }),
    ['alter column t.a: no default', 'drop sequence s -- loses where the numbers of s stood'],
  ),
  itself.rename('is a new one, and the old one goes', s(), { s: pgSequence('renamed') }, [
    'create sequence renamed',
    'drop sequence s -- loses where the numbers of s stood',
  ]),
  itself.equal(
    'IF NOT EXISTS, and the numbers that it has given',
    "CREATE SEQUENCE IF NOT EXISTS s; SELECT nextval('s')",
    s(),
  ),
  itself.equal(
    'all that it does anyway, said by the server',
    'CREATE SEQUENCE s AS bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1 NO CYCLE',
    s(),
  ),
  itself.equal(
    'all that it does anyway, said by the declaration',
    'CREATE SEQUENCE s',
    s({ startWith: 1, increment: 1, minValue: 1, maxValue: '9223372036854775807', cache: 1, cycle: false }),
  ),
  itself.equal(
    'those of serial and identity columns',
    'CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a serial)',
    {
      t: pgTable('t', { id: integer().primaryKey().generatedAlwaysAsIdentity(), a: serial() }),
    },
  ),
  itself.equal('not declared with table(…)', 'CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY)', own({})),
  itself.equal(
    'that a default asks, and that is not exported',
    `CREATE SEQUENCE s; ${has("a bigint DEFAULT nextval('s')")}`,
    numbered('s'),
  ),
  itself.equal('in another schema', 'CREATE SCHEMA app; CREATE SEQUENCE app.s', { app, s: app.sequence('s') }),

  start.add('another than 1', s(), s({ startWith: 100 }), ['alter sequence s: {"start":"100"}']),
  start.drop('another than 1', s({ startWith: 100 }), s(), ['alter sequence s: {"start":null}']),
  start.change('100 to 200', s({ startWith: 100 }), s({ startWith: 200 }), ['alter sequence s: {"start":"200"}']),
  start.equal('at the end that it counts from', 'CREATE SEQUENCE s MINVALUE 5', s({ minValue: 5, startWith: 5 })),
  increment.add('another than 1', s(), s({ increment: 10 }), ['alter sequence s: {"increment":"10"}'], {
    rows: "SELECT nextval('s')",
    finds: { sql: "SELECT nextval('s') AS next", rows: ['11'] },
  }),
  increment.drop('another than 1', s({ increment: 10 }), s(), ['alter sequence s: {"increment":null}']),
  increment.change('10 to 20', s({ increment: 10 }), s({ increment: 20 }), ['alter sequence s: {"increment":"20"}']),
  increment.equal('counting down, with its usual bounds', 'CREATE SEQUENCE s INCREMENT -1', s({ increment: -1 })),
  increment.equal(
    'counting down, and all of it said',
    'CREATE SEQUENCE s INCREMENT -1',
    s({ increment: '-1', maxValue: -1, startWith: -1 }),
  ),
  bounds.add('a highest number', s(), s({ maxValue: 1000 }), ['alter sequence s: {"maxValue":"1000"}']),
  bounds.drop('a highest number', s({ maxValue: 1000 }), s(), ['alter sequence s: {"maxValue":null}']),
  bounds.change('both', s({ minValue: 1, maxValue: 1000 }), s({ minValue: 5, maxValue: 2000, startWith: 7 }), [
    'alter sequence s: {"maxValue":"2000","minValue":"5","start":"7"}',
  ]),
  bounds.change(
    'a highest number that it is beyond',
    s(),
    s({ maxValue: 10 }),
    ['alter sequence s: {"maxValue":"10"}'],
    { rows: "SELECT setval('s', 50)", refused: 'BLOCKING_ROWS' },
  ),
  bounds.equal(
    'as numbers and as texts',
    'CREATE SEQUENCE s MAXVALUE 1000 MINVALUE -5 START 1',
    s({ maxValue: '1000', minValue: -5, startWith: '1' }),
  ),
  cache.add('20', s(), s({ cache: 20 }), ['alter sequence s: {"cache":20}']),
  cache.drop('20', s({ cache: 20 }), s(), ['alter sequence s: {"cache":null}']),
  cache.change('20 to 30', s({ cache: 20 }), s({ cache: 30 }), ['alter sequence s: {"cache":30}']),
  cache.equal('as a text', 'CREATE SEQUENCE s CACHE 20', s({ cache: '20' })),
  cycle.add('begins again', s(), s({ cycle: true }), ['alter sequence s: {"cycle":true}']),
  cycle.drop('begins again', s({ cycle: true }), s(), ['alter sequence s: {"cycle":null}']),
  cycle.equal('NO CYCLE said', 'CREATE SEQUENCE s NO CYCLE', s({ cycle: false })),
  type.equal('in Drizzle, which has no word for it', 'CREATE SEQUENCE s AS integer', s()),
  owner.equal(
    'in Drizzle, which has no word for it',
    'CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE SEQUENCE s OWNED BY t.id',
    { ...s(), ...t({ a: text() }) },
  ),
  owner.equal(
    'of a serial whose table was renamed by hand',
    'CREATE TABLE old (id serial PRIMARY KEY, a text); ALTER TABLE old RENAME TO t',
    { t: serials('t', 'id') },
  ),
  owner.equal(
    'of a serial whose column was renamed by hand',
    'CREATE TABLE t (old serial PRIMARY KEY, a text); ALTER TABLE t RENAME old TO id',
    { t: serials('t', 'id') },
  ),
  owner.rename(
    'with the table of a serial: its position stays',
    { t: serials('t', 'id') },
    { t: serials('u', 'id') },
    ['rename table t to u'],
    { ...deleted, answers: { renamed: [{ from: 't', to: 'u' }] }, ...next('u', 'id', 't', 'id') },
  ),
  owner.rename(
    'with the column of a serial: its position stays',
    { t: serials('t', 'id') },
    { t: serials('t', 'number') },
    ['rename column t.id to number'],
    { ...deleted, answers: { renamed: [{ from: 't.id', to: 'number' }] }, ...next('t', 'number', 't', 'id') },
  ),
  owner.rename(
    'with both names of a serial: its position stays',
    { t: serials('t', 'id') },
    { t: serials('u', 'number') },
    ['rename table t to u', 'rename column u.id to number'],
    {
      ...deleted,
      answers: {
        renamed: [
          { from: 't', to: 'u' },
          { from: 'u.id', to: 'number' },
        ],
      },
      ...next('u', 'number', 't', 'id'),
    },
  ),
  owner.rename(
    'with the table of an identity: its position stays',
    { t: identities('t', 'id') },
    { t: identities('u', 'id') },
    ['rename table t to u'],
    { ...deleted, answers: { renamed: [{ from: 't', to: 'u' }] }, ...next('u', 'id', 't', 'id') },
  ),
  owner.rename(
    'with the column of an identity: its position stays',
    { t: identities('t', 'id') },
    { t: identities('t', 'number') },
    ['rename column t.id to number'],
    { ...deleted, answers: { renamed: [{ from: 't.id', to: 'number' }] }, ...next('t', 'number', 't', 'id') },
  ),
  owner.rename(
    'of a serial in a schema of its own',
    { app, t: app.table('t', { id: serial().primaryKey() }) },
    { app, t: app.table('u', { id: serial().primaryKey() }) },
    ['rename table app.t to u'],
    {
      rows: 'INSERT INTO app.t DEFAULT VALUES',
      answers: { renamed: [{ from: 'app.t', to: 'app.u' }] },
      ...next('app.u', 'id', 'app.t', 'id', 2),
    },
  ),
  owner.rename(
    'of a sequence that the default of the table asks: it stays as it is',
    { ...s(), t: asking('t') },
    { ...s(), t: asking('u') },
    ['rename table t to u'],
    {
      rows: "SELECT nextval('s'); SELECT nextval('s')",
      answers: { renamed: [{ from: 't', to: 'u' }] },
      finds: { sql: 'INSERT INTO u (a) VALUES (NULL) RETURNING id', rows: ['3'] },
    },
  ),

  schema.add('with nothing in it', {}, { app }, ['create schema app']),
  schema.add('of a table that is new', {}, { t: app.table('t', { id: integer().primaryKey() }) }, [
    'create schema app',
    'create table app.t: id integer not null; primary key (id)',
  ]),
  schema.drop('that is named by `include`', 'CREATE SCHEMA app', {}, ['drop schema app'], {
    include: ['*', { kind: 'schema', name: 'app' }],
  }),
  schema.drop(
    'with what stands in it, named by `include`',
    'CREATE SCHEMA app; CREATE TABLE app.t (id integer)',
    {},
    ['drop table app.t -- loses the table app.t and its rows', 'drop schema app'],
    { include: ['*', { kind: 'schema', name: 'app' }] },
  ),
  schema.rename(
    'is another schema: the old one, which is not named, stays',
    'CREATE SCHEMA app; CREATE TABLE app.t (id integer)',
    { other: pgSchema('other') },
    ['create schema other'],
  ),
  schema.equal(
    'that is not named stays, with all that is in it',
    'CREATE SCHEMA app; CREATE TABLE app.t (id integer)',
    {},
  ),
  schema.equal(
    'that `include` says nothing of: what stands in schemas is no schema',
    'CREATE SCHEMA app',
    {},
    {
      include: ['*'],
    },
  ),
  schema.equal('there already', 'CREATE SCHEMA app AUTHORIZATION CURRENT_USER', { app }),
  schema.equal('a name with capitals and spaces', 'CREATE SCHEMA "My App"', { app: pgSchema('My App') }),
]
