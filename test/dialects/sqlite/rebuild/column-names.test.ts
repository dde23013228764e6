import { expression, type OperationRecorder, text as textType } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it, test } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { database, raw, rows } from './kit.ts'

const t = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'x', 'y');"
const o = 'CREATE TABLE o (z, k); INSERT INTO o VALUES (8, 1);'
const v = 'CREATE VIEW v AS SELECT id, a, b FROM t;'

const migratorOn = (file: string, upgrade: (op: OperationRecorder) => void) =>
  migratorOf(sqliteDialect({ url: `sqlite:${file}` }), [{ revision: 'c0ffee000001', downRevision: null, upgrade }])

const schema = (file: string) =>
  rows(
    file,
    `SELECT name, replace(sql, '"', '') FROM sqlite_master
      WHERE type IN ('view', 'trigger') OR name IN ('t', 'o') ORDER BY name`,
  )

const rename = (op: OperationRecorder): void => op.renameColumn('t', 'a', 'z')

/** What SQLite itself answers to the rename. */
const answerOf = (file: string): string =>
  raw(file, (db) => {
    try {
      db.exec('ALTER TABLE t RENAME COLUMN a TO z')
      return 'done'
    } catch (error) {
      return (error as Error).message
    }
  })

describe('a column that is renamed and named by what shows it', () => {
  test.each([
    ['view w', `${v} CREATE VIEW w AS SELECT id, a FROM v`],
    ['view w', 'CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT v.a FROM v'],
    ['view w', 'CREATE VIEW V1 AS SELECT ID, (A) FROM T; CREATE VIEW w AS SELECT "A" FROM v1'],
    ['view w', 'CREATE VIEW v AS SELECT id, a COLLATE nocase FROM t; CREATE VIEW w AS SELECT [a] FROM "v"'],
    ['trigger g on v', `${v} CREATE TRIGGER g INSTEAD OF UPDATE ON v BEGIN UPDATE t SET a = new.a; END`],
    ['trigger g on o', `${v} CREATE TABLE o (x); CREATE TRIGGER g AFTER INSERT ON o BEGIN SELECT a FROM v; END`],
    ['view v', 'CREATE VIEW v AS WITH c AS (SELECT a FROM t) SELECT a FROM c'],
    ['view v', 'CREATE VIEW v AS WITH c AS (SELECT * FROM t) SELECT c.a FROM c'],
    ['view v', 'CREATE VIEW v AS SELECT s.a FROM (SELECT a FROM t) AS s'],
    ['view v', 'CREATE TABLE o (a); CREATE VIEW v AS SELECT b FROM t JOIN o USING (a)'],
    [
      'view v',
      'CREATE VIEW v AS SELECT t.id, s.n FROM t LEFT JOIN (SELECT a, count(*) AS n FROM t GROUP BY a) AS s ON s.a = t.a',
    ],
  ])('is refused for %s: %s', async (object, sql) => {
    const file = database(`${t} ${sql}`)
    const before = schema(file)
    const migrator = migratorOn(file, rename)
    const error = { code: 'DEPENDENT_OBJECTS', details: { object: 'column t.a', dependants: [object] } }
    await expect(migrator.plan('head')).rejects.toMatchObject(error)
    await expect(migrator.upgrade('head')).rejects.toMatchObject(error)
    expect(schema(file)).toEqual(before)
    expect(answerOf(file)).toMatch(/^error in .* after rename/)
  })

  test.each([
    'CREATE VIEW v AS SELECT id, a AS a FROM t; CREATE VIEW w AS SELECT id, a FROM v',
    "CREATE VIEW v AS SELECT a || 'x' a FROM t; CREATE VIEW w AS SELECT a FROM v",
    'CREATE VIEW v (id, a) AS SELECT id, a FROM t; CREATE VIEW w AS SELECT id, a FROM v',
    `${v} CREATE VIEW w AS SELECT id, b FROM v; CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM t; END`,
    'CREATE VIEW v AS WITH c (a) AS (SELECT a FROM t) SELECT a FROM c',
    'CREATE VIEW v AS SELECT s.n FROM t JOIN (SELECT a AS k, count(*) AS n FROM t GROUP BY a) AS s ON s.k = t.a',
    'CREATE TABLE o (a); CREATE VIEW v AS SELECT id, (SELECT a FROM o) AS oa, a FROM t',
    'CREATE TABLE o (a); CREATE TABLE q (a); CREATE VIEW v AS SELECT (SELECT a FROM t) AS x FROM o JOIN q USING (a)',
    `${o} CREATE VIEW v AS SELECT id, (SELECT z FROM o) AS oz, o.z AS x FROM t JOIN o`,
  ])('is followed: %s', async (sql) => {
    const file = database(`${t} ${sql}`)
    const before = schema(file)
    const migrator = migratorOn(file, rename)
    await migrator.upgrade('head')
    const changed = schema(file)
    await migrator.downgrade('base')
    expect(schema(file)).toEqual(before)
    expect(answerOf(file)).toBe('done')
    expect(schema(file)).toEqual(changed)
  })

  it('is renamed where the advice is followed', async () => {
    const sql = `${t} ${v} CREATE VIEW w AS SELECT id, a FROM v`
    const dropped = database(sql)
    const before = schema(dropped)
    const withoutView = migratorOn(dropped, (op) => {
      op.dropView('w')
      rename(op)
      op.createView('w', expression('SELECT id, z FROM v'))
    })
    await withoutView.upgrade('head')
    expect(rows(dropped, 'SELECT z FROM w')).toEqual([['x']])
    await withoutView.downgrade('base')
    expect(schema(dropped)).toEqual(before)
    const named = database(sql)
    const withName = migratorOn(named, (op) => {
      op.replaceView('v', expression('SELECT id, a AS a, b FROM t'))
      rename(op)
    })
    await withName.upgrade('head')
    expect(rows(named, 'SELECT a FROM w')).toEqual([['x']])
    await withName.downgrade('base')
    expect(schema(named)).toEqual(before)
  })

  it('is refused when dropped too', async () => {
    const file = database(`${t} CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT a FROM v`)
    await expect(migratorOn(file, (op) => op.dropColumn('t', 'a')).plan('head')).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'column t.a', dependants: ['view w'] },
    })
  })
})

