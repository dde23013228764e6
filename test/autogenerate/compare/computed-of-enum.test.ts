import { type SqlPair, sqlPairs } from './sql-pair.ts'

const all = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')"
const fewer = "CREATE TYPE mood AS ENUM ('ok', 'happy')"
const options: NonNullable<SqlPair['options']> = { fill: () => "'ok'" }

/** The same statements with other values of the enum. */
const pair = (title: string, statements: readonly string[], more: Partial<SqlPair>, after = fewer): SqlPair => ({
  title,
  before: [all, ...statements],
  after: [after, ...statements],
  on: ['postgres'],
  options,
  ...more,
})

sqlPairs('what is computed from a column whose enum loses a value', [
  pair(
    'with an index and a unique constraint on it',
    [
      `CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', g boolean GENERATED ALWAYS AS (m = 'ok') STORED,
        CONSTRAINT u UNIQUE (id, g))`,
      'CREATE INDEX ix ON t (g)',
    ],
    {
      rows: ['INSERT INTO t (id) VALUES (1)'],
      finds: { sql: 'SELECT m::text, g::text FROM t', rows: [['ok', 'true']] },
    },
  ),
  pair(
    'and is of the enum, whose values change their order',
    [
      `CREATE TABLE t (id int PRIMARY KEY, x int,
        g mood GENERATED ALWAYS AS (CASE WHEN x > 0 THEN 'ok'::mood ELSE 'happy'::mood END) STORED)`,
      'CREATE INDEX ix ON t (g)',
    ],
    { rows: ['INSERT INTO t VALUES (1, 1)'], finds: { sql: 'SELECT g::text FROM t', rows: [['ok']] } },
    "CREATE TYPE mood AS ENUM ('ok', 'sad', 'happy')",
  ),
  pair(
    'under a view and a policy',
    [
      "CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', g boolean GENERATED ALWAYS AS (m = 'ok') STORED)",
      'CREATE VIEW v AS SELECT m, g FROM t',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      "CREATE POLICY p ON t USING (m = 'ok' AND g)",
    ],
    {
      rows: ['INSERT INTO t (id) VALUES (1)'],
      finds: { sql: 'SELECT m::text, g::text FROM v', rows: [['ok', 'true']] },
    },
  ),
  pair(
    'under a foreign key of another table',
    [
      `CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'ok', g int GENERATED ALWAYS AS (CASE WHEN m = 'ok' THEN 7 END) STORED,
        CONSTRAINT u UNIQUE (g))`,
      'CREATE TABLE r (id int PRIMARY KEY, g int REFERENCES t (g))',
    ],
    {
      rows: ['INSERT INTO t (id) VALUES (1)', 'INSERT INTO r VALUES (1, 7)'],
      finds: { sql: 'SELECT g::text FROM r', rows: [['7']] },
    },
  ),
])

sqlPairs('what is computed from a column whose enum loses a value, and is plain afterwards', [
  {
    title: 'keeps its values',
    before: [all, "CREATE TABLE t (id int PRIMARY KEY, m mood, g boolean GENERATED ALWAYS AS (m = 'ok') STORED)"],
    after: [fewer, 'CREATE TABLE t (id int PRIMARY KEY, m mood, g boolean)'],
    on: ['postgres'],
    options,
    rows: ["INSERT INTO t VALUES (1, 'ok'), (2, 'happy')"],
    finds: { sql: 'SELECT g::text FROM t ORDER BY id', rows: [['true'], ['false']] },
  },
])

sqlPairs('what is computed from a column that gets another type', [
  {
    title: 'under a policy',
    before: [
      'CREATE TABLE t (id int PRIMARY KEY, a int, g boolean GENERATED ALWAYS AS (a > 0) STORED)',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON t USING (g)',
    ],
    after: [
      'CREATE TABLE t (id int PRIMARY KEY, a bigint, g boolean GENERATED ALWAYS AS (a > 0) STORED)',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON t USING (g)',
    ],
    on: ['postgres'],
    rows: ['INSERT INTO t VALUES (1, 2)'],
    finds: { sql: 'SELECT g::text FROM t', rows: [['true']] },
  },
])
