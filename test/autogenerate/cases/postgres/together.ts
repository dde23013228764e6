import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  pgView,
  serial,
  smallint,
  smallserial,
  text,
  timestamp,
  unique,
  varchar,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, rows, t } from './declared.ts'

/*
 * Changes that meet: of a column and of what stands on it, of names that change places, of a type in several columns.
 */

const tables = cell('table', 'itself')
const columns = cell('column', 'itself')
const types = cell('column', 'type')
const nullability = cell('column', 'nullability')
const primary = cell('primary key', 'itself')
const indexes = cell('index', 'itself')
const enums = cell('enum', 'itself')
const values = cell('enum', 'values')
const options = cell('table', 'options')
const views = cell('view', 'what it reads')
const triggers = cell('trigger', 'itself')

const key = { id: integer().primaryKey() }
const moods = (...of: readonly [string, ...string[]]) => pgEnum('mood', of)
const three = moods('sad', 'so', 'ok')
const two = moods('so', 'ok')
const feeling = pgEnum('feeling', ['sad', 'so', 'ok'])
const used = (type: typeof three | typeof feeling) =>
  t({ a: type().default('ok'), b: type().array() }, (c) => [
    index('i').on(c.a).where(sql`${c.a} <> 'so'`),
    check('ck', sql`${c.a} <> 'so' AND NOT 'so' = ANY (${c.b})`),
  ])
const reading = pgView('v', { id: integer() }).as(sql`SELECT id FROM t WHERE a = 'sad'`)
const toOk = { fill: { 'mood = sad': "'ok'" } }
const valueDropped =
  'alter enum mood: {"drop":[{"replaceBy":"ok","value":"sad"}]} -- loses which rows had \'sad\' of mood'
const users = (id: ReturnType<typeof integer> | ReturnType<typeof bigint>) => pgTable('users', { id: id.primaryKey() })
const small = users(integer())
const big = users(bigint({ mode: 'number' }))
const oldKey = pgTable('t', { id: integer().primaryKey() })
const newKey = pgTable('t', { key: integer().primaryKey() })
const viewOf = (name = 'v') => pgView(name, { id: integer(), a: text() }).as(sql`SELECT id, a FROM t`)

const counting = pgView('v', { a: text(), n: bigint({ mode: 'number' }) }).as(
  sql`SELECT a, count(*) AS n FROM t GROUP BY a`,
)
const computing = (a: ReturnType<typeof integer> | ReturnType<typeof smallint>) =>
  t({ a, g: integer().generatedAlwaysAs(sql`a + 1`) }, (c) => [
    unique('u').on(c.g),
    check('ck', sql`${c.g} > 0`),
    index('i').on(c.id).where(sql`${c.g} > 2`),
  ])
// Of two tables: of one, PostgreSQL shows columns with their table before 16 only.
const doubled = pgView('v', { id: integer(), g: integer() }).as(sql`SELECT t.id, t.g FROM t, generate_series(1, 1) n`)

