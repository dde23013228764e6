import { sqlPairs } from './sql-pair.ts'

sqlPairs('a name in another case', [
  {
    title: 'is the same column, and keeps its values and its index',
    on: ['sqlite', 'mysql', 'mariadb'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, Name int)', 'CREATE INDEX x ON t (Name)'],
    rows: ['INSERT INTO t VALUES (1, 7)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, name bigint)', 'CREATE INDEX x ON t (name)'],
    finds: { sql: 'SELECT CAST(name AS CHAR) AS n FROM t', rows: [['7']] },
  },
  {
    title: 'is the same column, also where it is said to be dropped',
    on: ['sqlite', 'mysql', 'mariadb'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, Name int)'],
    rows: ['INSERT INTO t VALUES (1, 7)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, name int)'],
    options: { answers: { dropped: ['t.Name'] } },
    finds: { sql: 'SELECT CAST(name AS CHAR) AS n FROM t', rows: [['7']] },
  },
  {
    title: 'is the same column, also where it is said to be renamed',
    on: ['sqlite', 'mysql', 'mariadb'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, Name int)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, name int)'],
    options: { answers: { renamed: [{ from: 't.Name', to: 'name' }] } },
  },
  {
    title: 'is the same table of SQLite',
    on: ['sqlite'],
    before: ['CREATE TABLE T (id int PRIMARY KEY, m int)'],
    rows: ['INSERT INTO T VALUES (1, 7)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, m bigint)'],
    finds: { sql: 'SELECT m FROM t', rows: [[7]] },
  },
])

sqlPairs('a generated column of MySQL and MariaDB', [
  {
    title: 'that is stored becomes virtual under its index',
    on: ['mysql', 'mariadb'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, m int, g int GENERATED ALWAYS AS (m + 1) STORED, KEY g_ix (g))'],
    rows: ['INSERT INTO t (id, m) VALUES (1, 7)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, m int, g int GENERATED ALWAYS AS (m + 2) VIRTUAL, KEY g_ix (g))'],
    finds: { sql: 'SELECT g FROM t', rows: [[9]] },
  },
  {
    title: 'comes of a plain one under two keys',
    on: ['mysql', 'mariadb'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, m int, g int, KEY g_ix (g), UNIQUE KEY gu (g, m))'],
    rows: ['INSERT INTO t (id, m) VALUES (1, 7)'],
    after: [
      'CREATE TABLE t (id int PRIMARY KEY, m int, g int GENERATED ALWAYS AS (m + 2) VIRTUAL, KEY g_ix (g), UNIQUE KEY gu (g, m))',
    ],
    finds: { sql: 'SELECT g FROM t', rows: [[9]] },
  },
])

sqlPairs('an index of SQLite', [
  {
    title: 'becomes a table of its name',
    on: ['sqlite'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, m int)', 'CREATE INDEX x ON t (m)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, m int)', 'CREATE TABLE x (id int)'],
  },
  {
    title: 'takes the name of a table',
    on: ['sqlite'],
    before: ['CREATE TABLE t (id int PRIMARY KEY, m int)', 'CREATE TABLE x (id int)'],
    after: ['CREATE TABLE t (id int PRIMARY KEY, m int)', 'CREATE INDEX x ON t (m)'],
  },
])