describe('a name that means another column', () => {
  const captured: readonly [string, string][] = [
    ['view v', `${o} CREATE VIEW v AS SELECT (SELECT z FROM t) AS x FROM o`],
    ['view v', `${o} CREATE VIEW v AS SELECT z FROM t JOIN o`],
    ['view v', "CREATE VIEW v AS SELECT b AS z FROM t WHERE z = 'y'"],
    ['view v', `${o} CREATE VIEW v AS SELECT t.*, o.* FROM t JOIN o`],
    [
      'trigger g on t',
      `${o} CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE o SET k = 2 WHERE EXISTS (SELECT 1 FROM t WHERE z = 8); END`,
    ],
  ]

  test.each(captured)('is not taken by a renamed or an added column from %s: %s', async (object, sql) => {
    const file = database(`${t} ${sql}`)
    const error = { code: 'DEPENDENT_OBJECTS', details: { dependants: [object] } }
    await expect(migratorOn(file, rename).plan('head')).rejects.toMatchObject(error)
    await expect(migratorOn(file, (op) => op.addColumn('t', 'z', textType())).plan('head')).rejects.toMatchObject(error)
  })

  it('is not taken from the second of two columns that a view would show', async () => {
    const file = database(`${t} CREATE VIEW v AS SELECT a, b AS z FROM t`)
    await expect(migratorOn(file, rename).plan('head')).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'column t.a', dependants: ['view v'] },
    })
  })

  it('does not change a natural join', async () => {
    const file = database(`${t} CREATE TABLE o (a); CREATE VIEW v AS SELECT b FROM t NATURAL JOIN o`)
    await expect(migratorOn(file, rename).plan('head')).rejects.toMatchObject({
      details: { object: 'column t.a', dependants: ['view v'] },
    })
  })

  it('works where the advice is followed', async () => {
    const file = database(`${t} ${o} CREATE VIEW v AS SELECT z FROM t JOIN o`)
    await migratorOn(file, (op) => {
      op.dropView('v')
      op.addColumn('t', 'z', textType())
      op.createView('v', expression('SELECT o.z FROM t JOIN o'))
    }).upgrade('head')
    expect(rows(file, 'SELECT z FROM v')).toEqual([[8n]])
  })
})
