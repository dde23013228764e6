import { type SqlPair, sqlPairs } from './sql-pair.ts'

const pair = (
  title: string,
  before: readonly string[],
  after: readonly string[],
  more: Partial<SqlPair> = {},
): SqlPair => ({ title, before, after, on: servers, ...more })

const servers = ['postgres'] as const

const row = (value: string): Partial<SqlPair> => ({ rows: [`INSERT INTO t (id, m) VALUES (1, ${value})`] })

sqlPairs('what computes something of a column', [
  pair(
    'of a text that becomes a date, with a check',
    ["CREATE TABLE t (id int PRIMARY KEY, m text, CONSTRAINT ck CHECK (m <> '2020-01-01'))"],
    ["CREATE TABLE t (id int PRIMARY KEY, m date, CONSTRAINT ck CHECK (m <> '2020-01-01'))"],
    row("'2021-01-01'"),
  ),
  pair(
    'of a text that becomes an integer, with an index and a check',
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text NOT NULL DEFAULT '1', CONSTRAINT ck CHECK (m <> '0'))",
      "CREATE INDEX ix ON t ((m || 'x'))",
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, m int NOT NULL DEFAULT 1, CONSTRAINT ck CHECK (m <> 0))',
      'CREATE INDEX ix ON t ((m + 1))',
    ],
    row("'5'"),
  ),
  pair(
    'of a boolean that becomes an integer',
    [
      'CREATE TABLE t (id int PRIMARY KEY, m boolean NOT NULL DEFAULT true, CONSTRAINT ck CHECK (m))',
      'CREATE INDEX ix ON t (id) WHERE m',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, m int NOT NULL DEFAULT 1, CONSTRAINT ck CHECK (m > 0))',
      'CREATE INDEX ix ON t (id) WHERE m = 1',
    ],
    row('true'),
  ),
  pair(
    'of an integer that becomes a number with a fraction',
    [
      'CREATE TABLE t (id int PRIMARY KEY, m int, CONSTRAINT ck CHECK (m < 10.1), CONSTRAINT ci CHECK (m < 10))',
      'CREATE INDEX ix ON t (id) WHERE m = 1',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, m numeric, CONSTRAINT ck CHECK (m < 10.1), CONSTRAINT ci CHECK (m < 10))',
      'CREATE INDEX ix ON t (id) WHERE m = 1',
    ],
    row('2'),
  ),
  pair(
    'of an enum that becomes another one',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a', CONSTRAINT ck CHECK (m <> 'b'))",
      "CREATE INDEX ix ON t (id) WHERE m IN ('a','b')",
    ],
    [
      "CREATE TYPE feel AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m feel DEFAULT 'a', CONSTRAINT ck CHECK (m <> 'b'))",
      "CREATE INDEX ix ON t (id) WHERE m IN ('a','b')",
    ],
    row("'a'"),
  ),
  pair(
    'of an array of an enum that becomes one of texts',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood[] DEFAULT '{a}', CONSTRAINT ck CHECK (m <> '{b}'))",
    ],
    ["CREATE TABLE t (id int PRIMARY KEY, m text[] DEFAULT '{a}', CONSTRAINT ck CHECK (m <> '{b}'))"],
    row("'{a}'"),
  ),
  pair(
    'of a text that becomes a document',
    [
      'CREATE TABLE t (id int PRIMARY KEY, m text, CONSTRAINT ck CHECK (length(m) < 100))',
      'CREATE INDEX ix ON t (lower(m))',
    ],
    [
      "CREATE TABLE t (id int PRIMARY KEY, m jsonb, CONSTRAINT ck CHECK (jsonb_typeof(m) = 'object'))",
      "CREATE INDEX ix ON t ((m ->> 'a'))",
    ],
    row("'{}'"),
  ),
  pair(
    'of an enum that becomes a text, with a view and a policy',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a')",
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      "CREATE POLICY p ON t USING (m = 'a')",
      "CREATE VIEW v AS SELECT id FROM t WHERE m = 'a'",
    ],
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text DEFAULT 'a')",
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      "CREATE POLICY p ON t USING (m = 'a')",
      "CREATE VIEW v AS SELECT id FROM t WHERE m = 'a'",
    ],
    row("'a'"),
  ),
  pair(
    'of an enum that becomes a text, with an exclusion constraint',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a', r int4range, CONSTRAINT ex EXCLUDE USING gist (r WITH &&) WHERE (m = 'a'))",
    ],
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text DEFAULT 'a', r int4range, CONSTRAINT ex EXCLUDE USING gist (r WITH &&) WHERE (m = 'a'))",
    ],
    row("'a'"),
  ),
  pair(
    'of an enum that becomes a text, with the condition of a trigger',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a')",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.m = 'a') EXECUTE FUNCTION f()",
    ],
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text DEFAULT 'a')",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.m = 'a') EXECUTE FUNCTION f()",
    ],
    row("'a'"),
  ),
  pair(
    'of an enum that becomes a text, with a generated column',
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a', g boolean GENERATED ALWAYS AS (m = 'a') STORED)",
      'CREATE INDEX ix ON t (g)',
    ],
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text DEFAULT 'a', g boolean GENERATED ALWAYS AS (m = 'a') STORED)",
      'CREATE INDEX ix ON t (g)',
    ],
    row("'a'"),
  ),
  pair(
    'of a text that becomes an enum, with an index',
    [
      "CREATE TABLE t (id int PRIMARY KEY, m text DEFAULT 'a', CONSTRAINT ck CHECK (m IN ('a','b')))",
      "CREATE INDEX ix ON t (m) WHERE m = 'a'",
    ],
    [
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood DEFAULT 'a')",
      "CREATE INDEX ix ON t (m) WHERE m = 'a'",
    ],
    { rows: ["INSERT INTO t VALUES (1, 'b')"], finds: { sql: 'SELECT m::text FROM t', rows: [['b']] } },
  ),
])

