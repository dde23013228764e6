import { describe, expect, test } from 'vitest'
import { type BodyKind, memory, renameColumnInBody, renameTableInBody, stored } from './kit.ts'

const tables = `
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT);
CREATE TABLE u (id INTEGER PRIMARY KEY, a INT, c TEXT);
CREATE TABLE w (k INT, c TEXT);
`

const bodies: readonly (readonly [BodyKind, string])[] = [
  ['view', 'CREATE VIEW x AS SELECT a, t.a, b FROM t'],
  ['view', `CREATE VIEW x AS SELECT "a" || 'a' AS a2 /* a */ FROM t -- a\n WHERE [a] > 1`],
  ['view', 'CREATE VIEW x (a, q) AS SELECT t.a, u.a FROM t JOIN u ON t.id = u.id AND t.a = u.a'],
  ['view', 'CREATE VIEW x AS SELECT z.a, u.a FROM t AS z, u WHERE z.a IN (SELECT a FROM u WHERE u.a = z.a)'],
  ['view', 'CREATE VIEW x AS SELECT k, (SELECT max(a) FROM t WHERE c = b) AS m FROM w'],
  ['view', 'CREATE VIEW x AS SELECT k FROM w WHERE EXISTS (SELECT 1 FROM t WHERE t.a = k) ORDER BY k'],
  ['view', 'CREATE VIEW x AS SELECT a FROM t UNION ALL SELECT a FROM u UNION SELECT c FROM w'],
  ['view', 'CREATE VIEW x AS WITH y (n) AS (SELECT a FROM t) SELECT n FROM y JOIN w ON k = n'],
  [
    'view',
    'CREATE VIEW x AS SELECT count(*) AS n, max(b) FROM t GROUP BY a HAVING sum(a) > 0 ORDER BY min(a) DESC LIMIT 5',
  ],
  ['view', 'CREATE VIEW x AS SELECT s.q FROM (SELECT a AS q, b AS r FROM t) AS s'],
  ['view', 'CREATE VIEW x AS SELECT -a AS a, b AS id FROM t ORDER BY a, a + 1, id DESC'],
  ['view', 'CREATE VIEW x AS SELECT -a a, b id FROM t ORDER BY a, a + 1, id DESC'],
  ['view', 'CREATE VIEW x AS SELECT b n, a IS DISTINCT FROM id b, CASE id WHEN 1 THEN b END a FROM t ORDER BY a, b'],
  ['view', 'CREATE VIEW x AS SELECT a, b FROM t UNION ALL SELECT k, c FROM w ORDER BY a, b'],
  ['view', 'CREATE VIEW x AS SELECT t.a, t.b FROM t UNION SELECT c AS a, a AS b FROM u ORDER BY a COLLATE NOCASE'],
  ['view', 'CREATE VIEW x AS SELECT k AS a, c AS b FROM w EXCEPT SELECT a, b FROM t ORDER BY a, b DESC'],
  ['view', 'CREATE VIEW x AS SELECT sum(a) OVER win, b FROM t WINDOW win AS (PARTITION BY b ORDER BY a)'],
  ['view', 'CREATE VIEW x AS SELECT max(a) FILTER (WHERE a > 1) m FROM t GROUP BY b, a HAVING a'],
  ['view', 'CREATE VIEW x AS VALUES (1, (SELECT a FROM t)) UNION SELECT k, c FROM w'],
  ['view', 'CREATE VIEW x AS SELECT t.*, CASE WHEN a THEN a ELSE -a END FROM t LEFT JOIN w ON w.k = a'],
  ['view', 'CREATE VIEW x AS SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS n, CAST(a AS a) FROM t'],
  [
    'view',
    'CREATE VIEW x AS SELECT k FROM w WHERE k NOT IN (SELECT a FROM t WHERE b IS NOT NULL AND a BETWEEN 1 AND a + 2)',
  ],
  ['view', 'CREATE VIEW x AS SELECT main.t.a FROM main.t'],
  [
    'view',
    'CREATE VIEW x AS SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM 1 FROM t WHERE b COLLATE NOCASE LIKE a',
  ],
  [
    'view',
    `CREATE VIEW x AS WITH y AS NOT MATERIALIZED (SELECT a FROM t WHERE a NOT LIKE b AND b NOT NULL)
     SELECT k FROM w NOT INDEXED LEFT JOIN t NOT INDEXED ON c NOT GLOB a WHERE t.b NOT LIKE t.a ESCAPE t.b OR k NOT IN y`,
  ],
  ['view', 'CREATE VIEW x AS SELECT value, a FROM t, json_each(t.b) WHERE a = json_each.key'],
  ['view', 'CREATE VIEW x AS SELECT a FROM (t JOIN w ON k = a)'],
  ['view', 'CREATE VIEW x AS SELECT DISTINCT a FROM t ORDER BY a COLLATE BINARY, b'],
  ['trigger', 'CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE u SET a = new.a, c = new.b WHERE id = new.id; END'],
  [
    'trigger',
    "CREATE TRIGGER x BEFORE UPDATE OF a, b ON t FOR EACH ROW WHEN old.a <> new.a AND new.b > 1 BEGIN SELECT raise(ABORT, 'a'); END",
  ],
  [
    'trigger',
    'CREATE TRIGGER x AFTER DELETE ON u BEGIN DELETE FROM t WHERE a = old.a; INSERT INTO t (id, a) SELECT id, a FROM u; END',
  ],
  [
    'trigger',
    'CREATE TRIGGER x AFTER INSERT ON w BEGIN INSERT INTO t (a, b) VALUES (new.k, new.c) ON CONFLICT (id) DO UPDATE SET a = a + 1, b = t.b WHERE a > 0; END',
  ],
  [
    'trigger',
    'CREATE TRIGGER x AFTER INSERT ON w BEGIN UPDATE t SET (a, b) = (SELECT a, c FROM u WHERE u.id = t.id); UPDATE OR REPLACE t SET a = a + 1 WHERE b = new.c; END',
  ],
  [
    'trigger',
    'CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO u SELECT new.id, new.a, NULL; REPLACE INTO w VALUES (new.a, new.b); END',
  ],
  ['trigger', 'CREATE TRIGGER x AFTER INSERT ON t BEGIN UPDATE u SET a = t.a FROM t WHERE t.id = u.id; END'],
  [
    'trigger',
    'CREATE TRIGGER x AFTER INSERT ON t WHEN new.a NOT LIKE new.b BEGIN DELETE FROM t WHERE a NOT GLOB b AND b NOT BETWEEN a AND id; END',
  ],
]

