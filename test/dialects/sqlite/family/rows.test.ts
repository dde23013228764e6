import { expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import { describe, expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { counts } from '../../../kit/scale.ts'
import { hasDriver } from '../../../kit/sqlite-client/client.mjs'
import { database, raw, rows, text as textOf } from '../rebuild/kit.ts'
import { migrateWithKeysOn, withKeysOn } from './kit.ts'

const nameIsNeeded = (op: OperationRecorder): void =>
  op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false }))

/** The usual rebuild of `parent`, in a transaction with foreign keys on. */
const usual = `PRAGMA foreign_keys = ON; BEGIN; PRAGMA defer_foreign_keys = ON;
  CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO new_parent SELECT * FROM parent;
  DROP TABLE parent; ALTER TABLE new_parent RENAME TO parent; COMMIT`

const children = `
  CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE cascades (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
  CREATE TABLE nulls (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE SET NULL);
  INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (7, 'c');
  INSERT INTO cascades VALUES (10, 1), (11, 2), (12, 7); INSERT INTO nulls VALUES (20, 2), (21, 7);`
const moreChildren = `
  CREATE TABLE defaults (id INTEGER PRIMARY KEY, p INTEGER DEFAULT 1 REFERENCES parent ON DELETE SET DEFAULT);
  CREATE TABLE restricts (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE RESTRICT);
  CREATE TABLE acts (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id));
  CREATE TABLE defers (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
  INSERT INTO defaults VALUES (30, 7); INSERT INTO restricts VALUES (40, 2); INSERT INTO acts VALUES (50, 7); INSERT INTO defers VALUES (60, 1);`
const all = ['cascades', 'nulls', 'defaults', 'restricts', 'acts', 'defers']

