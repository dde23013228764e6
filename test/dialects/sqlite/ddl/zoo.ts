/**
 * CREATE TABLE texts that SQLite accepts, each with something that a careless reader gets wrong. Every table has a column
 * `keep`, which nothing else refers to.
 */
export const zoo: readonly (readonly [label: string, sql: string])[] = [
  ['plain', 'CREATE TABLE t (a INTEGER, keep TEXT)'],
  ['no types', 'CREATE TABLE t(a, b, keep)'],
  ['quotes of all kinds', `CREATE TABLE "we""ird" ("a ""q""" int, [b ] text, \`c\`\`d\` blob, 'e''f' real, keep)`],
  [
    'keywords as names',
    'CREATE TABLE "table" ("select" int, key text, "index" int, left int, end int, like int, keep)',
  ],
  ['emoji and accents', 'CREATE TABLE "😀" ("é" text, "É" text, naïve int, keep int CHECK ("é" <> \'😀\'))'],
  [
    'comments everywhere',
    `CREATE TABLE /* a, b */ t -- head, (
(
  -- the a's, first
  a INTEGER /* type) */ NOT NULL, -- about a, and more
  /* b's own */ b TEXT DEFAULT 'x, -- y', -- about b
  -- before keep
  keep INT /* , */ -- about keep
  -- the end
)`,
  ],
  ['NOT NULL twice', 'CREATE TABLE t (id INTEGER NOT NULL NOT NULL PRIMARY KEY, keep TEXT NOT NULL NOT NULL)'],
  [
    'conflict clauses',
    'CREATE TABLE t (a INTEGER NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT REPLACE, b INT, keep INT, PRIMARY KEY (a, b) ON CONFLICT FAIL, CONSTRAINT u UNIQUE (b) ON CONFLICT ROLLBACK)',
  ],
  [
    'generated',
    "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED, c AS (a || '(') VIRTUAL, d TEXT AS (upper(a)) COLLATE NOCASE, keep INT)",
  ],
  [
    'collations',
    'CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT COLLATE "RTRIM", keep TEXT, UNIQUE (a COLLATE BINARY DESC, b))',
  ],
  [
    'foreign keys',
    `CREATE TABLE t (
  a INT REFERENCES other,
  b INT CONSTRAINT fk REFERENCES t(a) ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL DEFERRABLE INITIALLY DEFERRED,
  c INT NOT NULL REFERENCES "other" ("id") NOT DEFERRABLE,
  keep INT,
  FOREIGN KEY (a, b) REFERENCES other (id, x) ON DELETE SET DEFAULT,
  CONSTRAINT "self" FOREIGN KEY (c) REFERENCES T (b) ON UPDATE NO ACTION DEFERRABLE
)`,
  ],
  [
    'deferrals apart from their keys',
    'CREATE TABLE t (a INT REFERENCES other NOT NULL DEFERRABLE INITIALLY DEFERRED, b INT CONSTRAINT x NOT DEFERRABLE NOT NULL, keep INT DEFERRABLE)',
  ],
  [
    'constraints without commas',
    'CREATE TABLE t (a INT, b INT, keep INT, CHECK (a > 0) UNIQUE (b) CONSTRAINT c CHECK (b > a), PRIMARY KEY (a))',
  ],
  ['strict', 'CREATE TABLE t (a INT PRIMARY KEY, b TEXT, c ANY, keep REAL) STRICT'],
  ['without rowid', 'CREATE TABLE t (a TEXT, b INT, keep, PRIMARY KEY (a DESC, b)) WITHOUT ROWID'],
  ['both options', 'CREATE TABLE t (a TEXT PRIMARY KEY, keep INTEGER) strict , without /* x */ rowid'],
  ['a column called rowid', 'CREATE TABLE t (rowid TEXT, oid INT, _rowid_ INT, keep INT)'],
  ['autoincrement', 'CREATE TABLE t (id INTEGER PRIMARY KEY ASC ON CONFLICT ABORT AUTOINCREMENT, keep TEXT)'],
  ['autoincrement in the list', 'CREATE TABLE t (id INTEGER, keep TEXT, CONSTRAINT pk PRIMARY KEY (id AUTOINCREMENT))'],
  ['descending key', 'CREATE TABLE t (id INTEGER PRIMARY KEY DESC, keep TEXT)'],
  [
    'defaults',
    `CREATE TABLE t (a INT DEFAULT -1, b INT DEFAULT + 2, c TEXT DEFAULT 'it''s', d TEXT DEFAULT (lower('X') || ')'), e DEFAULT CURRENT_TIMESTAMP,
f DEFAULT x'00ff', g BOOLEAN DEFAULT true, h DEFAULT NULL, i DEFAULT word, j DEFAULT 1.50, k INT DEFAULT 0x10 NOT NULL, keep TEXT DEFAULT (1))`,
  ],
  [
    'checks',
    `CREATE TABLE t (a INT CHECK (t.a > 0) CHECK (a <> 5), keep INT, b TEXT CONSTRAINT c1 CHECK (b LIKE '%a%' ESCAPE 'a' AND CAST(a AS TEXT) <> b COLLATE NOCASE), CONSTRAINT "c 2" CHECK (CASE WHEN a IS NOT NULL THEN a ELSE length(b) END IN (1, 2, a)) ON CONFLICT ABORT)`,
  ],
  [
    'types',
    'CREATE TABLE t (a decimal ( 10 , -2 ), b "weird type ) x", c UNSIGNED BIG INT, d VARCHAR(255), e double   precision, keep LONG VARCHAR (10))',
  ],
  [
    'dangling names',
    'CREATE TABLE t (a INT CONSTRAINT x, b INT CONSTRAINT y NOT NULL CONSTRAINT z, keep INT, CONSTRAINT q)',
  ],
  [
    'tight',
    `CREATE TABLE t("a"INT NOT NULL DEFAULT'x'CHECK("a">0)UNIQUE,"keep"TEXT,b[weird]CHECK(b>0)DEFAULT(1),PRIMARY KEY("a")CHECK("b"is not null))`,
  ],
  ['function names', 'CREATE TABLE t (a TEXT, length INT, keep INT, CHECK (length(a) < length AND abs(length) > 0))'],
  [
    'operators that are names too',
    "CREATE TABLE t (a INT, like TEXT, end INT, keep INT, CHECK (CASE a WHEN 1 THEN like END LIKE 'x' OR a ISNULL OR end > 0 OR CASE a WHEN end THEN end END))",
  ],
  [
    'operators of two words',
    'CREATE TABLE t (a INT, b TEXT, like TEXT, keep INT, CHECK (a NOT LIKE b AND a IS NOT DISTINCT FROM t.b OR b NOT GLOB t.a AND a NOT NULL AND NOT like NOT LIKE like))',
  ],
]