const columnsOf = (name: string): readonly string[] | undefined =>
  ({ t: ['id', 'a', 'b'], u: ['id', 'a', 'c'], w: ['k', 'c'] })[name]

test('an upsert keeps its `excluded` where SQLite itself puts the table in its place', () => {
  const sql =
    'CREATE TRIGGER x AFTER INSERT ON w BEGIN INSERT INTO t (a) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = excluded.a; END'
  const expected =
    'CREATE TRIGGER x AFTER INSERT ON w BEGIN INSERT INTO "n" (a) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = excluded.a; END'
  expect(renameTableInBody(sql, 'trigger', 't', 'n')).toBe(expected)
  expect(renameColumnInBody(sql, 'trigger', { table: 't', from: 'a', to: 'n' }, columnsOf)).toBe(
    sql.replace('(a)', '("n")').replace('SET a', 'SET "n"').replace('excluded.a', 'excluded."n"'),
  )
})

describe.each(bodies)('%s %s', (kind, sql) => {
  test.each(['a', 'b', 'id'])('follows a rename of t.%s as SQLite does', (column) => {
    const db = memory(tables, sql)
    db.exec(`ALTER TABLE t RENAME COLUMN "${column}" TO "new name"`)
    expect(renameColumnInBody(sql, kind, { table: 't', from: column, to: 'new name' }, columnsOf)).toBe(stored(db).x)
  })

  test('follows a rename of the table as SQLite does', () => {
    const db = memory(tables, sql)
    db.exec('ALTER TABLE t RENAME TO "new t"')
    expect(renameTableInBody(sql, kind, 't', 'new t')).toBe(stored(db).x)
  })
})