for (const driver of [hasDriver ? 'better-sqlite3' : 'node:sqlite', 'libsql'] as const) {
  describe(`with foreign keys on, by ${driver}, a rebuild`, () => {
    it('of a parent keeps the rows of every child, whatever ON DELETE says', async () => {
      const file = database(children + moreChildren)
      await migrateWithKeysOn({ url: file, driver }, nameIsNeeded)
      expect(all.map((name) => rows(file, `SELECT id, p FROM ${name}`))).toEqual([
        [
          [10n, 1n],
          [11n, 2n],
          [12n, 7n],
        ],
        [
          [20n, 2n],
          [21n, 7n],
        ],
        [[30n, 7n]],
        [[40n, 2n]],
        [[50n, 7n]],
        [[60n, 1n]],
      ])
      expect(textOf(file, 'parent')).toBe('CREATE TABLE "parent" (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
      expect(textOf(file, 'cascades')).toBe(
        'CREATE TABLE "cascades" (id INTEGER PRIMARY KEY, p INTEGER REFERENCES "parent" (id) ON DELETE CASCADE)',
      )
      raw(file, (db) => {
        expect(db.pragma('foreign_key_check')).toEqual([])
        db.exec('PRAGMA foreign_keys = ON; DELETE FROM parent WHERE id = 1')
        expect(db.prepare('SELECT id FROM cascades').pluck().all()).toEqual([11n, 12n])
        expect(() => db.exec('DELETE FROM parent WHERE id = 2')).toThrow(/FOREIGN KEY/)
      })
    })

    it('keeps grandchildren of a table whose key is counted, and the counter', async () => {
      const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
        CREATE TABLE child (id INTEGER PRIMARY KEY AUTOINCREMENT, p INTEGER NOT NULL REFERENCES parent ON DELETE CASCADE);
        CREATE TABLE grandchild (k TEXT, n INT, c INTEGER REFERENCES child (id) ON DELETE CASCADE, PRIMARY KEY (k, n)) WITHOUT ROWID;
        CREATE TABLE both (a TEXT, c INTEGER REFERENCES child ON DELETE CASCADE, p REFERENCES parent ON DELETE CASCADE);
        INSERT INTO parent VALUES (1, 'a'), (9, 'b'); DELETE FROM parent WHERE id = 9;
        INSERT INTO child VALUES (4, 1), (8, 1); DELETE FROM child WHERE id = 8;
        INSERT INTO grandchild VALUES ('k', 1, 4), ('k', 2, NULL); INSERT INTO both (rowid, a, c, p) VALUES (5, 'x', 4, 1)`)
      await migrateWithKeysOn({ url: file, driver }, nameIsNeeded)
      expect(rows(file, 'SELECT name, seq FROM sqlite_sequence ORDER BY name')).toEqual([
        ['child', 8n],
        ['parent', 9n],
      ])
      expect(rows(file, 'SELECT * FROM child')).toEqual([[4n, 1n]])
      expect(rows(file, 'SELECT * FROM grandchild')).toEqual([
        ['k', 1n, 4n],
        ['k', 2n, null],
      ])
      expect(rows(file, 'SELECT rowid, * FROM both')).toEqual([[5n, 'x', 4n, 1n]])
    })

    for (const action of ['CASCADE', 'SET NULL', 'SET DEFAULT', 'RESTRICT', 'NO ACTION'])
      it(`keeps chains of 3,000 rows that refer to each other, ON DELETE ${action}`, async () => {
        const file = database(`CREATE TABLE log (what);
          CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, next INTEGER NOT NULL DEFAULT 1 CHECK (next IS NOT NULL) REFERENCES parent (id) ON DELETE ${action});
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO parent SELECT i, 'n', max(i - 1, 1) FROM n;
          UPDATE parent SET next = 3000 WHERE id = 7;
          CREATE TRIGGER t1 AFTER DELETE ON parent BEGIN INSERT INTO log VALUES ('delete'); END;
          CREATE TRIGGER t2 AFTER UPDATE ON parent BEGIN INSERT INTO log VALUES ('update'); END`)
        const before = rows(file, 'SELECT id, next FROM parent')
        await migrateWithKeysOn({ url: file, driver }, nameIsNeeded)
        expect(rows(file, 'SELECT id, next FROM parent')).toEqual(before)
        expect(rows(file, 'SELECT count(*) FROM log')).toEqual([[0n]])
        expect(
          rows(file, `SELECT type, name FROM sqlite_master WHERE name LIKE '%migrate_new%' OR type = 'trigger'`),
        ).toEqual([
          ['trigger', 't1'],
          ['trigger', 't2'],
        ])
      })
  })
}

describe('the test', () => {
  it('sees the rows that the usual rebuild loses with foreign keys on', () => {
    const file = database(children)
    raw(file, (db) => db.exec(usual))
    expect(rows(file, 'SELECT count(*) FROM cascades')).toEqual([[0n]])
    expect(rows(file, 'SELECT p FROM nulls')).toEqual([[null], [null]])
  })
})

describe('a rebuild with foreign keys on', () => {
  it('keeps triggers and views, and no trigger fires', async () => {
    const trigger = 'CREATE TRIGGER gone AFTER DELETE ON child BEGIN DELETE FROM parent WHERE id = old.p; END'
    const view = 'CREATE VIEW v AS SELECT child.id, name FROM child JOIN parent ON parent.id = p'
    const index = 'CREATE UNIQUE INDEX "by name" ON child(lower(t)) /* kept */ WHERE p > 0'
    const file = database(`CREATE TABLE log (what); CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE, t TEXT COLLATE NOCASE); -- a comment
      INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (2, 1, 'x'); ${trigger}; ${view}; ${index};
      CREATE TRIGGER came AFTER INSERT ON parent BEGIN INSERT INTO log VALUES ('came'); END;
      CREATE TRIGGER other AFTER INSERT ON log BEGIN UPDATE child SET t = t; END`)
    await migrateWithKeysOn({ url: file }, nameIsNeeded)
    expect([textOf(file, 'gone'), textOf(file, 'v'), textOf(file, 'by name')]).toEqual([trigger, view, index])
    expect(rows(file, 'SELECT * FROM log')).toEqual([])
    expect(rows(file, 'SELECT * FROM v')).toEqual([[2n, 'a']])
  })

  it('copies rows to a table whose key only an index makes unique', async () => {
    const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, code TEXT);
      CREATE UNIQUE INDEX codes ON parent (code);
      CREATE TABLE child (id INTEGER PRIMARY KEY, c TEXT REFERENCES parent (code) ON DELETE CASCADE);
      INSERT INTO parent VALUES (1, 'a', 'A'), (2, 'b', 'B'); INSERT INTO child VALUES (1, 'B'), (2, 'A')`)
    await migrateWithKeysOn({ url: file }, nameIsNeeded)
    expect(rows(file, 'SELECT id, c FROM child')).toEqual([
      [1n, 'B'],
      [2n, 'A'],
    ])
    expect(rows(file, `SELECT name FROM sqlite_master WHERE type = 'index'`)).toContainEqual(['codes'])
    expect(rows(file, `SELECT name FROM sqlite_master WHERE name LIKE '%migrate_new%'`)).toEqual([])
  })

  it('changes a key and the columns that refer to it by one rebuild, with expressions that move both', async () => {
    const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (5, 2), (6, NULL)`)
    await migrateWithKeysOn({ url: file }, (op) => {
      op.alterTable('parent', (t) => t.alterColumn('id', { type: text(), using: `'u' || id` }))
      op.alterTable('child', (t) => t.alterColumn('p', { type: text(), using: `'u' || p` }))
    })
    expect(rows(file, 'SELECT * FROM parent')).toEqual([
      ['u1', 'a'],
      ['u2', 'b'],
    ])
    expect(rows(file, 'SELECT * FROM child')).toEqual([
      [5n, 'u2'],
      [6n, null],
    ])
  })

  it('names the rows that a change of one side leaves alone', async () => {
    const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id));
      INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (5, 1)`)
    const error = await errorOf(
      migrateWithKeysOn({ url: file }, (op) =>
        op.alterTable('parent', (t) => t.alterColumn('id', { type: text(), using: `'u' || id` })),
      ),
    )
    expect([error.code, error.details]).toEqual([
      'BLOCKING_ROWS',
      { check: 'rows of child that refer to a row that does not exist', rows: ['rowid 5, parent parent'] },
    ])
    expect(error.remedy).toBe(
      'Change both sides of the foreign key one after the other in the revision, or correct the rows before.',
    )
    expect(rows(file, 'SELECT * FROM parent')).toEqual([[1n, 'a']])
  })

  it('names rows that pointed nowhere before, and runs when they are gone', async () => {
    const file = database(`PRAGMA foreign_keys = OFF; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id)); INSERT INTO child VALUES (5, 1)`)
    const error = await errorOf(migrateWithKeysOn({ url: file }, nameIsNeeded))
    expect([error.code, error.details]).toEqual([
      'BLOCKING_ROWS',
      { check: 'rows of child that refer to a row that does not exist', rows: ['rowid 5, parent parent'] },
    ])
    raw(file, (db) => db.exec('DELETE FROM child'))
    await migrateWithKeysOn({ url: file }, nameIsNeeded)
    expect(textOf(file, 'parent')).toContain('NOT NULL')
  })

  it('drops a column, renames another and the table, and takes children along', async () => {
    const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, old TEXT CHECK (old <> ''));
      CREATE TABLE child (p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO parent VALUES (1, 'a', 'x'); INSERT INTO child VALUES (1)`)
    await migrateWithKeysOn({ url: file }, (op) => {
      op.alterTable('parent', (t) => {
        t.dropColumn('old')
        t.renameColumn('id', 'key')
        t.addCheck(expression("name <> ''"))
      })
      op.renameTable('parent', 'people')
    })
    expect(textOf(file, 'child')).toBe('CREATE TABLE "child" (p INTEGER REFERENCES "people" ("key") ON DELETE CASCADE)')
    expect(rows(file, 'SELECT * FROM people, child')).toEqual([[1n, 'a', 1n]])
  })

  it('drops a table with the foreign keys to it, and one that refers to itself', async () => {
    const file =
      database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, up INTEGER REFERENCES parent ON DELETE RESTRICT);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      CREATE TABLE grandchild (c INTEGER REFERENCES child ON DELETE CASCADE);
      INSERT INTO parent VALUES (1, 1), (2, 1); INSERT INTO child VALUES (5, 1); INSERT INTO grandchild VALUES (5)`)
    await migrateWithKeysOn({ url: file }, (op) => op.dropTable('parent', { cascade: true }))
    expect(rows(file, 'SELECT * FROM child')).toEqual([[5n, 1n]])
    expect(rows(file, 'SELECT * FROM grandchild')).toEqual([[5n]])
    expect(textOf(file, 'child')).toBe('CREATE TABLE "child" (id INTEGER PRIMARY KEY, p INTEGER)')
    expect(textOf(file, 'parent')).toBeUndefined()
  })

  it(`keeps ${counts.familyRows} rows and as many that refer to them and to each other`, async () => {
    const many = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${counts.familyRows})`
    const file = database(`PRAGMA foreign_keys = OFF;
      CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, up INTEGER REFERENCES parent ON DELETE CASCADE);
      CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE CASCADE);
      ${many} INSERT INTO parent SELECT i, 'n' || i, CASE i % 3 WHEN 0 THEN ${counts.familyRows} + 1 - i ELSE i - 1 END FROM n WHERE i > 1 UNION ALL SELECT 1, 'n1', NULL;
      ${many} INSERT INTO child SELECT i, i FROM n`)
    const sums = 'SELECT count(*), sum(id), sum(up), (SELECT sum(p * id) FROM child) FROM parent'
    const before = rows(file, sums)
    await migrateWithKeysOn({ url: file }, nameIsNeeded)
    expect(rows(file, sums)).toEqual(before)
    raw(file, (db) => expect(db.pragma('foreign_key_check')).toEqual([]))
  })
})

describe('SQL of an author that switches foreign keys off', () => {
  it('is refused where they stay on, and the advice is an operation', async () => {
    const file = database(children)
    const error = await errorOf(
      migrateWithKeysOn({ url: file }, (op) => {
        op.sql('PRAGMA foreign_keys = OFF')
        op.sql('DELETE FROM parent')
      }),
    )
    expect([error.code, error.message, error.remedy]).toEqual([
      'UNSUPPORTED',
      'PRAGMA foreign_keys = OFF: it needs foreign keys switched off, and this database keeps them on.',
      'Write the change with operations such as `op.alterTable`, which need no foreign keys switched off.',
    ])
    await migrateWithKeysOn({ url: file }, nameIsNeeded)
    expect(rows(file, 'SELECT count(*) FROM cascades')).toEqual([[3n]])
  })
})

describe('a circle of tables', () => {
  const circle = `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, best INTEGER REFERENCES child (id));
    CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
    INSERT INTO parent VALUES (1, 'a', NULL); INSERT INTO child VALUES (5, 1); UPDATE parent SET best = 5`

  it('is refused, and nothing is changed', async () => {
    const file = database(circle)
    const error = await errorOf(migrateWithKeysOn({ url: file }, nameIsNeeded))
    expect([error.code, error.message]).toEqual([
      'UNSUPPORTED',
      'rebuild parent: parent, child refer to each other in a circle, and this database keeps foreign keys on',
    ])
    expect(textOf(file, 'parent')).toBe(
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, best INTEGER REFERENCES child (id))',
    )
  })

  it('is rebuilt once one foreign key is taken away as the advice says', async () => {
    const file = database(circle)
    const migrator = migratorOf(
      withKeysOn({ url: file }),
      line((op) => {
        op.alterTable('parent', (t) => t.addColumn('best_', integer(), { nullable: true }))
        op.sql('UPDATE parent SET best_ = best')
        op.sql('ALTER TABLE parent DROP COLUMN best')
        op.alterTable('parent', (t) => t.renameColumn('best_', 'best'))
      }, nameIsNeeded),
    )
    await migrator.upgrade('head')
    expect(rows(file, 'SELECT parent.id, name, best, child.id, p FROM parent, child')).toEqual([[1n, 'a', 5n, 5n, 1n]])
  })
})
