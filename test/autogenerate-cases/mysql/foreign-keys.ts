import { column, integer as int32, table, varchar as words } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import {
  type AnyMySqlColumn,
  bigint,
  check,
  foreignKey,
  index,
  int,
  mysqlTable,
  primaryKey,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { made, rows } from './declared.ts'

const itself = cell('foreign key', 'itself')
const actions = cell('foreign key', 'actions')
const names = cell('foreign key', 'name')
const indexes = cell('foreign key', 'index of the server')
const order = cell('foreign key', 'order of changes')

type Actions = NonNullable<Parameters<ReturnType<typeof int>['references']>[1]>

const u = mysqlTable('u', { id: int().primaryKey() })
const v = mysqlTable('v', { id: int().primaryKey() })
const columns = { id: int().primaryKey(), a: int() }
const plain = { u, v, t: mysqlTable('t', columns) }
const indexed = { u, v, t: mysqlTable('t', columns, (c) => [index('i').on(c.a)]) }
const refers = (to: typeof u | typeof v, how: Actions = {}) => ({
  u,
  v,
  t: mysqlTable('t', { id: int().primaryKey(), a: int().references((): AnyMySqlColumn => to.id, how) }),
})
const named = (name: string | undefined, withIndex = false) => ({
  u,
  v,
  t: mysqlTable('t', columns, (c) => [
    foreignKey({ columns: [c.a], foreignColumns: [u.id], ...(name === undefined ? {} : { name }) }),
    ...(withIndex ? [index('i').on(c.a)] : []),
  ]),
})
const others = 'CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE v (id int PRIMARY KEY); '
const has = (key: string) => made(`${others}CREATE TABLE t (id int PRIMARY KEY, a int, ${key})`)
const looked = (to: string) =>
  `expect no rows of t whose a is not in ${to} (id): SELECT \`child\`.\`a\` FROM \`t\` \`child\` WHERE \`child\`.\`a\` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM \`${to}\` \`parent\` WHERE \`parent\`.\`id\` = \`child\`.\`a\`)`
const indexesOf = (...of: readonly string[]) => ({
  sql: "SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY 1",
  rows: of,
})

const one = (): AnyMySqlColumn => chickens.id
const eggs = mysqlTable('eggs', { id: int().primaryKey(), chicken: int().references(one) })
const chickens = mysqlTable('chickens', {
  id: int().primaryKey(),
  egg: int().references((): AnyMySqlColumn => eggs.id),
})
const layer = (): AnyMySqlColumn => layers.id
const counted = mysqlTable('eggs', { id: int().autoincrement().primaryKey(), chicken: int().references(layer) })
const layers = mysqlTable('chickens', {
  id: int().primaryKey(),
  egg: int().references((): AnyMySqlColumn => counted.id),
})
const wide = mysqlTable('u', { id: bigint({ mode: 'number' }).primaryKey() })
const pair = mysqlTable('u', { a: int().notNull(), b: int().notNull() }, (c) => [primaryKey({ columns: [c.a, c.b] })])

export const foreignKeys: readonly Case[] = [
  itself.add('and rows are looked at first', plain, refers(u), [
    looked('u'),
    'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
  ]),
  itself.add(
    'with rows in the way',
    plain,
    refers(u),
    [looked('u'), 'add to t: foreign key t_a_u_id_fk (a) -> u (id)'],
    {
      rows: rows('id, a', '1, 5'),
      refused: 'ROWS_IN_THE_WAY',
    },
  ),
  itself.add(
    'to a text, whose column gets the collation of what it refers to',
    {
      u: table('u', { id: column(words(20), { nullable: false }) }, { primaryKey: ['id'] }),
      t: table('t', { id: column(int32(), { nullable: false }), a: column(words(20)) }, { primaryKey: ['id'] }),
    },
    {
      u: table('u', { id: column(words(20), { nullable: false }) }, { primaryKey: ['id'] }),
      t: table(
        't',
        { id: column(int32(), { nullable: false }), a: column(words(20)) },
        {
          primaryKey: ['id'],
          foreignKeys: [{ name: 'f', columns: ['a'], references: { table: 'u', columns: ['id'] } }],
        },
      ),
    },
    [looked('u'), 'add to t: foreign key f (a) -> u (id)'],
  ),
  itself.drop(
    'and the index that the server made of it goes with it',
    refers(u),
    plain,
    ['drop from t: foreign key t_a_u_id_fk'],
    {
      finds: indexesOf('PRIMARY'),
    },
  ),
  itself.drop('that the server named', has('FOREIGN KEY (a) REFERENCES u (id)'), plain, [
    'drop from t: foreign key t_ibfk_1',
  ]),
  itself.change('another table', refers(u), refers(v), [
    looked('v'),
    'drop from t: foreign key t_a_u_id_fk',
    'add to t: foreign key t_a_v_id_fk (a) -> v (id)',
  ]),
  itself.change(
    'both columns get another type',
    refers(u),
    {
      u: wide,
      v,
      t: mysqlTable('t', {
        id: int().primaryKey(),
        a: bigint({ mode: 'number' }).references((): AnyMySqlColumn => wide.id),
      }),
    },
    [
      'drop from t: foreign key t_a_u_id_fk',
      'alter column u.id: type bigint',
      'alter column t.a: type bigint',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    {
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT id, a FROM t', rows: ['1, 5'] },
    },
  ),
  itself.equal(
    'names in other letters and quotes',
    has('CONSTRAINT t_a_u_id_fk foreign key (`A`) references `u` (`ID`)'),
    refers(u),
  ),
  itself.equal(
    'MATCH, which the server reads and forgets',
    has('CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) MATCH FULL'),
    refers(u),
    { only: 'mysql' },
  ),
  itself.equal(
    'to itself',
    made('CREATE TABLE t (id int PRIMARY KEY, up int, CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id))'),
    { t: mysqlTable('t', { id: int().primaryKey(), up: int().references((): AnyMySqlColumn => plain.t.id) }) },
  ),
  itself.equal(
    'over two columns',
    made(
      'CREATE TABLE u (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b)); CREATE TABLE t (c int, d int, CONSTRAINT f FOREIGN KEY (c, d) REFERENCES u (a, b))',
    ),
    {
      pair,
      t: mysqlTable('t', { c: int(), d: int() }, (c) => [
        foreignKey({ name: 'f', columns: [c.c, c.d], foreignColumns: [pair.a, pair.b] }),
      ]),
    },
  ),
  itself.equal(
    'to a unique key of texts',
    made(
      'CREATE TABLE u (id int PRIMARY KEY, k varchar(20) UNIQUE); CREATE TABLE t (id int PRIMARY KEY, a varchar(20), CONSTRAINT f FOREIGN KEY (a) REFERENCES u (k))',
    ),
    (() => {
      const keyed = mysqlTable('u', { id: int().primaryKey(), k: varchar({ length: 20 }).unique() })
      return {
        keyed,
        t: mysqlTable('t', { id: int().primaryKey(), a: varchar({ length: 20 }).references(() => keyed.k) }),
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
    refers(u, { onDelete: 'cascade', onUpdate: 'cascade' }),
    refers(u, { onDelete: 'set null', onUpdate: 'cascade' }),
    [
      'drop from t: foreign key t_a_u_id_fk',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id) on delete setNull on update cascade',
    ],
    {
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'DELETE FROM u; SELECT id, a FROM t', rows: ['1, NULL'] },
    },
  ),
  actions.equal(
    'NO ACTION said',
    has('CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) ON DELETE NO ACTION ON UPDATE NO ACTION'),
    refers(u),
  ),
  actions.equal(
    'RESTRICT, which is NO ACTION here',
    has('CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) ON DELETE RESTRICT'),
    refers(u),
  ),
  actions.equal(
    'RESTRICT said in Drizzle',
    has('CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id)'),
    refers(u, { onDelete: 'restrict', onUpdate: 'no action' }),
  ),
  actions.equal(
    'in small letters and another order',
    has('constraint t_a_u_id_fk foreign key (a) references u (id) on update set null on delete cascade'),
    refers(u, { onDelete: 'cascade', onUpdate: 'set null' }),
  ),
  names.rename('one for another', named('one'), named('two'), ['rename constraint t.one to two'], {
    rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
    finds: { sql: 'SELECT id, a FROM t', rows: ['1, 5'] },
  }),
  names.equal('the one that the server gives', has('FOREIGN KEY (a) REFERENCES u (id)'), refers(u)),
  names.equal(
    'another one, where nobody gave one',
    has('CONSTRAINT anything FOREIGN KEY (a) REFERENCES u (id)'),
    refers(u),
  ),
  names.equal(
    'of a table that was renamed since',
    made(
      `${others}CREATE TABLE old (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES u (id)); RENAME TABLE old TO t`,
    ),
    refers(u),
  ),
  indexes.add(
    'one of the declaration, in the place of the one that the server made',
    refers(u),
    named(undefined, true),
    ['create on t: index i (a)'],
    {
      finds: indexesOf('i', 'PRIMARY'),
    },
  ),
  indexes.drop(
    'one of the declaration, and the server needs one',
    named(undefined, true),
    named(undefined),
    ['drop index t.i'],
    {
      finds: indexesOf('PRIMARY', 't_a_u_id_fk'),
    },
  ),
  indexes.drop(
    'with the key: the one of the declaration stays',
    named('f', true),
    indexed,
    ['drop from t: foreign key f'],
    {
      finds: indexesOf('i', 'PRIMARY'),
    },
  ),
  indexes.change(
    'over more columns, which serve the key too',
    named('f', true),
    {
      u,
      v,
      t: mysqlTable('t', columns, (c) => [
        foreignKey({ name: 'f', columns: [c.a], foreignColumns: [u.id] }),
        index('i').on(c.a, c.id),
      ]),
    },
    ['drop index t.i', 'create on t: index i (a, id)'],
  ),
  indexes.rename(
    'one of the declaration',
    named('f', true),
    {
      u,
      v,
      t: mysqlTable('t', columns, (c) => [
        foreignKey({ name: 'f', columns: [c.a], foreignColumns: [u.id] }),
        index('j').on(c.a),
      ]),
    },
    ['rename index t.i to j'],
  ),
  indexes.rename(
    'made by the server under the name of its column, with the column',
    has('FOREIGN KEY (a) REFERENCES u (id)'),
    {
      u,
      v,
      t: mysqlTable('t', { id: int().primaryKey(), b: int() }, (c) => [
        foreignKey({ columns: [c.b], foreignColumns: [u.id] }),
      ]),
    },
    ['rename column t.a to b'],
    { answers: { renamed: [{ from: 't.a', to: 'b' }] }, finds: indexesOf('b', 'PRIMARY') },
  ),
  indexes.equal('made by the server', has('CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id)'), named('f')),
  indexes.equal(
    'made by the server under the name of its column',
    has('FOREIGN KEY (a) REFERENCES u (id)'),
    named(undefined),
  ),
  indexes.equal('of the column, which the declaration names too', has('FOREIGN KEY (a) REFERENCES u (id)'), {
    u,
    v,
    t: mysqlTable('t', columns, (c) => [foreignKey({ columns: [c.a], foreignColumns: [u.id] }), index('a').on(c.a)]),
  }),
  indexes.drop(
    'of the column, and the key stays: the server cannot be without',
    has('KEY more (a, id), FOREIGN KEY (a) REFERENCES u (id)'),
    named(undefined),
    ['drop index t.more'],
  ),
  indexes.equal(
    'made by hand under the name of the key',
    has('KEY f (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id)'),
    named('f'),
  ),
  indexes.equal(
    'the primary key serves',
    made(
      'CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, CONSTRAINT f FOREIGN KEY (id) REFERENCES u (id))',
    ),
    {
      u,
      t: mysqlTable('t', {
        id: int()
          .primaryKey()
          .references((): AnyMySqlColumn => u.id),
      }),
    },
  ),
  order.add(
    'to a table that is new, with rows that refer to nothing',
    { t: plain.t },
    { u, t: refers(u).t },
    [
      'expect no rows of t whose a is not in u (id): SELECT `child`.`a` FROM `t` `child` WHERE `child`.`a` IS NOT NULL',
      'create table u: id integer not null; primary key (id)',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    { rows: 'INSERT INTO t VALUES (1, 5)', refused: 'ROWS_IN_THE_WAY' },
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
    'its column gets another type than it may have with the key, which goes',
    refers(u),
    { u, v, t: mysqlTable('t', { id: int().primaryKey(), a: varchar({ length: 20 }) }) },
    ['drop from t: foreign key t_a_u_id_fk', 'alter column t.a: type varchar(20)'],
  ),
  order.change(
    'what it refers to counts by itself from now on: the key waits for that',
    {
      eggs: mysqlTable('eggs', { id: int().primaryKey(), chicken: int() }),
      chickens: mysqlTable('chickens', { id: int().primaryKey(), egg: int() }),
    },
    { eggs: counted, chickens: layers },
    [
      'expect no rows of eggs whose chicken is not in chickens (id): SELECT `child`.`chicken` FROM `eggs` `child` WHERE `child`.`chicken` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `chickens` `parent` WHERE `parent`.`id` = `child`.`chicken`)',
      'expect no rows of chickens whose egg is not in eggs (id): SELECT `child`.`egg` FROM `chickens` `child` WHERE `child`.`egg` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `eggs` `parent` WHERE `parent`.`id` = `child`.`egg`)',
      'alter column eggs.id: identity autoIncrement',
      'add to eggs: foreign key eggs_chicken_chickens_id_fk (chicken) -> chickens (id)',
      'add to chickens: foreign key chickens_egg_eggs_id_fk (egg) -> eggs (id)',
    ],
  ),
  order.rename(
    'a column of the key that a check and an index over an expression name',
    made(
      `CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT ck CHECK (a <> 7), KEY i ((a + 1)), CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id))`,
    ),
    {
      u,
      t: mysqlTable('t', { id: int().primaryKey(), b: int() }, (c) => [
        foreignKey({ name: 'f', columns: [c.b], foreignColumns: [u.id] }),
        check('ck', sql`b <> 7`),
        index('i').on(sql`(b + 1)`),
      ]),
    },
    ['rename column t.a to b'],
    {
      only: 'mysql',
      answers: { renamed: [{ from: 't.a', to: 'b' }] },
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT id, b FROM t', rows: ['1, 5'] },
    },
  ),
  order.rename(
    'a column that another table refers to and a check names',
    made(
      'CREATE TABLE u (id int PRIMARY KEY, CONSTRAINT ck CHECK (id <> 7)); CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id))',
    ),
    (() => {
      const target = mysqlTable('u', { code: int().primaryKey() }, () => [check('ck', sql`code <> 7`)])
      return {
        u: target,
        t: mysqlTable('t', { id: int().primaryKey(), a: int() }, (c) => [
          foreignKey({ name: 'f', columns: [c.a], foreignColumns: [target.code] }),
        ]),
      }
    })(),
    ['rename column u.id to code'],
    {
      answers: { renamed: [{ from: 'u.id', to: 'code' }] },
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT code FROM u', rows: ['5'] },
    },
  ),
  order.rename(
    'the table, its column and what it refers to, at once',
    refers(u),
    (() => {
      const target = mysqlTable('w', { id: int().primaryKey() })
      return {
        target,
        v,
        t: mysqlTable('s', { id: int().primaryKey(), b: int().references((): AnyMySqlColumn => target.id) }),
      }
    })(),
    [
      'rename table t to s',
      'rename table u to w',
      'rename column s.a to b',
      'rename constraint s.t_a_u_id_fk to s_b_w_id_fk',
    ],
    {
      answers: {
        renamed: [
          { from: 'u', to: 'w' },
          { from: 't', to: 's' },
          { from: 's.a', to: 'b' },
        ],
      },
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: { sql: 'SELECT id, b FROM s', rows: ['1, 5'] },
    },
  ),
  order.equal(
    'two tables that refer to each other',
    made(
      'CREATE TABLE chickens (id int PRIMARY KEY, egg int); CREATE TABLE eggs (id int PRIMARY KEY, chicken int, FOREIGN KEY (chicken) REFERENCES chickens (id)); ALTER TABLE chickens ADD FOREIGN KEY (egg) REFERENCES eggs (id)',
    ),
    { chickens, eggs },
  ),
]
