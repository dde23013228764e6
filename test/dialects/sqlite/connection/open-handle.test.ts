import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expression, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { sqliteDialect } from '../../../../packages/dialect-sqlite/src/index.ts'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { skipWithout } from '../../../kit/sqlite-client/needs-driver.ts'

const dialectPackage = new URL('../../../../packages/dialect-sqlite/package.json', import.meta.url)
const Libsql = createRequire(dialectPackage)('libsql') as typeof Database

const home = mkdtempSync(join(tmpdir(), 'open-handle-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let files = 0
function open(file = join(home, `${++files}.db`), options: Database.Options = {}): Database.Database {
  const db = new Database(file, options)
  onTestFinished(() => void db.close())
  return db
}

const first = (op: OperationRecorder): void => {
  op.createTable('t1', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('v', text())
    t.column('n', text())
    t.primaryKey(['id'])
  })
  op.insertRows('t1', [{ id: 1, v: 'a' }])
}

const settings = (db: Database.Database): unknown[] =>
  ['busy_timeout', 'foreign_keys', 'full_column_names', 'short_column_names'].map((name) =>
    db.pragma(name, { simple: true }),
  )

describe('an open handle of the application', () => {
  test('a temporary object that hides one of the migration is named, and nothing is done, until it is dropped', async () => {
    const before = (op: OperationRecorder): void => {
      first(op)
      op.createTable('t3', (t) => t.column('v', text()))
    }
    const chain = line(before, (op) => {
      op.createIndex('t1', 'i1', ['v'])
      op.renameColumn('t1', 'v', 'w')
      op.sql('DELETE FROM t3', { inverse: 'SELECT 1' })
      op.createTable('t2', (t) => t.column('id', integer()))
    })
    const db = open()
    const dialect = sqliteDialect({ driver: db })
    await migratorOf(dialect, chain).upgrade('r1')
    for (const [create, drop, name] of [
      ['CREATE TEMP TABLE T1 (v TEXT)', 'DROP TABLE temp.t1', 'T1'],
      ['CREATE TEMP VIEW t1 AS SELECT 1 AS v', 'DROP VIEW temp.t1', 't1'],
      ['CREATE TEMP TABLE t3 (v TEXT)', 'DROP TABLE temp.t3', 't3'],
      ['CREATE TEMP TABLE migrate_history (a)', 'DROP TABLE temp.migrate_history', 'migrate_history'],
      ['CREATE TEMP TABLE migrate_journal (a)', 'DROP TABLE temp.migrate_journal', 'migrate_journal'],
      ['CREATE TEMP TABLE t2 (id)', 'DROP TABLE temp.t2', 't2'],
    ] as const) {
      db.exec(create)
      await expect(migratorOf(dialect, chain).upgrade()).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: `driver: this client has temporary objects that hide those of a migration: "${name}"`,
      })
      db.exec(drop)
    }
    expect(db.prepare('SELECT v FROM t1').all()).toEqual([{ v: 'a' }])
    db.exec('CREATE TEMP TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT)')
    await migratorOf(dialect, chain).upgrade()
    expect(db.prepare('SELECT w FROM t1').all()).toEqual([{ w: 'a' }])
    expect(db.prepare("SELECT sql FROM sqlite_master WHERE name = 'i1'").all()).toEqual([
      { sql: 'CREATE INDEX "i1" ON "t1" ("w")' },
    ])
  })

  test('a start inside an iteration is refused with a code, and leaves the settings as they were', async (context) => {
    // On a handle of node:sqlite a statement may be read while others run.
    skipWithout('better-sqlite3', context)
    const db = open()
    db.pragma('busy_timeout = 1234')
    db.pragma('foreign_keys = 0')
    db.exec('CREATE TABLE q (a); INSERT INTO q VALUES (1), (2)')
    const dialect = sqliteDialect({ driver: db })
    const rows = db.prepare('SELECT a FROM q').iterate()
    rows.next()
    await expect(migratorOf(dialect, line(first)).upgrade()).rejects.toMatchObject({
      code: 'SESSION_SETTING_REFUSED',
      details: { setting: 'foreign_keys', desired: '1', actual: 'This database connection is busy executing a query' },
      remedy: 'Let no query of your program be in progress on the handle, or give the `url` of the database instead.',
    })
    rows.return?.()
    expect(settings(db)).toEqual([1234, 0, 0, 1])
    await migratorOf(dialect, line(first)).upgrade()
    expect(settings(db)).toEqual([1234, 0, 0, 1])
  })

  test('a handle that is closed is refused with a code', async () => {
    const db = open()
    const dialect = sqliteDialect({ driver: db })
    db.close()
    await expect(migratorOf(dialect, line(first)).upgrade()).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { why: 'the handle given as `driver` is closed' },
    })
    expect(() => sqliteDialect({ driver: db })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(/^driver: this client takes no statements: .*\bnot open$/),
      }),
    )
  })

  test('how it names columns is set for a run, and put back', async () => {
    const db = open()
    db.pragma('full_column_names = ON')
    db.pragma('short_column_names = OFF')
    const migrator = migratorOf(sqliteDialect({ driver: db }), line(first))
    await migrator.upgrade()
    expect(settings(db)).toEqual([5000, 1, 1, 0])
    expect(await migrator.status()).toMatchObject({ state: 'atHead' })
  })

  test('with count_changes on a client of libsql migrates, and it is on afterwards', async () => {
    const db = new Libsql(':memory:')
    onTestFinished(() => void db.close())
    db.exec('PRAGMA count_changes = ON')
    const chain = line(first, (op) => {
      op.alterColumn('t1', 'v', { type: varchar(9), nullable: false, default: 'd' })
      op.dropColumn('t1', 'n')
    })
    const migrator = migratorOf(sqliteDialect({ driver: db }), chain)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(db.prepare('SELECT id, v, n FROM t1').all()).toEqual([{ id: 1, v: 'a', n: null }])
    expect(db.prepare('PRAGMA count_changes').get()).toMatchObject({ count_changes: 1 })
  })

  test('with legacy_alter_table on, views and triggers follow a rename, and it is on afterwards', async () => {
    const db = open()
    db.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE q (x); CREATE VIEW v AS SELECT id FROM p;
      CREATE TRIGGER tr AFTER INSERT ON q BEGIN INSERT INTO p (n) VALUES (new.x); END`)
    db.pragma('legacy_alter_table = ON')
    const chain = line(
      (op) => op.renameTable('p', 'pp'),
      (op) => op.alterColumn('pp', 'n', { type: varchar(9), nullable: false, default: '' }),
    )
    await migratorOf(sqliteDialect({ driver: db }), chain).upgrade()
    db.exec("INSERT INTO q VALUES ('a')")
    expect(db.prepare('SELECT id FROM v').all()).toEqual([{ id: 1 }])
    expect(db.pragma('legacy_alter_table', { simple: true })).toBe(1)
  })

  test('with ignore_check_constraints on, a check that rows violate is refused, and it is on afterwards', async () => {
    const db = open()
    db.exec('CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO p VALUES (1, -5)')
    db.pragma('ignore_check_constraints = ON')
    const migrator = migratorOf(
      sqliteDialect({ driver: db }),
      line((op) => op.addCheck('p', expression('"n" > 0'), { name: 'positive' })),
    )
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
    expect(db.prepare("SELECT sql FROM sqlite_master WHERE name = 'p'").all()).toEqual([
      { sql: 'CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)' },
    ])
    expect(db.pragma('ignore_check_constraints', { simple: true })).toBe(1)
  })

  test('one without a journal is refused, since a revision that fails could not be rolled back', async () => {
    const db = new Libsql(':memory:')
    onTestFinished(() => void db.close())
    db.pragma('journal_mode = OFF')
    const migrator = migratorOf(sqliteDialect({ driver: db }), line(first))
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message:
        'driver: this client has PRAGMA journal_mode = OFF, by which a revision that fails could not be rolled back',
      remedy: 'Set another journal_mode on it: MEMORY, DELETE or WAL.',
    })
    expect(await migrator.status()).toMatchObject({ state: 'empty' })
    db.pragma('journal_mode = MEMORY')
    await migrator.upgrade()
    expect(await migrator.status()).toMatchObject({ state: 'atHead' })
  })

  test('one that is only for reading is refused before anything is tried', async () => {
    const writable = open()
    await migratorOf(sqliteDialect({ driver: writable }), line(first)).upgrade()
    const chain = line(first, (op) => op.dropTable('t1'))
    const readonly = open(writable.name, { readonly: true })
    const queryOnly = open(writable.name)
    queryOnly.pragma('query_only = ON')
    for (const db of [readonly, queryOnly]) {
      const migrator = migratorOf(sqliteDialect({ driver: db }), chain)
      await expect(migrator.upgrade()).rejects.toMatchObject({
        code: 'DATABASE_READ_ONLY',
        message: `${writable.name} takes no changes through the handle given as \`driver\``,
        remedy: 'Open the database for writing, and leave PRAGMA query_only off.',
      })
      expect(await migrator.status()).toMatchObject({ state: 'behind' })
    }
    expect(writable.prepare('SELECT v FROM t1').all()).toEqual([{ v: 'a' }])
    queryOnly.pragma('query_only = OFF')
    await migratorOf(sqliteDialect({ driver: queryOnly }), chain).upgrade()
  })

  test('its temporary triggers are kept where their table is rebuilt, or named where they would not work', async () => {
    const db = open()
    const chain = line(
      first,
      (op) => op.alterColumn('t1', 'v', { type: varchar(9), nullable: false }),
      (op) => {
        op.alterColumn('t1', 'n', { type: varchar(9) })
        op.dropColumn('t1', 'v')
      },
    )
    const dialect = sqliteDialect({ driver: db })
    await migratorOf(dialect, chain).upgrade('r1')
    db.exec(`CREATE TEMP TABLE seen (id); CREATE TEMP TRIGGER tt AFTER INSERT ON t1 BEGIN INSERT INTO seen VALUES (new.id); END;
      CREATE TEMP TRIGGER uu AFTER DELETE ON main.t1 BEGIN DELETE FROM seen WHERE old.v = 'z'; END`)
    await migratorOf(dialect, chain).upgrade('r2')
    expect(db.prepare("SELECT name, sql FROM temp.sqlite_master WHERE type = 'trigger'").all()).toEqual([
      { name: 'tt', sql: 'CREATE TRIGGER tt AFTER INSERT ON t1 BEGIN INSERT INTO seen VALUES (new.id); END' },
      { name: 'uu', sql: "CREATE TRIGGER uu AFTER DELETE ON main.t1 BEGIN DELETE FROM seen WHERE old.v = 'z'; END" },
    ])
    db.exec("INSERT INTO t1 (id, v) VALUES (2, 'b')")
    expect(db.prepare('SELECT id FROM seen').all()).toEqual([{ id: 2 }])
    await expect(migratorOf(dialect, chain).upgrade()).rejects.toMatchObject({ code: 'DEPENDANT_BROKEN' })
    db.exec('DROP TRIGGER uu')
    await migratorOf(dialect, chain).upgrade()
    expect(db.prepare("SELECT name FROM temp.sqlite_master WHERE type = 'trigger'").all()).toEqual([{ name: 'tt' }])
  })
})
