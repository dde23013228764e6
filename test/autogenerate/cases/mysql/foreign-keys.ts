import { column, integer as int32, table, varchar as words } from '@org/migrate-core'
import {
  type AnyMySqlColumn,
  bigint,
  foreignKey,
  index,
  int,
  mysqlTable,
  primaryKey,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { inUtf8mb4, rows } from './declared.ts'

const itself = cell('foreign key', 'itself')
const actions = cell('foreign key', 'actions')
const names = cell('foreign key', 'name')
const indexes = cell('foreign key', 'index of the server')

type Actions = NonNullable<Parameters<ReturnType<typeof int>['references']>[1]>

export const u = mysqlTable('u', { id: int().primaryKey() })
export const v = mysqlTable('v', { id: int().primaryKey() })
const columns = { id: int().primaryKey(), a: int() }
export const plain = { u, v, t: mysqlTable('t', columns) }
const indexed = { u, v, t: mysqlTable('t', columns, (c) => [index('i').on(c.a)]) }
export const refers = (to: typeof u | typeof v, how: Actions = {}) => ({
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
const otherTables = 'CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE v (id int PRIMARY KEY); '
const has = (key: string) => inUtf8mb4(`${otherTables}CREATE TABLE t (id int PRIMARY KEY, a int, ${key})`)
const referring = (to: string) =>
  `expect no rows of t whose a is not in ${to} (id): SELECT \`child\`.\`a\` FROM \`t\` \`child\` WHERE \`child\`.\`a\` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM \`${to}\` \`parent\` WHERE \`parent\`.\`id\` = \`child\`.\`a\`)`
const indexesOf = (...of: readonly string[]) => ({
  sql: "SELECT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY 1",
  rows: of,
})

const wide = mysqlTable('u', { id: bigint({ mode: 'number' }).primaryKey() })
const pair = mysqlTable('u', { a: int().notNull(), b: int().notNull() }, (c) => [primaryKey({ columns: [c.a, c.b] })])

export const foreignKeys: readonly Case[] = [
  itself.add('and rows are looked at first', plain, refers(u), [
    referring('u'),
    'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
  ]),
  itself.add(
    'with rows in the way',
    plain,
    refers(u),
    [referring('u'), 'add to t: foreign key t_a_u_id_fk (a) -> u (id)'],
    {
      rows: rows('id, a', '1, 5'),
      refused: 'BLOCKING_ROWS',
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
    [referring('u'), 'add to t: foreign key f (a) -> u (id)'],
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
    referring('v'),
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
    inUtf8mb4('CREATE TABLE t (id int PRIMARY KEY, up int, CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id))'),
    { t: mysqlTable('t', { id: int().primaryKey(), up: int().references((): AnyMySqlColumn => plain.t.id) }) },
  ),
  itself.equal(
    'over two columns',
    inUtf8mb4(
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
    inUtf8mb4(
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
  names.equal('in letters of both cases', has('CONSTRAINT Fk_A FOREIGN KEY (a) REFERENCES u (id)'), named('Fk_A')),
  actions.equal(
    'RESTRICT of both, said on both sides',
    has('CONSTRAINT t_a_u_id_fk FOREIGN KEY (a) REFERENCES u (id) ON DELETE RESTRICT ON UPDATE RESTRICT'),
    refers(u, { onDelete: 'restrict', onUpdate: 'restrict' }),
  ),
  names.rename(
    'in another case of letters alone',
    has('CONSTRAINT FK_A FOREIGN KEY (a) REFERENCES u (id)'),
    named('fk_a'),
    ['rename constraint t.FK_A to fk_a'],
    {
      rows: 'INSERT INTO u VALUES (5); INSERT INTO t VALUES (1, 5)',
      finds: {
        sql: "SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = 't'",
        rows: ['fk_a'],
      },
      returns: {
        sql: "SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = 't'",
        rows: ['FK_A'],
      },
    },
  ),
  names.equal('the one that the server gives', has('FOREIGN KEY (a) REFERENCES u (id)'), refers(u)),
  names.equal(
    'another one, where none was given',
    has('CONSTRAINT anything FOREIGN KEY (a) REFERENCES u (id)'),
    refers(u),
  ),
  names.equal(
    'of a table that was renamed since',
    inUtf8mb4(
      `${otherTables}CREATE TABLE old (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES u (id)); RENAME TABLE old TO t`,
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
    inUtf8mb4(
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
]
