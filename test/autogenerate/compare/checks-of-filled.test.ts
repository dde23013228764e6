import { sqlPairs } from './sql-pair.ts'

sqlPairs('a new check of a column whose rows get a value', [
  {
    title: 'refuses no row for being without one',
    before: ['CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)'],
    rows: ['INSERT INTO t VALUES (1, NULL), (2, 5)'],
    after: [
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int DEFAULT 1 NOT NULL, CONSTRAINT c CHECK (coalesce(n, 0) > 0))',
    ],
    finds: {
      sql: 'SELECT id, n FROM t ORDER BY id',
      rows: [
        [1, 1],
        [2, 5],
      ],
    },
  },
])
