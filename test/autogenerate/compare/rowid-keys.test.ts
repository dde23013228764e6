import { sqlPairs } from './sql-pair.ts'

sqlPairs('an INTEGER PRIMARY KEY of SQLite', [
  {
    title: 'becomes a text key under a reference, and no row needs a value',
    before: [
      'CREATE TABLE a (k integer PRIMARY KEY)',
      'CREATE TABLE b (k integer PRIMARY KEY, a int REFERENCES a (k))',
    ],
    after: [
      'CREATE TABLE a (k text PRIMARY KEY NOT NULL)',
      'CREATE TABLE b (k integer PRIMARY KEY, a text REFERENCES a (k))',
    ],
    on: ['sqlite'],
    rows: ['INSERT INTO a VALUES (7)', 'INSERT INTO b VALUES (1, 7)'],
    finds: { sql: 'SELECT a.k, typeof(a.k) AS t, b.a FROM a JOIN b ON b.a = a.k', rows: [['7', 'text', '7']] },
  },
  {
    title: 'becomes a plain NOT NULL column, and no row needs a value',
    before: ['CREATE TABLE a (k integer PRIMARY KEY, n integer NOT NULL)'],
    after: ['CREATE TABLE a (k integer NOT NULL, n integer PRIMARY KEY)'],
    on: ['sqlite'],
    rows: ['INSERT INTO a VALUES (7, 8)'],
    finds: { sql: 'SELECT k, n, rowid AS r FROM a', rows: [[7, 8, 8]] },
  },
])
