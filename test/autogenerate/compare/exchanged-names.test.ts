import { sqlPairs } from './sql-pair.ts'

const parent = 'CREATE TABLE p (id int NOT NULL PRIMARY KEY)'

sqlPairs('names that change places', [
  {
    title: 'checks that are numbered, with a new one before them',
    before: [
      'CREATE TABLE t (a int, b int, c int, CONSTRAINT t_check_1 CHECK (a > 0), CONSTRAINT t_check_2 CHECK (b > 0))',
    ],
    rows: ['INSERT INTO t VALUES (1, 1, 1)'],
    after: [
      'CREATE TABLE t (a int, b int, c int, CONSTRAINT t_check_1 CHECK (c > 0), CONSTRAINT t_check_2 CHECK (a > 0), CONSTRAINT t_check_3 CHECK (b > 0))',
    ],
  },
  {
    title: 'two checks exchange theirs',
    before: ['CREATE TABLE t (a int, b int, CONSTRAINT x CHECK (a > 0), CONSTRAINT y CHECK (b > 0))'],
    after: ['CREATE TABLE t (a int, b int, CONSTRAINT y CHECK (a > 0), CONSTRAINT x CHECK (b > 0))'],
  },
  {
    title: 'two unique constraints exchange theirs',
    before: ['CREATE TABLE t (a int, b int, CONSTRAINT x UNIQUE (a), CONSTRAINT y UNIQUE (b))'],
    rows: ['INSERT INTO t VALUES (1, 1)'],
    after: ['CREATE TABLE t (a int, b int, CONSTRAINT y UNIQUE (a), CONSTRAINT x UNIQUE (b))'],
  },
  {
    title: 'a foreign key gets the one that another gives away',
    before: [
      parent,
      'CREATE TABLE t (a int, b int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (id), CONSTRAINT f2 FOREIGN KEY (b) REFERENCES p (id))',
    ],
    after: [
      parent,
      'CREATE TABLE t (a int, b int, CONSTRAINT f2 FOREIGN KEY (a) REFERENCES p (id), CONSTRAINT f3 FOREIGN KEY (b) REFERENCES p (id))',
    ],
  },
  {
    title: 'an index of another table gets the one that an index gives away',
    before: ['CREATE TABLE a (x int)', 'CREATE TABLE b (x int)', 'CREATE INDEX idx ON b (x)'],
    after: [
      'CREATE TABLE a (x int)',
      'CREATE TABLE b (x int)',
      'CREATE INDEX idx ON a (x)',
      'CREATE INDEX b_idx ON b (x)',
    ],
  },
  {
    title: 'a foreign key of another table gets the one that a key gives away',
    before: [
      parent,
      'CREATE TABLE a (x int)',
      'CREATE TABLE b (x int, CONSTRAINT fk FOREIGN KEY (x) REFERENCES p (id))',
    ],
    after: [
      parent,
      'CREATE TABLE a (x int, CONSTRAINT fk FOREIGN KEY (x) REFERENCES p (id))',
      'CREATE TABLE b (x int, CONSTRAINT b_fk FOREIGN KEY (x) REFERENCES p (id))',
    ],
  },
])

const renamed = (...names: readonly string[]) => ({
  answers: {
    none: true,
    renamed: names.map((name) => {
      const [from = '', to = ''] = name.split(':')
      return { from, to }
    }),
  },
})

sqlPairs('renames that give each other their names', [
  {
    title: 'two columns, with an index and a check of each',
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, a int, b int, CONSTRAINT ca CHECK (a > 0), CONSTRAINT cb CHECK (b > 9))',
      'CREATE INDEX ia ON t (a)',
      'CREATE INDEX ib ON t (b)',
    ],
    rows: ['INSERT INTO t VALUES (1, 2, 30)'],
    after: [
      'CREATE TABLE t (id int PRIMARY KEY, b int, a int, CONSTRAINT ca CHECK (b > 0), CONSTRAINT cb CHECK (a > 9))',
      'CREATE INDEX ia ON t (b)',
      'CREATE INDEX ib ON t (a)',
    ],
    options: renamed('t.a:b', 't.b:a'),
    finds: { sql: 'SELECT a, b FROM t', rows: [[30, 2]] },
  },
  {
    title: 'three columns of several types, and a fourth whose name another one gets',
    before: ['CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20), c smallint, d int)'],
    rows: ["INSERT INTO t VALUES (1, 2, 'x', 4, 5)"],
    after: ['CREATE TABLE t (id int PRIMARY KEY, b int, c varchar(20), a smallint, e int)'],
    options: renamed('t.a:b', 't.b:c', 't.c:a', 't.d:e'),
    finds: { sql: 'SELECT a, b, c, e FROM t', rows: [[4, 2, 'x', 5]] },
  },
  {
    title: 'columns of which each gets the name of the next, the last one a new name',
    before: ['CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(20), c smallint)'],
    rows: ["INSERT INTO t VALUES (1, 2, 'x', 4)"],
    after: ['CREATE TABLE t (id int PRIMARY KEY, b int, c varchar(20), d smallint)'],
    options: renamed('t.a:b', 't.b:c', 't.c:d'),
    finds: { sql: 'SELECT b, c, d FROM t', rows: [[2, 'x', 4]] },
  },
  {
    title: 'two tables, one of which another refers to',
    before: [
      'CREATE TABLE a (id int PRIMARY KEY, n varchar(40))',
      'CREATE TABLE b (id int PRIMARY KEY, k int)',
      'CREATE TABLE c (id int PRIMARY KEY, x int, CONSTRAINT c_x FOREIGN KEY (x) REFERENCES a (id))',
      'CREATE INDEX c_ix ON c (x)',
    ],
    rows: ["INSERT INTO a VALUES (1, 'x')", 'INSERT INTO b VALUES (2, 3)', 'INSERT INTO c VALUES (1, 1)'],
    after: [
      'CREATE TABLE b (id int PRIMARY KEY, n varchar(40))',
      'CREATE TABLE a (id int PRIMARY KEY, k int)',
      'CREATE TABLE c (id int PRIMARY KEY, x int, CONSTRAINT c_x FOREIGN KEY (x) REFERENCES b (id))',
      'CREATE INDEX c_ix ON c (x)',
    ],
    options: renamed('a:b', 'b:a'),
    finds: { sql: 'SELECT a.k, b.n FROM a, b', rows: [[3, 'x']] },
  },
])
