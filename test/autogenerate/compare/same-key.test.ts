import { sqlPairs } from './sql-pair.ts'

sqlPairs('the primary key moves', [
  {
    title: 'and a unique constraint stays on the columns that it had',
    before: [
      'CREATE TABLE t (id int NOT NULL, own int NOT NULL, CONSTRAINT t_pk PRIMARY KEY (id), CONSTRAINT t_id_unique UNIQUE (id))',
    ],
    rows: ['INSERT INTO t VALUES (1, 2)'],
    after: [
      'CREATE TABLE t (id int NOT NULL, own int NOT NULL, CONSTRAINT t_pk PRIMARY KEY (own), CONSTRAINT t_id_unique UNIQUE (id))',
    ],
  },
  {
    title: 'and a unique constraint on the columns that it had goes',
    before: [
      'CREATE TABLE t (id int NOT NULL, own int NOT NULL, CONSTRAINT t_pk PRIMARY KEY (id), CONSTRAINT t_id_unique UNIQUE (id))',
    ],
    rows: ['INSERT INTO t VALUES (1, 2)'],
    after: ['CREATE TABLE t (id int NOT NULL, own int NOT NULL, CONSTRAINT t_pk PRIMARY KEY (own))'],
  },
])

sqlPairs('the case of values', [
  {
    title: 'makes another SET of MySQL',
    on: ['mysql', 'mariadb', 'mariadb-next'],
    before: ["CREATE TABLE t (id int, s set('Draft', 'Done') NOT NULL)"],
    after: ["CREATE TABLE t (id int, s set('draft', 'done') NOT NULL)"],
  },
])
