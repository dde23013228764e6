import { expression, type OperationRecorder, text as textType } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { sqliteClient } from '../../../unit/script/client.ts'
import { database, raw, rows, text } from './kit.ts'

function migratorOn(file: string, upgrade: (op: OperationRecorder) => void) {
  return migratorOf(sqliteDialect({ url: `sqlite:${file}` }), [
    { revision: 'c0ffee000001', downRevision: null, upgrade },
  ])
}

const layered = `CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 10), (2, -5);
  CREATE VIEW v AS SELECT id, n FROM t;
  CREATE TRIGGER put INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, n) VALUES (NEW.id, NEW.n); END;
  CREATE VIEW positive AS SELECT v.id /* of v */, v.n FROM v WHERE v.n > 0;
  CREATE TRIGGER put2 INSTEAD OF INSERT ON positive BEGIN INSERT INTO v (id, n) VALUES (NEW.id, NEW.n); END;
  CREATE TABLE log (id INT);
  CREATE TRIGGER seen AFTER INSERT ON log BEGIN INSERT INTO v (id, n) VALUES (NEW.id, (SELECT max(n) FROM v)); END`

describe('a view that is renamed', () => {
  it('is followed by the views and triggers that read it, and goes back', async () => {
    const file = database(layered)
    const before = rows(file, `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY name`)
    const migrator = migratorOn(file, (op) => op.renameView('v', 'w'))
    await migrator.upgrade('head')
    expect(rows(file, 'SELECT * FROM positive')).toEqual([[1n, 10n]])
    expect(String(text(file, 'positive'))).toMatch(/\/\* of v \*\//)
    raw(file, (db) => {
      db.exec('INSERT INTO w VALUES (3, 30)')
      db.exec('INSERT INTO positive VALUES (4, 40)')
      db.exec('INSERT INTO log VALUES (5)')
    })
    expect(rows(file, 'SELECT id, n FROM t WHERE id > 2 ORDER BY id')).toEqual([
      [3n, 30n],
      [4n, 40n],
      [5n, 40n],
    ])
    await migrator.downgrade('base')
    raw(file, (db) => db.exec('INSERT INTO positive VALUES (6, 60); INSERT INTO log VALUES (7)'))
    expect(rows(file, 'SELECT id FROM v WHERE id > 5 ORDER BY id')).toEqual([[6n], [7n]])
    const names = (list: unknown[][]) => list.map(([name]) => name)
    const after = rows(file, `SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY name`)
    expect(names(after)).toEqual(names(before))
  })
})

describe('a view that is renamed', () => {
  it('is refused where another view has a common table expression of its name', async () => {
    const file = database(`${layered}; CREATE VIEW own AS WITH v AS (SELECT 7 AS id) SELECT id FROM v`)
    const before = rows(file, 'SELECT name, sql FROM sqlite_master ORDER BY name')
    const refused = migratorOn(file, (op) => op.renameView('v', 'w')).upgrade('head')
    await expect(refused).rejects.toThrow('rename v in view own')
    expect(rows(file, 'SELECT name, sql FROM sqlite_master ORDER BY name')).toEqual(before)
  })
})

describe('views over a column that is renamed', () => {
  it('are named where they show it under its new name from then on', async () => {
    const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 10);
      CREATE VIEW bare AS SELECT n FROM t; CREATE VIEW every AS SELECT t.* FROM t;
      CREATE VIEW listed (n) AS SELECT n FROM t; CREATE VIEW counted AS SELECT count(*) AS all_rows FROM t`)
    const migrator = migratorOn(file, (op) => op.renameColumn('t', 'n', 'm'))
    const note = 'views that show t.n show it as m from now on, unless they name it with AS: bare, every'
    const { steps } = await migrator.plan('head')
    expect(steps.map(({ notes }) => notes)).toEqual([[note]])
    await migrator.upgrade('head')
    const shown = (view: string) => rows(file, `SELECT name FROM pragma_table_xinfo('${view}')`).flat()
    expect(['bare', 'every', 'listed', 'counted'].map(shown)).toEqual([['m'], ['id', 'm'], ['n'], ['all_rows']])
  })

  it('are named where a change of the same table is made with the rename', async () => {
    const file = database('CREATE TABLE t (n INT, o VARCHAR(9)); CREATE VIEW bare AS SELECT n FROM t')
    const plan = await migratorOn(file, (op) =>
      op.alterTable('t', (t) => {
        t.renameColumn('n', 'm')
        t.alterColumn('o', { type: textType() })
      }),
    ).plan('head')
    expect(plan.steps[0]?.notes).toContain(
      'views that show t.n show it as m from now on, unless they name it with AS: bare',
    )
  })
})

const broken = `CREATE TABLE t (id INTEGER PRIMARY KEY, n VARCHAR(3)); INSERT INTO t VALUES (1, 'x');
  CREATE VIEW fine AS SELECT id, n FROM t;
  CREATE VIEW lost AS SELECT t.id, z FROM t JOIN gone ON gone.id = t.id;
  CREATE VIEW noFunction AS SELECT nowhere(n) FROM t`

/** Changes that leave the text of a broken view alone; SQLite's own RENAME refuses beside one. */
const changes: Readonly<Record<string, (op: OperationRecorder) => void>> = {
  'a rebuild': (op) => op.alterTable('t', (t) => t.alterColumn('n', { type: textType() })),
  'a rebuild and a new column': (op) => {
    op.alterTable('t', (t) => {
      t.alterColumn('n', { type: textType(), nullable: false })
      t.addColumn('m', textType(), { default: 'y', nullable: false })
    })
  },
  'a view that is renamed': (op) => op.renameView('fine', 'good'),
  'a view that is replaced': (op) => op.replaceView('fine', expression('SELECT id FROM t')),
}

describe('beside views that are broken already', () => {
  it.each(Object.keys(changes))('%s is made by a run and by the script of its plan', async (name) => {
    const change = changes[name] as (op: OperationRecorder) => void
    const objects = `SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY type, name`
    const run = database(broken)
    await migratorOn(run, change).upgrade('head')
    const scripted = database(broken)
    const migrator = migratorOn(scripted, change)
    const sql = await migrator.script('head', { from: 'current' })
    if (sqliteClient === undefined) return
    expect(sqliteClient(scripted, sql)).toEqual({ stopped: false, output: '' })
    expect(rows(scripted, objects)).toEqual(rows(run, objects))
  })

  it('one that reads a column that goes stops the plan, and is named', async () => {
    const file = database(broken)
    const change = (op: OperationRecorder) => {
      op.alterTable('t', (t) => {
        t.alterColumn('id', { type: textType() })
        t.dropColumn('n')
        t.addConstraint({ kind: 'check', expression: 'id > 0' })
      })
    }
    await expect(migratorOn(file, change).upgrade('head')).rejects.toEqual(
      expect.objectContaining({ code: 'DEPENDENT_OBJECTS' }),
    )
  })
})
