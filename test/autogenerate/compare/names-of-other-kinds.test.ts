import { type SqlPair, sqlPairs } from './sql-pair.ts'

const pair = (
  title: string,
  before: readonly string[],
  after: readonly string[],
  more: Partial<SqlPair> = {},
): SqlPair => ({ title, before, after, on: servers, ...more })

const servers = ['postgres'] as const

sqlPairs('a name changes its owner', [
  pair(
    'an enum becomes a table',
    ["CREATE TYPE mood AS ENUM ('a','b')", 'CREATE TABLE t (id int PRIMARY KEY, m mood)'],
    ['CREATE TABLE mood (id int PRIMARY KEY)', 'CREATE TABLE t (id int PRIMARY KEY, m int REFERENCES mood)'],
  ),
  pair(
    'a table becomes an enum',
    ['CREATE TABLE mood (id int PRIMARY KEY)', 'CREATE TABLE t (id int PRIMARY KEY)'],
    ["CREATE TYPE mood AS ENUM ('a','b')", 'CREATE TABLE t (id int PRIMARY KEY, m mood)'],
  ),
  pair(
    'an enum becomes a sequence',
    ["CREATE TYPE mood AS ENUM ('a','b')", 'CREATE TABLE t (id int PRIMARY KEY)'],
    ['CREATE TABLE t (id int PRIMARY KEY)', 'CREATE SEQUENCE mood'],
  ),
  pair(
    'a sequence becomes a table',
    ['CREATE SEQUENCE s', 'CREATE TABLE t (id int)'],
    ['CREATE TABLE s (id int)', 'CREATE TABLE t (id int)'],
  ),
  pair(
    'an index becomes a table',
    ['CREATE TABLE t (id int, n int)', 'CREATE INDEX x ON t (n)'],
    ['CREATE TABLE t (id int, n int)', 'CREATE TABLE x (id int)'],
  ),
  pair(
    'a table becomes an index',
    ['CREATE TABLE t (id int, n int)', 'CREATE TABLE x (id int)'],
    ['CREATE TABLE t (id int, n int)', 'CREATE INDEX x ON t (n)'],
  ),
  pair(
    'a view becomes an enum',
    ['CREATE TABLE t (id int PRIMARY KEY)', 'CREATE VIEW mood AS SELECT id FROM t'],
    ["CREATE TYPE mood AS ENUM ('a','b')", 'CREATE TABLE t (id int PRIMARY KEY)'],
  ),
  pair(
    'a table becomes a materialized view',
    ['CREATE TABLE t (id int PRIMARY KEY)', 'CREATE TABLE v (id int)'],
    [
      'CREATE TABLE t (id int PRIMARY KEY)',
      'CREATE MATERIALIZED VIEW v AS SELECT id FROM t',
      'CREATE UNIQUE INDEX v_id ON v (id)',
    ],
  ),
  pair(
    'a schema a with a table b stands beside a table a.b',
    ['CREATE SCHEMA a', 'CREATE TABLE a.b (id int PRIMARY KEY)', 'CREATE TABLE "a.b" (id int PRIMARY KEY)'],
    [
      'CREATE SCHEMA a',
      'CREATE TABLE a.b (id int PRIMARY KEY, x int)',
      'CREATE TABLE "a.b" (id int PRIMARY KEY, y text)',
    ],
  ),
])
