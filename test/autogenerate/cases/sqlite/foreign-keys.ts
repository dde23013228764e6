import { column, integer as int, table } from '@org/migrate-core'
import { type AnySQLiteColumn, foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { rows } from './declared.ts'

const itself = cell('foreign key', 'itself')
const actions = cell('foreign key', 'actions')
const names = cell('foreign key', 'name')
const deferrable = cell('foreign key', 'deferrable')
const order = cell('foreign key', 'order of changes')

const u = sqliteTable('u', { id: integer().primaryKey() })
const v = sqliteTable('v', { id: integer().primaryKey() })
type Actions = NonNullable<Parameters<ReturnType<typeof integer>['references']>[1]>
const plain = { u, v, t: sqliteTable('t', { id: integer().primaryKey(), a: integer() }) }
const refers = (to: typeof u | typeof v, how: Actions = {}) => ({
  u,
  v,
  t: sqliteTable('t', { id: integer().primaryKey(), a: integer().references((): AnySQLiteColumn => to.id, how) }),
})
const separate = (name: string | undefined) => ({
  u,
  v,
  t: sqliteTable('t', { id: integer().primaryKey(), a: integer() }, (c) => [
    foreignKey({ columns: [c.a], foreignColumns: [u.id], ...(name === undefined ? {} : { name }) }),
  ]),
})
const otherTables =
  'CREATE TABLE u (id INTEGER PRIMARY KEY NOT NULL); CREATE TABLE v (id INTEGER PRIMARY KEY NOT NULL); '
const has = (key: string) => `${otherTables}CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a INTEGER${key})`
const waits = (when?: 'deferred' | 'immediate', name?: string) => ({
  u: table('u', { id: column(int(), { nullable: false }) }, { primaryKey: ['id'] }),
  t: table(
    't',
    { id: column(int(), { nullable: false }), a: column(int()) },
    {
      primaryKey: ['id'],
      foreignKeys: [
        {
          columns: ['a'],
          references: { table: 'u', columns: ['id'] },
          ...(when === undefined ? {} : { deferrable: when }),
          ...(name === undefined ? {} : { name }),
        },
      ],
    },
  ),
})
const referring = (to: string) =>
  `expect no rows of t whose a is not in ${to} (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "${to}" "parent" WHERE "parent"."id" = "child"."a")`

const one = (): AnySQLiteColumn => chickens.id
const textKeyed = sqliteTable('u', { id: text().primaryKey() })
const renamed = sqliteTable('u', { key: integer().primaryKey() })
const eggs = sqliteTable('eggs', { id: integer().primaryKey(), chicken: integer().references(one) })
const chickens = sqliteTable('chickens', {
  id: integer().primaryKey(),
  egg: integer().references((): AnySQLiteColumn => eggs.id),
})

export const foreignKeys: readonly Case[] = [
  itself.add('and rows are looked at first', plain, refers(u), [referring('u'), 'add to t: foreign key (a) -> u (id)']),
  itself.add('with rows in the way', plain, refers(u), [referring('u'), 'add to t: foreign key (a) -> u (id)'], {
    rows: rows('id, a', '1, 5'),
    refused: 'BLOCKING_ROWS',
  }),
  itself.drop('at its column', refers(u), plain, ['drop from t: foreign key {"columns":["a"]}']),
  itself.drop('by its name', separate('t_u'), plain, ['drop from t: foreign key t_u']),
  itself.change('another table', refers(u), refers(v), [
    referring('v'),
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> v (id)',
  ]),
  itself.equal('at its column, and apart', has(', FOREIGN KEY (a) REFERENCES u (id)'), refers(u)),
  itself.equal('only the table: its key is meant', has(' REFERENCES u'), refers(u)),
  itself.equal('names in other letters and quotes', has(' REFERENCES "U" ([ID])'), refers(u)),
  names.equal('one, where none was given', has(', CONSTRAINT t_u FOREIGN KEY (a) REFERENCES u (id)'), refers(u)),
  names.equal('one that drizzle-kit never writes', has(' REFERENCES u (id)'), separate('t_u')),
  itself.equal('MATCH, which SQLite reads and forgets', has(' REFERENCES u (id) MATCH FULL'), refers(u)),
  itself.equal('to itself', 'CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, up INTEGER REFERENCES t (id))', {
    t: sqliteTable('t', { id: integer().primaryKey(), up: integer().references((): AnySQLiteColumn => plain.t.id) }),
  }),
  itself.equal(
    'over two columns',
    'CREATE TABLE u (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)); CREATE TABLE t (c INTEGER, d INTEGER, FOREIGN KEY (c, d) REFERENCES u)',
    (() => {
      const two = sqliteTable('u', { a: integer().notNull(), b: integer().notNull() }, (x) => [
        primaryKey({ columns: [x.a, x.b] }),
      ])
      return {
        two,
        t: sqliteTable('t', { c: integer(), d: integer() }, (x) => [
          foreignKey({ columns: [x.c, x.d], foreignColumns: [two.a, two.b] }),
        ]),
      }
    })(),
  ),
  actions.add('ON DELETE CASCADE', refers(u), refers(u, { onDelete: 'cascade' }), [
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> u (id) on delete cascade',
  ]),
  actions.drop('ON DELETE CASCADE', refers(u, { onDelete: 'cascade' }), refers(u), [
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> u (id)',
  ]),
  actions.change(
    'SET NULL for CASCADE, rows stay',
    refers(u, { onDelete: 'cascade' }),
    refers(u, { onDelete: 'set null' }),
    ['drop from t: foreign key {"columns":["a"]}', 'add to t: foreign key (a) -> u (id) on delete setNull'],
    {
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT id, a FROM t', rows: ['1, 5'] },
    },
  ),
  actions.equal('NO ACTION said', has(' REFERENCES u (id) ON DELETE NO ACTION ON UPDATE NO ACTION'), refers(u)),
  actions.equal(
    'no action said in Drizzle',
    has(' REFERENCES u (id)'),
    refers(u, { onDelete: 'no action', onUpdate: 'no action' }),
  ),
  actions.equal(
    'in small letters and another order',
    has(' references u (id) on update set null on delete restrict'),
    refers(u, { onDelete: 'restrict', onUpdate: 'set null' }),
  ),
  deferrable.add('INITIALLY DEFERRED', waits(), waits('deferred'), [
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> u (id) {"deferrable":"deferred"}',
  ]),
  deferrable.drop('INITIALLY DEFERRED', waits('deferred'), waits(), [
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> u (id)',
  ]),
  deferrable.change('checked at once, and put off when asked', waits('deferred'), waits('immediate'), [
    'drop from t: foreign key {"columns":["a"]}',
    'add to t: foreign key (a) -> u (id) {"deferrable":"immediate"}',
  ]),
  deferrable.equal(
    'of a key in Drizzle, which has no word for it',
    has(' REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED'),
    refers(u),
  ),
  deferrable.equal('NOT DEFERRABLE said', has(' REFERENCES u (id) NOT DEFERRABLE INITIALLY IMMEDIATE'), refers(u)),
  names.rename('one for another', waits(undefined, 'one'), waits(undefined, 'two'), ['rename constraint t.one to two']),
  order.add(
    'to a table that is new, with rows that refer to nothing',
    { t: plain.t },
    { u, t: refers(u).t },
    [
      'expect no rows of t whose a is not in u (id): SELECT "child"."a" FROM "t" "child" WHERE "child"."a" IS NOT NULL',
      'create table u: id integer not null; primary key (id)',
      'add to t: foreign key (a) -> u (id)',
    ],
    {
      rows: 'INSERT INTO t VALUES (1, 5)',
      refused: 'BLOCKING_ROWS',
    },
  ),
  order.add('two tables that refer to each other', {}, { eggs, chickens }, [
    'create table chickens: id integer not null; egg integer; primary key (id)',
    'create table eggs: id integer not null; chicken integer; primary key (id); foreign key (chicken) -> chickens (id)',
    'add to chickens: foreign key (egg) -> eggs (id)',
  ]),
  order.drop('two tables that refer to each other', { eggs, chickens }, {}, [
    'drop from chickens: foreign key {"columns":["egg"]}',
    'drop table eggs -- loses the table eggs and its rows',
    'drop table chickens -- loses the table chickens and its rows',
  ]),
  order.drop('a table that another refers to, with the key', refers(u), { v, t: plain.t }, [
    'drop from t: foreign key {"columns":["a"]}',
    'drop table u -- loses the table u and its rows',
  ]),
  order.change(
    'the types on both sides',
    { u, t: refers(u).t },
    {
      u: textKeyed,
      t: sqliteTable('t', { id: integer().primaryKey(), a: text().references((): AnySQLiteColumn => textKeyed.id) }),
    },
    ['alter column u.id: type text', 'alter column t.a: type text'],
    { rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)', finds: { sql: 'SELECT a FROM t', rows: ['5'] } },
  ),
  order.rename(
    'the column that another table refers to',
    { u, t: refers(u).t },
    {
      u: renamed,
      t: sqliteTable('t', { id: integer().primaryKey(), a: integer().references((): AnySQLiteColumn => renamed.key) }),
    },
    ['rename column u.id to key'],
    {
      answers: { renamed: [{ from: 'u.id', to: 'key' }] },
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT key FROM t JOIN u ON key = a', rows: ['5'] },
    },
  ),
  order.equal(
    'two tables that refer to each other',
    'CREATE TABLE eggs (id INTEGER PRIMARY KEY NOT NULL, chicken INTEGER REFERENCES chickens); CREATE TABLE chickens (id INTEGER PRIMARY KEY NOT NULL, egg INTEGER REFERENCES eggs (id))',
    { chickens, eggs },
  ),

  order.drop(
    'before the column of the other table that it refers to',
    `${otherTables}CREATE TABLE codes (id INTEGER PRIMARY KEY NOT NULL, code INTEGER);
CREATE UNIQUE INDEX by_code ON codes (code);
CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a INTEGER CONSTRAINT t_a REFERENCES codes (code))`,
    { codes: sqliteTable('codes', { id: integer().primaryKey() }), ...plain },
    [
      'drop from t: foreign key t_a',
      'drop index codes.by_code',
      'drop column codes.code -- loses the values of codes.code',
    ],
    {
      rows: `INSERT INTO codes (id, code) VALUES (1, 7); ${rows('id, a', '1, 7')}`,
      finds: { sql: 'SELECT a FROM t', rows: ['7'] },
    },
  ),
]
