import { integer, type OperationRecorder, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { temporaryFolder } from '../run/kit.ts'
import { type Halves, migratorOn, withoutServer } from './grounds.ts'

// What a downgrade preserves of unusual tables of SQLite comes back, by SQL and by core.

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`
const using = <T>(work: (client: Database.Database) => T): T => {
  const client = new Database(file())
  try {
    return work(client)
  } finally {
    client.close()
  }
}
const sql = (statement: string): unknown => using((client) => client.exec(statement))
const rows = (statement: string): unknown[] => using((client) => client.prepare(statement).raw().all())

const own = (dialect: UnloadedDialect): UnloadedDialect => dialect
const note: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('note', text())) }
const nothing: Halves = { upgrade: (op) => op.createTable('other', (t) => t.column('id', integer())) }

test.for([own, withoutServer])('tables of 1,200 columns', async (of, context) => {
  skipWhereTextsAreCut(context)
  const names = Array.from({ length: 1200 }, (_, at) => `c${at}`)
  const wide = (op: OperationRecorder): void =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      for (const name of names) t.column(name, text())
      t.primaryKey(['id'])
    })
  const migrator = migratorOn(of(sqliteDialect({ url: `sqlite:${file()}` })), nothing, { upgrade: wide }, note)
  await migrator.upgrade()
  sql(`INSERT INTO t (id, c0, c1199, note) VALUES (1, 'a', 'b', 'n'), (2, 'c', NULL, 'x' || char(0))`)
  for (const target of ['r2', 'r1']) {
    await migrator.downgrade(target)
    await migrator.upgrade()
    expect(rows('SELECT id, c0, c1199, hex(note) FROM t ORDER BY id')).toEqual([
      [1, 'a', 'b', '6E'],
      [2, 'c', null, '7800'],
    ])
  }
})

test.for([own, withoutServer])('a table with a column rowid and no key', async (of, context) => {
  skipWhereTextsAreCut(context)
  const keyless: Halves = {
    upgrade: (op) =>
      op.createTable('t', (t) => {
        t.column('rowid', text())
        t.column('name', text())
      }),
  }
  const migrator = migratorOn(of(sqliteDialect({ url: `sqlite:${file()}` })), keyless, note)
  await migrator.upgrade()
  sql(`INSERT INTO t VALUES ('a', 'n', 'one'), ('b', 'n', 'two'), ('b', 'n', 'x' || char(0))`)
  await migrator.downgrade('r1')
  await migrator.upgrade()
  expect(rows('SELECT "rowid", hex(note) FROM t ORDER BY _rowid_')).toEqual([
    ['a', '6F6E65'],
    ['b', '74776F'],
    ['b', '7800'],
  ])
})

test.for([own, withoutServer])(
  'rows with bytes that are no character of a table with a column rowid and no key',
  async (of, context) => {
    skipWhereTextsAreCut(context)
    const odd: Halves = {
      upgrade: (op) =>
        op.createTable('t', (t) => {
          t.column('rowid', text())
          t.column('oid', text())
          t.column('name', text())
        }),
    }
    const migrator = migratorOn(of(sqliteDialect({ url: `sqlite:${file()}` })), nothing, odd, {
      upgrade: (op) => op.dropTable('t', { preserve: true }),
    })
    await migrator.upgrade('r2')
    sql(`INSERT INTO t (_rowid_, "rowid", oid, name) VALUES (3, 'a', 'o', CAST(x'ff41' AS TEXT)), (7, 'b', NULL, 'ok')`)
    const expected = [
      [3, 'a', 'o', 'FF41'],
      [7, 'b', null, '6F6B'],
    ]
    const present = (): unknown[] => rows('SELECT _rowid_, "rowid", oid, hex(name) FROM t ORDER BY _rowid_')
    const restored = async (run: Promise<{ readonly reports: readonly unknown[] }>): Promise<void> => {
      expect((await run).reports).toEqual([])
      expect(present()).toEqual(expected)
      expect(rows('SELECT count(*) FROM migrate_preserved')).toEqual([[0]])
    }
    await migrator.upgrade()
    await restored(migrator.downgrade('r2'))
    await migrator.downgrade('r1')
    await restored(migrator.upgrade('r2'))
  },
)

const dropped = 'queries of full-text index found fail while there is no table t'
const note5 = (name: string): string =>
  `${dropped}; rows of t come back with other rowids, by which ${name} finds them; rebuild it then: INSERT INTO "${name}"("${name}") VALUES ('rebuild')`

test.each([
  ['code TEXT PRIMARY KEY NOT NULL, name TEXT', "content='t'", [note5('found')], [1, 2]],
  ['code TEXT NOT NULL UNIQUE, name TEXT', 'content="T", content_rowid = _rowid_', [note5('found')], [1, 2]],
  ['code INTEGER PRIMARY KEY, name TEXT', "content='t', content_rowid='code'", [dropped], [5, 9]],
  ['code INTEGER PRIMARY KEY, name TEXT', 'content=t', [dropped], [5, 9]],
  ['code TEXT, name TEXT', 'content=t', [dropped], [5, 9]],
  ['code TEXT PRIMARY KEY NOT NULL, name TEXT', "content=''", [], [1, 2]],
] as const)('a full-text index of a dropped table (%s) with %s', async (columns, content, notes, rowids) => {
  sql(`CREATE TABLE t (${columns}); INSERT INTO t (rowid, code, name) VALUES (5, 5, 'apple'), (9, 9, 'pear')`)
  sql(
    `CREATE VIRTUAL TABLE found USING fts5(name, ${content}); INSERT INTO found (rowid, name) SELECT rowid, name FROM t`,
  )
  const migrator = migratorOn(sqliteDialect({ url: `sqlite:${file()}` }), nothing, {
    upgrade: (op) => op.dropTable('t', { preserve: true }),
  })
  await migrator.upgrade('r1')
  expect((await migrator.plan()).steps[0]?.notes).toEqual(notes)
  await migrator.upgrade()
  await migrator.downgrade('r1')
  expect(rows('SELECT rowid FROM t ORDER BY rowid')).toEqual(rowids.map((rowid) => [rowid]))
  if (content === "content=''") return
  // The statement of the note; where it has none, the index of before still finds the rows.
  if (notes[0] !== dropped) sql(`INSERT INTO "found"("found") VALUES ('rebuild')`)
  expect(rows("SELECT name FROM found('pear')")).toEqual([['pear']])
})

test.for([own, withoutServer])(
  'a unique index that tells apart what its column finds to be equal',
  async (of, context) => {
    skipWhereTextsAreCut(context)
    const collated: Halves = {
      upgrade: (op) => {
        op.sql('CREATE TABLE t (code TEXT NOT NULL COLLATE NOCASE, name TEXT)', { inverse: 'DROP TABLE t' })
        op.sql('CREATE UNIQUE INDEX u ON t (code COLLATE BINARY)', { inverse: 'SELECT 1' })
      },
    }
    const migrator = migratorOn(of(sqliteDialect({ url: `sqlite:${file()}` })), collated, note)
    await migrator.upgrade()
    // 502 rows: a page of core ends between two keys that its column finds to be equal.
    sql(
      `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 250) INSERT INTO t SELECT printf(x, n), 'n', printf(x, n) FROM c, (SELECT 'k%03d' AS x UNION SELECT 'K%03d')`,
    )
    sql(`INSERT INTO t VALUES ('zz', 'n', 'x' || char(0)), ('0', 'n', 'zero')`)
    await migrator.downgrade('r1')
    expect(rows('SELECT count(*) FROM migrate_preserved')).toEqual([[502]])
    await migrator.upgrade()
    expect(rows(`SELECT count(*), sum(note = code COLLATE BINARY) FROM t WHERE name = 'n' AND code LIKE 'k%'`)).toEqual(
      [[500, 500]],
    )
    expect(rows('SELECT count(*) FROM migrate_preserved')).toEqual([[0]])
  },
)

test('more keys that are no text than a statement writes', async () => {
  const coded: Halves = {
    upgrade: (op) =>
      op.createTable('t', (t) => {
        t.column('code', text(), { nullable: false })
        t.primaryKey(['code'])
      }),
  }
  const migrator = migratorOn(sqliteDialect({ url: `sqlite:${file()}` }), coded, note)
  await migrator.upgrade()
  sql(
    `INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10001) SELECT CAST(x'fc' || CAST(n AS TEXT) AS TEXT), 'x' FROM c`,
  )
  await migrator.downgrade('r1')
  expect(rows('SELECT count(*) FROM migrate_preserved')).toEqual([[10_001]])
})
