import { column, integer as int, type TableExtras, table } from '@org/migrate-core'
import {
  type AnyPgColumn,
  bigint,
  foreignKey,
  integer,
  pgSchema,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'

const itself = cell('foreign key', 'itself')
const actions = cell('foreign key', 'actions')
const names = cell('foreign key', 'name')
const deferrable = cell('foreign key', 'deferrable')
const match = cell('foreign key', 'match')
const valid = cell('foreign key', 'not valid')
const order = cell('foreign key', 'order of changes')

const u = pgTable('u', { id: integer().primaryKey() })
const v = pgTable('v', { id: integer().primaryKey() })
type Actions = NonNullable<Parameters<ReturnType<typeof integer>['references']>[1]>
const plain = { u, v, t: pgTable('t', { id: integer().primaryKey(), a: integer() }) }
const refers = (to: typeof u | typeof v, how: Actions = {}) => ({
  u,
  v,
  t: pgTable('t', { id: integer().primaryKey(), a: integer().references((): AnyPgColumn => to.id, how) }),
})
const separate = (name: string) => ({
  u,
  v,
  t: pgTable('t', { id: integer().primaryKey(), a: integer() }, (c) => [
    foreignKey({ columns: [c.a], foreignColumns: [u.id], name }),
  ]),
})
const treeByIndex = pgTable('tree', { id: integer().primaryKey(), code: text(), up: text() }, (c) => [
  uniqueIndex('tree_code').on(c.code),
  foreignKey({ columns: [c.up], foreignColumns: [c.code], name: 'tree_up' }),
])
const has = (key: string) =>
  `CREATE TABLE u (id integer PRIMARY KEY); CREATE TABLE v (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer${key})`
type Key = NonNullable<TableExtras<'id' | 'a'>['foreignKeys']>[number]
const own = (how: Partial<Key> = {}) => ({
  u: table('u', { id: column(int(), { nullable: false }) }, { primaryKey: ['id'] }),
  t: table(
    't',
    { id: column(int(), { nullable: false }), a: column(int()) },
    {
      primaryKey: ['id'],
      foreignKeys: [{ name: 't_u', columns: ['a'], references: { table: 'u', columns: ['id'] }, ...how }],
    },
  ),
})
const onlyU = (key: string) =>
  `CREATE TABLE u (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT t_u FOREIGN KEY (a) REFERENCES u (id)${key})`
const eggs = pgTable('eggs', {
  id: integer().primaryKey(),
  chicken: integer().references((): AnyPgColumn => chickens.id),
})
const chickens = pgTable('chickens', {
  id: integer().primaryKey(),
  egg: integer().references((): AnyPgColumn => eggs.id),
})
const wide = pgTable('u', { id: bigint({ mode: 'number' }).primaryKey() })

/** The primary key of the one turned round, which the other refers to from then on; and it refers to the other. */
const turned = (isDone: boolean) => {
  const a = pgTable(
    'a',
    { p: integer().notNull(), q: integer().notNull(), r: integer().references((): AnyPgColumn => b.id) },
    (c) => [isDone ? primaryKey({ columns: [c.q, c.p] }) : primaryKey({ columns: [c.p, c.q] })],
  )
  const b = pgTable('b', { id: integer().primaryKey(), x: integer(), y: integer() }, (c) =>
    isDone ? [foreignKey({ name: 'b_a', columns: [c.x, c.y], foreignColumns: [a.q, a.p] })] : [],
  )
  return { a, b }
}

const app = pgSchema('app')
const elsewhere = app.table('u', { id: integer().primaryKey() })
const renamedCode = () => {
  const w = pgTable('w', { id: integer().primaryKey(), kode: text().unique('w_code') })
  return { w, t: pgTable('t', { id: integer().primaryKey(), a: text().references((): AnyPgColumn => w.kode) }) }
}
const coded = (unique: boolean) => {
  const w = pgTable('w', { id: integer().primaryKey(), code: unique ? text().unique('w_code') : text() })
  return {
    w,
    t: pgTable('t', { id: integer().primaryKey(), a: unique ? text().references((): AnyPgColumn => w.code) : text() }),
  }
}
const long = 'a'.repeat(40)

/** A key of two columns that may be NULL; MATCH FULL allows both or none. */
const pair = (how: Partial<NonNullable<TableExtras<'x' | 'y'>['foreignKeys']>[number]>) => ({
  p: table(
    'p',
    { x: column(int(), { nullable: false }), y: column(int(), { nullable: false }) },
    { primaryKey: ['x', 'y'] },
  ),
  t: table(
    't',
    { x: column(int()), y: column(int()) },
    { foreignKeys: [{ name: 't_p', columns: ['x', 'y'], references: { table: 'p', columns: ['x', 'y'] }, ...how }] },
  ),
})

export const foreignKeys: readonly Case[] = [
  itself.add('and rows are looked at first', plain, refers(u), [
    'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" "parent" WHERE "parent"."id" = "child"."a")',
    'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
  ]),
  itself.add(
    'with rows in the way',
    plain,
    refers(u),
    [
      'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" "parent" WHERE "parent"."id" = "child"."a")',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, 5)',
      refused: 'BLOCKING_ROWS',
    },
  ),
  itself.add('with its table, to a unique index of it', plain, { ...plain, tree: treeByIndex }, [
    'create table tree: id integer not null; code text; up text; primary key (id); foreign key tree_up (up) -> tree (code); unique index tree_code (code)',
  ]),
  itself.equal(
    'to a unique index of its own table',
    'CREATE TABLE tree (id integer PRIMARY KEY, code text, up text); CREATE UNIQUE INDEX tree_code ON tree (code); ALTER TABLE tree ADD CONSTRAINT tree_up FOREIGN KEY (up) REFERENCES tree (code)',
    { tree: treeByIndex },
  ),
  itself.drop('by its name', refers(u), plain, ['drop from t: foreign key t_a_u_id_fk']),
  itself.change('another table', refers(u), refers(v), [
    'expect no rows of t whose a is not in v (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "v" "parent" WHERE "parent"."id" = "child"."a")',
    'drop from t: foreign key t_a_u_id_fk',
    'add to t: foreign key t_a_v_id_fk (a) -> v (id)',
  ]),
  itself.equal('at its column, and the name that the server makes', has(' REFERENCES u (id)'), refers(u)),
  itself.equal('only the table: its key is meant', has(' REFERENCES u'), refers(u)),
  itself.equal('the table with its schema', has(' REFERENCES public.u (id)'), refers(u)),
  itself.equal('to itself', 'CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES t)', {
    t: pgTable('t', { id: integer().primaryKey(), up: integer().references((): AnyPgColumn => plain.t.id) }),
  }),
  itself.equal(
    'to a table of another schema',
    'CREATE SCHEMA app; CREATE TABLE app.u (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer REFERENCES app.u)',
    {
      app,
      elsewhere,
      t: pgTable('t', { id: integer().primaryKey(), a: integer().references((): AnyPgColumn => elsewhere.id) }),
    },
  ),
  itself.equal(
    'over two columns',
    'CREATE TABLE u (a integer, b integer, PRIMARY KEY (a, b)); CREATE TABLE t (c integer, d integer, FOREIGN KEY (c, d) REFERENCES u)',
    (() => {
      const two = pgTable('u', { a: integer(), b: integer() }, (x) => [primaryKey({ columns: [x.a, x.b] })])
      return {
        two,
        t: pgTable('t', { c: integer(), d: integer() }, (x) => [
          foreignKey({ columns: [x.c, x.d], foreignColumns: [two.a, two.b] }),
        ]),
      }
    })(),
  ),
  itself.equal(
    'a name that the server has cut',
    `CREATE TABLE ${long} (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer, CONSTRAINT t_a_${long}_id_fkey_that_goes_on FOREIGN KEY (a) REFERENCES ${long})`,
    (() => {
      const far = pgTable(long, { id: integer().primaryKey() })
      return {
        far,
        t: pgTable('t', { id: integer().primaryKey(), a: integer() }, (c) => [
          foreignKey({ columns: [c.a], foreignColumns: [far.id], name: `t_a_${long}_id_fkey_that_goes_on` }),
        ]),
      }
    })(),
  ),
  actions.add('ON DELETE CASCADE', refers(u), refers(u, { onDelete: 'cascade' }), [
    'drop from t: foreign key t_a_u_id_fk',
    'add to t: foreign key t_a_u_id_fk (a) -> u (id) on delete cascade',
  ]),
  actions.drop('ON DELETE CASCADE', refers(u, { onDelete: 'cascade' }), refers(u), [
    'drop from t: foreign key t_a_u_id_fk',
    'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
  ]),
  actions.change(
    'SET NULL for CASCADE, rows stay',
    refers(u, { onDelete: 'cascade' }),
    refers(u, { onDelete: 'set null' }),
    ['drop from t: foreign key t_a_u_id_fk', 'add to t: foreign key t_a_u_id_fk (a) -> u (id) on delete setNull'],
    {
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT id, a FROM t', rows: ['1, 5'] },
    },
  ),
  actions.change(
    'RESTRICT, which is not NO ACTION',
    refers(u),
    refers(u, { onDelete: 'restrict', onUpdate: 'restrict' }),
    [
      'drop from t: foreign key t_a_u_id_fk',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id) on delete restrict on update restrict',
    ],
  ),
  actions.equal('NO ACTION said', has(' REFERENCES u (id) ON DELETE NO ACTION ON UPDATE NO ACTION'), refers(u)),
  actions.equal(
    'NO ACTION said in Drizzle',
    has(' REFERENCES u (id)'),
    refers(u, { onDelete: 'no action', onUpdate: 'no action' }),
  ),
  actions.equal(
    'in small letters and another order',
    has(' references u (id) on update set null on delete restrict'),
    refers(u, { onDelete: 'restrict', onUpdate: 'set null' }),
  ),
  deferrable.add('INITIALLY DEFERRED', own(), own({ deferrable: 'deferred' }), [
    'drop from t: foreign key t_u',
    'add to t: foreign key t_u (a) -> u (id) {"deferrable":"deferred"}',
  ]),
  deferrable.drop('INITIALLY DEFERRED', own({ deferrable: 'deferred' }), own(), [
    'drop from t: foreign key t_u',
    'add to t: foreign key t_u (a) -> u (id)',
  ]),
  deferrable.change(
    'checked at once, and put off when asked',
    own({ deferrable: 'deferred' }),
    own({ deferrable: 'immediate' }),
    ['drop from t: foreign key t_u', 'add to t: foreign key t_u (a) -> u (id) {"deferrable":"immediate"}'],
  ),
  deferrable.equal(
    'of a key in Drizzle, which has no word for it',
    has(' REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED'),
    refers(u),
  ),
  deferrable.equal('NOT DEFERRABLE said', onlyU(' NOT DEFERRABLE INITIALLY IMMEDIATE'), own()),
  match.add('FULL', own(), own({ match: 'full' }), [
    'drop from t: foreign key t_u',
    'add to t: foreign key t_u (a) -> u (id) {"match":"full"}',
  ]),
  match.drop('FULL', own({ match: 'full' }), own(), [
    'drop from t: foreign key t_u',
    'add to t: foreign key t_u (a) -> u (id)',
  ]),
  match.add(
    'FULL over two columns, with a row that has only one of them',
    pair({}),
    pair({ match: 'full' }),
    [
      'expect no rows of t whose x, y is not in p (x, y): SELECT "child"."x", "child"."y" FROM "t" "child" WHERE ("child"."x" IS NOT NULL OR "child"."y" IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM "p" "parent" WHERE "parent"."x" = "child"."x" AND "parent"."y" = "child"."y")',
      'drop from t: foreign key t_p',
      'add to t: foreign key t_p (x, y) -> p (x, y) {"match":"full"}',
    ],
    { rows: 'INSERT INTO t VALUES (1, NULL)', refused: 'BLOCKING_ROWS' },
  ),
  match.equal(
    'FULL over two columns',
    'CREATE TABLE p (x integer, y integer, PRIMARY KEY (x, y)); CREATE TABLE t (x integer, y integer, CONSTRAINT t_p FOREIGN KEY (x, y) REFERENCES p (x, y) MATCH FULL)',
    pair({ match: 'full' }),
  ),
  match.equal('SIMPLE said', onlyU(' MATCH SIMPLE'), own()),
  match.equal('FULL, in Drizzle, which has no word for it', has(' REFERENCES u (id) MATCH FULL'), refers(u)),
  valid.add('rows that are there are not looked at any more', own(), own({ notValid: true }), [
    'drop from t: foreign key t_u',
    'add to t: foreign key t_u (a) -> u (id) {"notValid":true}',
  ]),
  valid.drop(
    'and rows are looked at first',
    own({ notValid: true }),
    own(),
    [
      'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" "parent" WHERE "parent"."id" = "child"."a")',
      'drop from t: foreign key t_u',
      'add to t: foreign key t_u (a) -> u (id)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, NULL)',
    },
  ),
  valid.drop(
    'with rows in the way',
    onlyU('')
      .replace(', CONSTRAINT t_u FOREIGN KEY (a) REFERENCES u (id)', '')
      .concat(
        '; INSERT INTO t VALUES (1, 5); ALTER TABLE t ADD CONSTRAINT t_u FOREIGN KEY (a) REFERENCES u (id) NOT VALID',
      ),
    own(),
    [
      'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "u" "parent" WHERE "parent"."id" = "child"."a")',
      'drop from t: foreign key t_u',
      'add to t: foreign key t_u (a) -> u (id)',
    ],
    { refused: 'BLOCKING_ROWS' },
  ),
  valid.equal(
    'of a key in Drizzle, which has no word for it',
    has('').concat('; ALTER TABLE t ADD CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) NOT VALID'),
    refers(u),
  ),
  names.rename('one for another', separate('one'), separate('two'), ['rename constraint t.one to two']),
  names.equal(
    'made by the server, by drizzle-kit, by hand: where none was given',
    has(', CONSTRAINT whatever FOREIGN KEY (a) REFERENCES u (id)'),
    refers(u),
  ),
  order.add('two tables that refer to each other', {}, { eggs, chickens }, [
    'create table chickens: id integer not null; egg integer; primary key (id)',
    'create table eggs: id integer not null; chicken integer; primary key (id); foreign key eggs_chicken_chickens_id_fk (chicken) -> chickens (id)',
    'add to chickens: foreign key chickens_egg_eggs_id_fk (egg) -> eggs (id)',
  ]),
  order.drop('two tables that refer to each other', { eggs, chickens }, {}, [
    'drop from eggs: foreign key eggs_chicken_chickens_id_fk',
    'drop table chickens -- loses the table chickens and its rows',
    'drop table eggs -- loses the table eggs and its rows',
  ]),
  order.drop('a table that another refers to, with the key', refers(u), { v, t: plain.t }, [
    'drop from t: foreign key t_a_u_id_fk',
    'drop table u -- loses the table u and its rows',
  ]),
  order.change(
    'the types on both sides',
    { u, t: refers(u).t },
    {
      u: wide,
      t: pgTable('t', {
        id: integer().primaryKey(),
        a: bigint({ mode: 'number' }).references((): AnyPgColumn => wide.id),
      }),
    },
    [
      'drop from t: foreign key t_a_u_id_fk',
      'alter column u.id: type bigint',
      'alter column t.a: type bigint',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    { rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)', finds: { sql: 'SELECT a FROM t', rows: ['5'] } },
  ),
  order.change(
    'the columns of the key that it refers to stand in another order: it waits for that key',
    turned(false),
    turned(true),
    [
      'expect no rows of b whose x, y is not in a (q, p): SELECT "child"."x", "child"."y" FROM "b" "child" WHERE "child"."x" IS NOT NULL AND "child"."y" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "a" "parent" WHERE "parent"."q" = "child"."x" AND "parent"."p" = "child"."y")',
      'drop from a: primary key a_p_q_pk',
      'add to a: primary key a_q_p_pk (q, p)',
      'add to b: foreign key b_a (x, y) -> a (q, p)',
    ],
    {
      rows: 'INSERT INTO b VALUES (1, 2, 3); INSERT INTO a VALUES (3, 2, 1)',
      finds: { sql: 'SELECT * FROM a', rows: ['3, 2, 1'] },
    },
  ),
  order.add('with the unique constraint that it refers to', coded(false), coded(true), [
    'expect no rows of w with the same code, which the unique constraint w_code keeps apart: SELECT "code", count(*) AS "rows" FROM "w" WHERE "code" IS NOT NULL GROUP BY "code" HAVING count(*) > 1',
    'expect no rows of t whose a is not in w (code): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "w" "parent" WHERE "parent"."code" = "child"."a")',
    'add to w: unique w_code (code)',
    'add to t: foreign key t_a_w_code_fk (a) -> w (code)',
  ]),
  order.drop('with the unique constraint that it refers to', coded(true), coded(false), [
    'drop from t: foreign key t_a_w_code_fk',
    'drop from w: unique w_code',
  ]),
  order.add(
    'to a table that is new, with rows that refer to nothing',
    { t: plain.t },
    { u, t: refers(u).t },
    [
      'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL',
      'create table u: id integer not null; primary key (id)',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, 5)',
      refused: 'BLOCKING_ROWS',
    },
  ),
  order.rename(
    'the column that another table refers to',
    coded(true),
    renamedCode(),
    ['rename column w.code to kode', 'rename constraint t.t_a_w_code_fk to t_a_w_kode_fk'],
    {
      answers: { renamed: [{ from: 'w.code', to: 'kode' }] },
      rows: "INSERT INTO w VALUES (1, 'x'); INSERT INTO t VALUES (1, 'x')",
      finds: { sql: 'SELECT kode FROM t JOIN w ON kode = a', rows: ['x'] },
    },
  ),
  order.equal(
    'two tables that refer to each other',
    'CREATE TABLE eggs (id integer PRIMARY KEY, chicken integer); CREATE TABLE chickens (id integer PRIMARY KEY, egg integer REFERENCES eggs); ALTER TABLE eggs ADD FOREIGN KEY (chicken) REFERENCES chickens',
    { chickens, eggs },
  ),
]
