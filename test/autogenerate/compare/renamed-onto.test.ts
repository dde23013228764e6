import { sqlPairs } from './sql-pair.ts'

sqlPairs('a rename to a name that something else has, which goes', [
  {
    title: 'keeps the values of the column that is renamed',
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(40), b int)',
      'CREATE INDEX t_b ON t (b)',
      'CREATE VIEW v AS SELECT id, b FROM t',
    ],
    rows: ["INSERT INTO t VALUES (1, 'x', 5)"],
    after: ['CREATE TABLE t (id int PRIMARY KEY, b varchar(40))'],
    options: { answers: { none: true, renamed: [{ from: 't.a', to: 'b' }] } },
    finds: { sql: 'SELECT b FROM t', rows: [['x']] },
  },
  {
    title: 'keeps the rows of the table that is renamed',
    before: [
      'CREATE TABLE a (id int PRIMARY KEY, n varchar(40))',
      'CREATE TABLE b (id int PRIMARY KEY, k int)',
      'CREATE TABLE c (id int PRIMARY KEY, a int, CONSTRAINT c_a FOREIGN KEY (a) REFERENCES a (id))',
      'CREATE INDEX c_ix ON c (a)',
    ],
    rows: ["INSERT INTO a VALUES (1, 'x')", 'INSERT INTO b VALUES (2, 3)', 'INSERT INTO c VALUES (1, 1)'],
    after: [
      'CREATE TABLE b (id int PRIMARY KEY, n varchar(40))',
      'CREATE TABLE c (id int PRIMARY KEY, a int, CONSTRAINT c_a FOREIGN KEY (a) REFERENCES b (id))',
      'CREATE INDEX c_ix ON c (a)',
    ],
    options: { answers: { none: true, renamed: [{ from: 'a', to: 'b' }] } },
    finds: { sql: 'SELECT n FROM b', rows: [['x']] },
  },
])