sqlPairs('a foreign key refers to a generated column', [
  pair(
    'whose base and type change',
    [
      'CREATE TABLE p (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT p_g UNIQUE (g))',
      'CREATE TABLE c (id int PRIMARY KEY, g int REFERENCES p (g))',
    ],
    [
      'CREATE TABLE p (id int PRIMARY KEY, a bigint, g bigint GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT p_g UNIQUE (g))',
      'CREATE TABLE c (id int PRIMARY KEY, g bigint REFERENCES p (g))',
    ],
    { rows: ['INSERT INTO p (id, a) VALUES (1, 2)', 'INSERT INTO c VALUES (1, 4)'] },
  ),
  pair(
    'whose base changes',
    [
      'CREATE TABLE p (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT p_g UNIQUE (g))',
      'CREATE TABLE c (id int PRIMARY KEY, g int REFERENCES p (g))',
    ],
    [
      'CREATE TABLE p (id int PRIMARY KEY, a smallint, g int GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT p_g UNIQUE (g))',
      'CREATE TABLE c (id int PRIMARY KEY, g int REFERENCES p (g))',
    ],
    { rows: ['INSERT INTO p (id, a) VALUES (1, 2)', 'INSERT INTO c VALUES (1, 4)'] },
  ),
])

sqlPairs('a table that others inherit from', [
  pair(
    'changes with its heir, which comes first by its name',
    ['CREATE TABLE p (id int PRIMARY KEY, a int)', 'CREATE TABLE c (b int) INHERITS (p)'],
    ['CREATE TABLE p (id int PRIMARY KEY, a bigint, n text)', 'CREATE TABLE c (b bigint) INHERITS (p)'],
  ),
  pair(
    'changes with its heir',
    ['CREATE TABLE p (id int PRIMARY KEY, a int)', 'CREATE TABLE q (b int) INHERITS (p)'],
    ['CREATE TABLE p (id int PRIMARY KEY, a bigint, n text)', 'CREATE TABLE q (b bigint) INHERITS (p)'],
  ),
  pair(
    'loses a column',
    ['CREATE TABLE p (id int PRIMARY KEY, a int)', 'CREATE TABLE c (b int) INHERITS (p)'],
    ['CREATE TABLE p (id int PRIMARY KEY, n text)', 'CREATE TABLE c (b int) INHERITS (p)'],
  ),
])

sqlPairs('a column of PostgreSQL', [
  pair(
    'that is an array becomes a text and is one again in the downgrade, and a range becomes a wider one',
    ['CREATE TABLE t (id int PRIMARY KEY, m int[], r int4range)'],
    ['CREATE TABLE t (id int PRIMARY KEY, m text, r int8range)'],
    {
      rows: ["INSERT INTO t VALUES (1, '{1,2}', '[1,5)')"],
      finds: { sql: 'SELECT m, r::text FROM t', rows: [['{1,2}', '[1,5)']] },
    },
  ),
  pair(
    'gets an enum that moves to a schema which nothing else is in',
    [
      'CREATE SCHEMA "App"',
      "CREATE TYPE mood AS ENUM ('a','b')",
      "CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL DEFAULT 'a', a mood[] DEFAULT '{b}')",
    ],
    [
      'CREATE SCHEMA "App"',
      `CREATE TYPE "App".mood AS ENUM ('a','b','c')`,
      `CREATE TABLE t (id int PRIMARY KEY, m "App".mood NOT NULL DEFAULT 'c', a "App".mood[] DEFAULT '{b}')`,
    ],
    {
      rows: ["INSERT INTO t VALUES (1, 'a')"],
      options: { answers: { none: true, renamed: [{ from: 'mood', to: 'App.mood' }] } },
    },
  ),
])
