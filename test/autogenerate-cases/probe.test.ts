import { column, integer as int, table, text as txt, varchar as vc } from '@org/migrate-core'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sl from 'drizzle-orm/sqlite-core'
import { cell } from './case.ts'
import { casesOnServer, casesOnSqlite } from './servers.ts'

const p = cell('probe', 'itself')
casesOnServer('postgres', [
  p.change(
    'uc to ui other name',
    'CREATE TABLE t (id integer PRIMARY KEY, a text UNIQUE)',
    { t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text() }, (c) => [pg.uniqueIndex('u').on(c.a)]) },
    ['?'],
  ),
  p.change(
    'uc to ui same name',
    'CREATE TABLE t (id integer PRIMARY KEY, a text UNIQUE)',
    { t: pg.pgTable('t', { id: pg.integer().primaryKey(), a: pg.text() }, (c) => [pg.uniqueIndex('t_a_key').on(c.a)]) },
    ['?'],
  ),
])
const u = sl.sqliteTable('t', { id: sl.integer().primaryKey(), a: sl.text() }, (c) => [sl.uniqueIndex('u').on(c.a)])
casesOnSqlite([
  p.change('uc to ui', 'CREATE TABLE t (id integer PRIMARY KEY, a text UNIQUE)', { u }, ['?']),
  p.change('uc to ui named', 'CREATE TABLE t (id integer PRIMARY KEY, a text, CONSTRAINT u UNIQUE (a))', { u }, ['?']),
  p.change(
    'uc to ui own',
    {
      t: table('t', { id: column(int(), { nullable: false }), a: column(txt()) }, {
        primaryKey: ['id'],
        uniques: [{ name: 'u_a', columns: ['a'] }],
      } as never),
    },
    { u },
    ['?'],
  ),
  p.change(
    'ui to uc',
    'CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE UNIQUE INDEX u ON t (a)',
    { t: sl.sqliteTable('t', { id: sl.integer().primaryKey(), a: sl.text().unique('u') }) },
    ['?'],
  ),
])
const parents = my.mysqlTable('p', { id: my.int().primaryKey() })
const fk = (name: string, d: 'restrict' | 'cascade' | undefined) => ({
  parents,
  t: my.mysqlTable('t', { id: my.int().primaryKey(), a: my.int() }, (c) => [
    d === undefined
      ? my.foreignKey({ name, columns: [c.a], foreignColumns: [parents.id] })
      : my.foreignKey({ name, columns: [c.a], foreignColumns: [parents.id] }).onDelete(d),
  ]),
})
const uni = (is: boolean) => ({
  t: table('t', { id: column(int(), { nullable: false }), a: column(vc(20)) }, {
    primaryKey: ['id'],
    ...(is ? { uniques: [{ name: 'u_a', columns: ['a'] }] } : {}),
  } as never),
})
for (const s of ['mysql', 'mariadb'] as const)
  casesOnServer(s, [
    p.change(
      'fk case',
      'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int, CONSTRAINT FK_A FOREIGN KEY (a) REFERENCES p (id))',
      fk('fk_a', undefined),
      ['?'],
    ),
    p.change('restrict', fk('fk_a', 'restrict'), fk('fk_a', 'cascade'), ['?']),
    p.change(
      'uc to ui',
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(20) UNIQUE)',
      {
        t: my.mysqlTable('t', { id: my.int().primaryKey(), a: my.varchar({ length: 20 }) }, (c) => [
          my.uniqueIndex('u').on(c.a),
        ]),
      },
      ['?'],
    ),
    p.drop('unique dropped', uni(true), uni(false), ['?']),
    p.drop(
      'unique dropped drizzle',
      { t: my.mysqlTable('t', { id: my.int().primaryKey(), a: my.varchar({ length: 20 }).unique() }) },
      { t: my.mysqlTable('t', { id: my.int().primaryKey(), a: my.varchar({ length: 20 }) }) },
      ['?'],
    ),
  ])
