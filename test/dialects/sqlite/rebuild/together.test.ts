import { type Revision, text as textType } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { database, raw, rows, text } from './kit.ts'

/** One revision by the migrator, as a service runs it. */
async function migrate(file: string, upgrade: Revision['upgrade']): Promise<void> {
  const migrator = migratorOf(sqliteDialect({ url: file }), [{ revision: 'c0ffee000001', downRevision: null, upgrade }])
  await migrator.upgrade('head')
}

const sound = (file: string): void => {
  expect(rows(file, 'PRAGMA integrity_check')).toEqual([['ok']])
  expect(rows(file, 'PRAGMA foreign_key_check')).toEqual([])
}

describe('one revision that rebuilds and renames', () => {
  it('tables in a circle of CASCADE and SET NULL', async () => {
    const file =
      database(`CREATE TABLE a (id INTEGER PRIMARY KEY, b INT REFERENCES b (id) ON DELETE SET NULL, up INT REFERENCES a ON DELETE CASCADE, n VARCHAR(3));
      CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a (id) ON DELETE CASCADE, n VARCHAR(3));
      CREATE TABLE leaf (id INTEGER PRIMARY KEY, b INT REFERENCES b ON DELETE CASCADE ON UPDATE CASCADE);
      INSERT INTO a VALUES (1, NULL, NULL, 'x'), (2, NULL, 1, 'y'); INSERT INTO b VALUES (5, 1, 'p'), (6, 2, 'q');
      UPDATE a SET b = id + 4; INSERT INTO leaf VALUES (9, 5), (10, 6)`)
    await migrate(file, (op) => {
      op.alterTable('a', (t) => t.alterColumn('n', { type: textType() }))
      op.renameTable('a', 'first')
      op.alterTable('b', (t) => {
        t.renameColumn('id', 'key')
        t.alterColumn('n', { nullable: false })
      })
      op.renameTable('b', 'second')
      op.alterTable('first', (t) => {
        t.renameColumn('b', 'other')
        t.addConstraint({ kind: 'check', expression: 'other > 0' })
      })
      op.alterTable('leaf', (t) => t.addConstraint({ kind: 'unique', columns: ['b'] }))
    })
    sound(file)
    expect(rows(file, 'SELECT id, other, up, n FROM first')).toEqual([
      [1n, 5n, null, 'x'],
      [2n, 6n, 1n, 'y'],
    ])
    expect(rows(file, 'SELECT "key", a, n FROM second')).toEqual([
      [5n, 1n, 'p'],
      [6n, 2n, 'q'],
    ])
    expect(rows(file, 'SELECT * FROM leaf')).toEqual([
      [9n, 5n],
      [10n, 6n],
    ])
    const keys = (name: string) =>
      rows(file, `SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list('${name}') ORDER BY "from"`)
    expect(keys('first')).toEqual([
      ['second', 'other', 'key', 'SET NULL'],
      ['first', 'up', null, 'CASCADE'],
    ])
    expect(keys('second')).toEqual([['first', 'a', 'id', 'CASCADE']])
    expect(keys('leaf')).toEqual([['second', 'b', null, 'CASCADE']])
    raw(file, (db) => {
      db.pragma('foreign_keys = ON')
      db.exec('DELETE FROM first WHERE id = 1')
    })
    expect([rows(file, 'SELECT count(*) FROM first'), rows(file, 'SELECT count(*) FROM leaf')]).toEqual([
      [[0n]],
      [[0n]],
    ])
  })

  it('a STRICT table without rowid, with generated columns that stay where they were', async () => {
    const file =
      database(`CREATE TABLE t (k TEXT COLLATE NOCASE, n INT, twice INT AS (n * 2) STORED, z INT, sum INT AS (twice + z) VIRTUAL,
      PRIMARY KEY (k DESC, n)) STRICT, WITHOUT ROWID; CREATE INDEX by_sum ON t (sum) WHERE twice > 2;
      INSERT INTO t (k, n, z) VALUES ('b', 1, 10), ('A', 2, 20), ('a', 1, 30)`)
    await migrate(file, (op) => {
      op.alterTable('t', (t) => {
        t.renameColumn('n', 'number')
        t.alterColumn('z', { nullable: false, default: 0 })
        t.addColumn('extra', textType(), { default: 'e', nullable: false })
      })
      op.renameTable('t', 'u')
      op.alterTable('u', (t) => t.addConstraint({ kind: 'check', name: 'c', expression: 'sum > 0' }))
    })
    sound(file)
    expect(rows(file, 'SELECT * FROM u')).toEqual([
      ['b', 1n, 2n, 10n, 12n, 'e'],
      ['a', 1n, 2n, 30n, 32n, 'e'],
      ['A', 2n, 4n, 20n, 24n, 'e'],
    ])
    expect(String(text(file, 'u'))).toMatch(
      /PRIMARY KEY \(k DESC, "number"\), CONSTRAINT "c" CHECK \(sum > 0\)\) STRICT, WITHOUT ROWID$/,
    )
  })

  it('a table under a view with INSTEAD OF triggers', async () => {
    const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, n VARCHAR(3)); INSERT INTO t VALUES (1, 'x');
      CREATE VIEW v AS SELECT id, n FROM t;
      CREATE TRIGGER put INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, n) VALUES (NEW.id, NEW.n); END;
      CREATE TRIGGER change INSTEAD OF UPDATE OF n ON v BEGIN UPDATE t SET n = NEW.n WHERE id = OLD.id; END`)
    await migrate(file, (op) => {
      op.alterTable('t', (t) => t.alterColumn('n', { type: textType() }))
      op.renameTable('t', 'u')
      op.alterTable('u', (t) => t.alterColumn('n', { nullable: false }))
    })
    sound(file)
    raw(file, (db) => db.exec(`INSERT INTO v VALUES (2, 'y'); UPDATE v SET n = n || '!'`))
    expect(rows(file, 'SELECT * FROM u')).toEqual([
      [1n, 'x!'],
      [2n, 'y!'],
    ])
  })

  it('the content of a full-text index, beside an R-tree', async () => {
    const file =
      database(`CREATE TABLE doc (title VARCHAR(9), body TEXT); INSERT INTO doc (rowid, title, body) VALUES (3, 'one', 'apples'), (8, 'two', 'pears');
      CREATE VIRTUAL TABLE ft USING fts5(title, body, content='doc'); INSERT INTO ft (ft) VALUES ('rebuild');
      CREATE TRIGGER ai AFTER INSERT ON doc BEGIN INSERT INTO ft (rowid, title, body) VALUES (new.rowid, new.title, new.body); END;
      CREATE TRIGGER ad AFTER DELETE ON doc BEGIN INSERT INTO ft (ft, rowid, title, body) VALUES ('delete', old.rowid, old.title, old.body); END;
      CREATE VIRTUAL TABLE place USING rtree(id, low, high); INSERT INTO place VALUES (3, 0, 1), (8, 5, 6);
      CREATE TRIGGER away AFTER DELETE ON doc BEGIN DELETE FROM place WHERE id = old.rowid; END`)
    await migrate(file, (op) => {
      op.alterTable('doc', (t) => {
        t.alterColumn('title', { type: textType(), nullable: false })
        t.addConstraint({ kind: 'unique', columns: ['title'] })
      })
    })
    sound(file)
    expect(rows(file, `SELECT rowid, title FROM ft WHERE ft MATCH 'pears'`)).toEqual([[8n, 'two']])
    expect(rows(file, 'SELECT count(*) FROM place')).toEqual([[2n]])
    raw(file, (db) => {
      db.exec(`INSERT INTO doc VALUES ('three', 'plums'); DELETE FROM doc WHERE rowid = 3`)
      db.exec(`INSERT INTO ft (ft, rank) VALUES ('integrity-check', 1)`)
    })
    expect(rows(file, `SELECT rowid FROM ft WHERE ft MATCH 'plums OR apples'`)).toEqual([[9n]])
    expect(rows(file, 'SELECT id FROM place')).toEqual([[8n]])
  })
})
