import { sql } from 'drizzle-orm'
import {
  type AnyMySqlColumn,
  check,
  foreignKey,
  index,
  int,
  mysqlTable,
  primaryKey,
  varchar,
} from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { inUtf8mb4 } from './declared.ts'
import { plain, refers, u, v } from './foreign-keys.ts'

const order = cell('foreign key', 'order of changes')

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

/** The primary key of the one turned round, which the other refers to from then on; and it refers to the other. */
const turned = (isDone: boolean) => {
  const a = mysqlTable(
    'a',
    { p: int().notNull(), q: int().notNull(), r: int().references((): AnyMySqlColumn => b.id) },
    (c) => [isDone ? primaryKey({ columns: [c.q, c.p] }) : primaryKey({ columns: [c.p, c.q] })],
  )
  const b = mysqlTable('b', { id: int().primaryKey(), x: int(), y: int() }, (c) =>
    isDone ? [foreignKey({ name: 'b_a', columns: [c.x, c.y], foreignColumns: [a.q, a.p] })] : [],
  )
  return { a, b }
}

/** What else changes beside a foreign key, and in what order. */
export const foreignKeyOrder: readonly Case[] = [
  order.add(
    'to a table that is new, with rows that refer to nothing',
    { t: plain.t },
    { u, t: refers(u).t },
    [
      'expect no rows of t whose a is not in u (id): SELECT `child`.`a` FROM `t` `child` WHERE `child`.`a` IS NOT NULL',
      'create table u: id integer not null; primary key (id)',
      'add to t: foreign key t_a_u_id_fk (a) -> u (id)',
    ],
    { rows: 'INSERT INTO t VALUES (1, 5)', refused: 'BLOCKING_ROWS' },
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
  order.change(
    'the columns of the key that it refers to stand in another order: it waits for that key',
    turned(false),
    turned(true),
    [
      'expect no rows of b whose x, y is not in a (q, p): SELECT `child`.`x`, `child`.`y` FROM `b` `child` WHERE `child`.`x` IS NOT NULL AND `child`.`y` IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `a` `parent` WHERE `parent`.`q` = `child`.`x` AND `parent`.`p` = `child`.`y`)',
      'drop from a: primary key',
      'add to a: primary key (q, p)',
      'add to b: foreign key b_a (x, y) -> a (q, p)',
    ],
    {
      rows: 'INSERT INTO b VALUES (1, 2, 3); INSERT INTO a VALUES (3, 2, 1)',
      finds: { sql: 'SELECT * FROM a', rows: ['3, 2, 1'] },
    },
  ),
  order.rename(
    'a column of the key that a check and an index over an expression name',
    inUtf8mb4(
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
    inUtf8mb4(
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
    inUtf8mb4(
      'CREATE TABLE chickens (id int PRIMARY KEY, egg int); CREATE TABLE eggs (id int PRIMARY KEY, chicken int, FOREIGN KEY (chicken) REFERENCES chickens (id)); ALTER TABLE chickens ADD FOREIGN KEY (egg) REFERENCES eggs (id)',
    ),
    { chickens, eggs },
  ),
]
