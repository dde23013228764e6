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