export const together: readonly Case[] = [
  values.drop(
    'that is the default of a column, which gets another',
    { three, ...t({ a: three().default('sad') }) },
    { two, ...t({ a: two().default('ok') }) },
    [valueDropped],
    { ...toOk, rows: rows('id, a', "1, 'sad'"), finds: { sql: 'SELECT a FROM t', rows: ['ok'] } },
  ),
  values.drop(
    'that stands in an array, an index and a check',
    {
      three,
      ...t({ a: three(), b: three().array() }, (c) => [
        index('i').on(c.a).where(sql`${c.a} <> 'so'`),
        check('ck', sql`${c.a} <> 'so'`),
      ]),
    },
    {
      two,
      ...t({ a: two(), b: two().array() }, (c) => [
        index('i').on(c.a).where(sql`${c.a} <> 'so'`),
        check('ck', sql`${c.a} <> 'so'`),
      ]),
    },
    [valueDropped],
    {
      ...toOk,
      rows: rows('id, a, b', "1, 'sad', '{sad,so}'"),
      finds: { sql: 'SELECT a, b::text FROM t', rows: ['ok, {ok,so}'] },
    },
  ),
  values.drop(
    'with two tables and a view that have it',
    {
      three,
      ...t({ a: three() }),
      u: pgTable('u', { b: three().notNull() }),
      v: pgView('v', { a: text() }).as(sql`SELECT a FROM t`),
    },
    {
      two,
      ...t({ a: two() }),
      u: pgTable('u', { b: two().notNull() }),
      v: pgView('v', { a: text() }).as(sql`SELECT a FROM t`),
    },
    [valueDropped],
    {
      ...toOk,
      rows: "INSERT INTO t VALUES (1, 'sad'); INSERT INTO u VALUES ('sad')",
      finds: { sql: 'SELECT v.a, b FROM v, u', rows: ['ok, ok'] },
    },
  ),
  enums.rename(
    'with a default, an array, an index, a check, a view and a second table',
    { three, ...used(three), u: pgTable('u', { b: three() }), v: reading },
    { feeling, ...used(feeling), u: pgTable('u', { b: feeling() }), v: reading },
    ['rename enum mood to feeling'],
    { answers: { renamed: [{ from: 'mood', to: 'feeling' }] } },
  ),
  types.change(
    'serial to bigserial, and its sequence',
    t({ a: serial() }),
    t({ a: bigserial({ mode: 'number' }) }),
    ['alter column t.a: type bigint', 'alter sequence t_a_seq: {"type":"integer64"}'],
    {
      rows: 'INSERT INTO t (id) VALUES (1)',
      finds: {
        sql: "SELECT format_type(seqtypid, NULL) FROM pg_sequence WHERE seqrelid = 't_a_seq'::regclass",
        rows: ['bigint'],
      },
      returns: {
        sql: "SELECT format_type(seqtypid, NULL), nextval('t_a_seq') FROM pg_sequence WHERE seqrelid = 't_a_seq'::regclass",
        rows: ['integer, 2'],
      },
    },
  ),
  types.change('bigserial to smallserial', t({ a: bigserial({ mode: 'number' }) }), t({ a: smallserial() }), [
    'expect no rows of t whose a has no room in its new type: SELECT "id", "a" FROM "t" WHERE "a" NOT BETWEEN -32768 AND 32767',
    'alter column t.a: type smallint',
    'alter sequence t_a_seq: {"type":"integer16"}',
  ]),
  types.change(
    'an identity with a wider type',
    { t: pgTable('t', { id: integer().primaryKey().generatedAlwaysAsIdentity() }) },
    { t: pgTable('t', { id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity() }) },
    ['alter column t.id: type bigint'],
    {
      finds: {
        sql: "SELECT format_type(seqtypid, NULL) FROM pg_sequence WHERE seqrelid = 't_id_seq'::regclass",
        rows: ['bigint'],
      },
    },
  ),
  types.change(
    'a key that another table refers to, under a view',
    {
      small,
      posts: pgTable('posts', { ...key, author: integer().references((): AnyPgColumn => small.id) }),
      v: pgView('v', { id: integer() }).as(sql`SELECT id FROM users`),
    },
    {
      big,
      posts: pgTable('posts', { ...key, author: bigint({ mode: 'number' }).references((): AnyPgColumn => big.id) }),
      v: pgView('v', { id: integer() }).as(sql`SELECT id FROM users`),
    },
    [
      'drop from posts: foreign key posts_author_users_id_fk',
      'alter column users.id: type bigint',
      'alter column posts.author: type bigint',
      'add to posts: foreign key posts_author_users_id_fk (author) -> users (id)',
    ],
  ),
  types.change(
    'with a check, an index and a unique constraint over the column',
    t({ a: varchar({ length: 9 }) }, (c) => [
      check('ck', sql`${c.a} <> 'x'`),
      index('i').on(sql`lower(${c.a})`),
      unique('u').on(c.a),
    ]),
    t({ a: text() }, (c) => [check('ck', sql`${c.a} <> 'x'`), index('i').on(sql`lower(${c.a})`), unique('u').on(c.a)]),
    ['alter column t.a: type text'],
  ),
  types.change(
    'of a column that another is computed from',
    t({ a: smallint(), g: integer().generatedAlwaysAs(sql`a + 1`) }),
    t({ a: integer(), g: integer().generatedAlwaysAs(sql`a + 1`) }),
    ['drop column t.g', 'alter column t.a: type integer', 'add column t.g integer as (a + 1) stored'],
    { rows: rows('id, a', '1, 4'), finds: { sql: 'SELECT g FROM t', rows: ['5'] } },
  ),
  views.equal(
    'that counts rows and multiplies',
    'CREATE TABLE t (id int4 PRIMARY KEY, a text); CREATE VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a',
    { ...t({ a: text() }), v: counting },
  ),
  types.equal(
    'of a column that another is computed from, under its other name',
    'CREATE TABLE t (id int4 PRIMARY KEY, a int2, g int4 GENERATED ALWAYS AS (a + 1) STORED)',
    t({ a: smallint(), g: integer().generatedAlwaysAs(sql`a + 1`) }),
  ),
  types.change(
    'of a column that another is computed from, which a key, an index, a check and a view read',
    { ...computing(smallint()), v: doubled },
    { ...computing(integer()), v: doubled },
    [
      `expect no rows of t that the check ck ("g" > 0) refuses: SELECT * FROM "t" WHERE NOT ("g" > 0)`,
      'drop view v',
      'drop from t: check ck',
      'drop from t: unique u',
      'drop index t.i',
      'drop column t.g',
      'alter column t.a: type integer',
      'add column t.g integer as (a + 1) stored',
      'add to t: unique u (g)',
      'add to t: check ck ("g" > 0)',
      'create on t: index i (id) where "g" > 2',
      'create view v: SELECT t.id,\n    t.g\n   FROM t,\n    generate_series(1, 1) n(n)',
    ],
    { rows: rows('id, a', '1, 4'), finds: { sql: 'SELECT g FROM v', rows: ['5'] } },
  ),
  types.change(
    'text to a moment, with a default',
    t({ a: text().default('2020-01-01') }),
    t({ a: timestamp().defaultNow() }),
    [
      'alter column t.a: type timestamp, default now using "a"::timestamp without time zone -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
    { rows: rows('id', '1'), finds: { sql: "SELECT to_char(a, 'YYYY') AS a FROM t", rows: ['2020'] } },
  ),
  types.change(
    'of two that change places: they are believed by their names',
    t({ a: text(), b: integer() }),
    t({ b: text(), a: integer() }),
    [
      `expect no rows of t whose a is no number: SELECT "id", "a" FROM "t" WHERE NOT ("a" ~ '^[[:space:]]*[+-]{0,1}[0-9]+[[:space:]]*$')`,
      'alter column t.b: type text',
      'alter column t.a: type integer using "a"::integer -- note: the server does not do this by itself: see whether `using` says what is meant',
    ],
  ),
  columns.drop(
    'beside a view that counts the rows',
    { ...t({ a: text(), b: text() }), v: counting },
    { ...t({ a: text() }), v: counting },
    ['drop column t.b -- loses the values of t.b'],
  ),
  columns.rename(
    'to a name that is new, where the other stays',
    t({ a: text(), b: text() }),
    t({ b: text(), c: text() }),
    ['rename column t.a to c'],
    { answers: { renamed: [{ from: 't.a', to: 'c' }] } },
  ),
  columns.rename(
    'of a primary key, with what refers to it',
    {
      t: pgTable('t', { id: integer().primaryKey() }),
      u: pgTable('u', { ...key, a: integer().references((): AnyPgColumn => oldKey.id) }),
    },
    {
      t: pgTable('t', { key: integer().primaryKey() }),
      u: pgTable('u', { ...key, a: integer().references((): AnyPgColumn => newKey.key) }),
    },
    ['rename column t.id to key', 'rename constraint u.u_a_t_id_fk to u_a_t_key_fk'],
    { answers: { renamed: [{ from: 't.id', to: 'key' }] } },
  ),
  indexes.change(
    'that goes to another table under its name',
    { ...t({ a: text() }, (c) => [index('i').on(c.a)]), u: pgTable('u', { b: text() }) },
    { ...t({ a: text() }), u: pgTable('u', { b: text() }, (c) => [index('i').on(c.b)]) },
    ['drop index t.i', 'create on u: index i (b)'],
  ),
  nullability.drop(
    'with the primary key that made it so',
    { t: pgTable('t', { id: integer().primaryKey(), a: text() }) },
    { t: pgTable('t', { id: integer(), a: text() }) },
    ['drop from t: primary key t_pkey', 'alter column t.id: null'],
  ),
  primary.change(
    'another column of the table, whose rows have none',
    { t: pgTable('t', { id: integer().primaryKey(), a: integer() }) },
    { t: pgTable('t', { id: integer().notNull(), a: integer().primaryKey() }) },
    [
      'expect no rows of t with the same a, which the primary key keeps apart: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'drop from t: primary key t_pkey',
      'fill t.a where null with id: t.a becomes NOT NULL {"sources":["id"]}',
      'alter column t.a: not null',
      'expect no rows of t with the same a, which the primary key keeps apart once all have one: SELECT "a", count(*) AS "rows" FROM "t" WHERE "a" IS NOT NULL GROUP BY "a" HAVING count(*) > 1',
      'add to t: primary key (a)',
    ],
    {
      fill: { 't.a': 'id' },
      rows: 'INSERT INTO t VALUES (1, NULL)',
      finds: { sql: 'SELECT * FROM t', rows: ['1, 1'] },
    },
  ),
  columns.add(
    'to a table in parts, which have it too',
    'CREATE TABLE t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (100)',
    t({ a: text(), b: integer() }, (c) => [index('t_b').on(c.b)]),
    ['add column t.b integer', 'create on t: index t_b (b)'],
    { rows: "INSERT INTO t VALUES (1, 'x')", finds: { sql: 'SELECT * FROM t_1', rows: ['1, x, NULL'] } },
  ),
  options.equal(
    'an index of a table in parts',
    'CREATE TABLE t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (100); CREATE INDEX i ON t (a)',
    t({ a: text() }, (c) => [index('i').on(c.a)]),
  ),
  tables.drop(
    'in parts, and its parts',
    'CREATE TABLE t (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (100)',
    {},
    ['drop table t -- loses the table t and its rows'],
  ),
  views.change(
    'a column more in the middle of its table, which it does not read',
    { ...t({ a: text() }), v: viewOf() },
    { ...t({ a: text(), b: integer().notNull().default(1) }), v: viewOf() },
    ['add column t.b integer not null default 1'],
  ),
  views.drop(
    'a column that two read, which are declared without it',
    {
      ...t({ a: text(), b: text() }),
      v: pgView('v', { id: integer() }).as(sql`SELECT id, b FROM t`),
      w: pgView('w', { id: integer() }).as(sql`SELECT id, b FROM v`),
    },
    {
      ...t({ a: text() }),
      v: pgView('v', { id: integer() }).as(sql`SELECT id FROM t`),
      w: pgView('w', { id: integer() }).as(sql`SELECT id FROM v`),
    },
    [
      'drop view w',
      'drop view v',
      'drop column t.b -- loses the values of t.b',
      'create view v: SELECT id FROM t',
      'create view w: SELECT id FROM v',
    ],
  ),
  views.drop(
    'a column of a table that is renamed: it comes back under the old name',
    { ...t({ a: text(), b: text() }), v: pgView('v', { a: text() }).as(sql`SELECT a FROM t`) },
    { t: pgTable('u', { ...key, b: text() }), v: pgView('v', { b: text() }).as(sql`SELECT b FROM u`) },
    [
      'rename table t to u',
      'drop view v',
      'drop column u.a -- loses the values of u.a',
      'create view v: SELECT b FROM u',
    ],
    {
      answers: { renamed: [{ from: 't', to: 'u' }] },
      rows: rows('id, a, b', "1, 'x', 'y'"),
      finds: { sql: 'SELECT * FROM v', rows: ['y'] },
      returns: { sql: 'SELECT a FROM v', rows: ['NULL'] },
    },
  ),
  triggers.change(
    'of a view that changes: it comes back with it',
    `${has('a text')}; CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION put()`,
    { ...t({ a: text() }), v: pgView('v', { id: integer() }).as(sql`SELECT id FROM t`) },
    ['replace view v: SELECT id FROM t'],
    { finds: { sql: "SELECT tgname FROM pg_trigger WHERE tgname = 'tr'", rows: ['tr'] } },
  ),
  triggers.change(
    'that is called at a column whose type changes',
    `${has('a varchar(9)')}; CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION put()`,
    t({ a: text() }),
    ['alter column t.a: type text'],
    { finds: { sql: "SELECT tgname FROM pg_trigger WHERE tgname = 'tr'", rows: ['tr'] } },
  ),
  triggers.drop(
    'goes with its view',
    `${has('a text')}; CREATE VIEW v AS SELECT id, a FROM t; CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION put()`,
    t({ a: text() }),
    ['drop view v'],
  ),
]
