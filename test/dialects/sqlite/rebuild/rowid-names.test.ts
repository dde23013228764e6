import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { change, database, rows } from './kit.ts'

/** A table with all that SQLite follows with where it renames a column by itself. */
const schemaWith = (name: string): string => `
  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ${name} TEXT NOT NULL UNIQUE CHECK (${name} <> 'x'), up TEXT AS (upper(${name})), parent TEXT REFERENCES t (${name}));
  CREATE INDEX t_low ON t (lower(${name}), up) WHERE ${name} > '';
  CREATE TABLE child (t TEXT REFERENCES t (${name}) ON DELETE CASCADE);
  CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
  CREATE VIEW v AS SELECT id, ${name} AS shown FROM t WHERE t.${name} <> '';
  CREATE VIEW by_index AS SELECT ${name} AS shown FROM t INDEXED BY t_low WHERE ${name} > '';
  CREATE TRIGGER of_t AFTER UPDATE OF ${name} ON t BEGIN INSERT INTO log (what) VALUES (old.${name} || new.${name}); END;
  CREATE TRIGGER of_child AFTER INSERT ON child BEGIN UPDATE t SET parent = NULL WHERE ${name} = new.t; END;
  CREATE TRIGGER of_v INSTEAD OF INSERT ON v BEGIN INSERT INTO t (id, ${name}) VALUES (new.id, new.shown); END;`

const withRows = (name: string): string => `${schemaWith(name)}
  INSERT INTO t (id, ${name}, parent) VALUES (90, 'gone', NULL), (7, 'a', NULL), (9, 'b', 'a');
  DELETE FROM t WHERE id = 90;
  INSERT INTO child VALUES ('b');
  DELETE FROM log`

/** Quotes are what a rename writes around a name. */
const schemaOf = (file: string): readonly unknown[][] =>
  rows(
    file,
    `SELECT type, name, tbl_name, replace(sql, '"', '') FROM sqlite_master WHERE name NOT LIKE 'migrate_%' AND name NOT LIKE '%migrate_version%' AND name NOT LIKE '%migrate_history%' ORDER BY type, name`,
  )

const contentOf = (file: string): unknown =>
  ['SELECT * FROM t ORDER BY id', 'SELECT rowid, * FROM child', 'SELECT * FROM log', 'SELECT * FROM v'].map((sql) =>
    rows(file, sql),
  )

test.each([
  ['rowid', 'number'],
  ['OID', 'number'],
  ['_rowid_', 'oid'],
  ['number', 'rowid'],
])(
  'a column %s becomes %s and comes back, though SQLite 3.54 renames none of that name itself, with all that names it',
  async (name, to) => {
    const file = database(withRows(name))
    const [schema, content] = [schemaOf(file), contentOf(file)]
    const migrator = migratorOf(sqliteDialect({ url: `sqlite:${file}` }), [
      { revision: 'c0ffee000001', downRevision: null, upgrade: (op) => op.renameColumn('t', name, to) },
    ])
    await migrator.upgrade('head')
    expect(schemaOf(file)).toEqual(schemaOf(database(schemaWith(to))))
    expect(contentOf(file)).toEqual(content)
    expect(rows(file, "SELECT seq FROM sqlite_sequence WHERE name = 't'")).toEqual([[90n]])
    expect(rows(file, 'PRAGMA integrity_check')).toEqual([['ok']])
    expect(rows(file, 'PRAGMA foreign_key_check')).toEqual([])
    await migrator.downgrade('base')
    expect(schemaOf(file)).toEqual(schema)
    expect(contentOf(file)).toEqual(content)
  },
)

test('the hidden rowid stays, and so does what reads it by another name', async () => {
  const file = database(`
    CREATE TABLE t (rowid TEXT, a);
    INSERT INTO t (oid, rowid, a) VALUES (5, 'x', 1), (40, 'y', NULL);
    CREATE VIEW v AS SELECT _rowid_ AS r, rowid AS label FROM t`)
  const { rebuilds } = await change(file, [
    { kind: 'renameColumn', table: { name: 't' }, column: 'rowid', to: 'label' },
    { kind: 'addConstraint', table: { name: 't' }, constraint: { kind: 'unique', columns: ['label'] } },
  ])
  expect(rebuilds).toBe(2)
  expect(rows(file, 'SELECT rowid, label, a FROM t')).toEqual([
    [5n, 'x', 1n],
    [40n, 'y', null],
  ])
  expect(rows(file, 'SELECT * FROM v')).toEqual([
    [5n, 'x'],
    [40n, 'y'],
  ])
})

test('in a table without a rowid such a name is one like all others', async () => {
  const file = database("CREATE TABLE t (rowid TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES ('x')")
  const { rebuilds } = await change(file, [{ kind: 'renameColumn', table: { name: 't' }, column: 'rowid', to: 'oid' }])
  expect(rebuilds).toBe(0)
  expect(rows(file, 'SELECT oid FROM t')).toEqual([['x']])
})

test.each([
  'CREATE VIEW v AS SELECT rowid AS r FROM t',
  'CREATE VIEW v AS SELECT t.ROWID AS r FROM t',
  'CREATE VIEW v AS SELECT (SELECT "rowid" FROM t) AS r',
])('is not given to a column where a view reads the hidden rowid by it: %s', async (view) => {
  const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (5, 'x'); ${view}`)
  const table = { name: 't' }
  const error = { code: 'DEPENDENT_OBJECTS', details: { dependants: ['view v'] } }
  const added = { name: 'rowid', type: { kind: 'text' }, nullable: true } as const
  await expect(change(file, [{ kind: 'addColumn', table, column: added }])).rejects.toMatchObject(error)
  await expect(change(file, [{ kind: 'renameColumn', table, column: 'a', to: 'rowid' }])).rejects.toMatchObject(error)
  expect(rows(file, 'SELECT r FROM v')).toEqual([[5n]])
})

test('is given to a column where a view reads the hidden rowid by another name, or none', async () => {
  const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (5, 'x');
    CREATE VIEW v AS SELECT oid AS r FROM t; CREATE VIEW w AS SELECT * FROM t`)
  await change(file, [{ kind: 'renameColumn', table: { name: 't' }, column: 'a', to: 'rowid' }])
  expect(rows(file, 'SELECT v.r, w.rowid FROM v, w')).toEqual([[5n, 'x']])
})
