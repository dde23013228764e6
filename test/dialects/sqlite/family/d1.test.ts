import type { Operation, Statement } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { d1Server } from '../../../kit/d1/d1-server.ts'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { counts } from '../../../kit/scale.ts'
import { compile, database } from '../rebuild/kit.ts'
import { withKeysOn } from './kit.ts'

const server = d1Server()

const nameIsNeeded: Operation = {
  kind: 'alterColumn',
  table: { name: 'parent' },
  column: 'name',
  change: { nullable: false },
}

const many = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${counts.familyRows})`
const schema = [
  'CREATE TABLE log (what)',
  `CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, code TEXT, up INTEGER CHECK (up <> id) REFERENCES parent ON DELETE CASCADE)`,
  'CREATE UNIQUE INDEX codes ON parent (code)',
  'CREATE TABLE cascades (id INTEGER PRIMARY KEY AUTOINCREMENT, p INTEGER REFERENCES parent (id) ON DELETE CASCADE)',
  'CREATE TABLE nulls (p INTEGER REFERENCES parent ON DELETE SET NULL, c TEXT REFERENCES parent (code) ON DELETE RESTRICT)',
  'CREATE TABLE defers (k TEXT PRIMARY KEY, c INTEGER REFERENCES cascades ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED) WITHOUT ROWID',
  `${many} INSERT INTO parent SELECT i, 'n' || i, 'c' || i, nullif(i - 1, 0) FROM n`,
  `${many} INSERT INTO cascades SELECT i + 5, i FROM n`,
  'DELETE FROM cascades WHERE id = (SELECT max(id) FROM cascades)',
  `INSERT INTO nulls (rowid, p, c) VALUES (3, 1, 'c2'), (9, NULL, 'c1')`,
  `INSERT INTO defers VALUES ('a', 6), ('b', 7)`,
  'CREATE VIEW v AS SELECT cascades.id, name FROM cascades JOIN parent ON parent.id = p',
  'CREATE TRIGGER gone AFTER DELETE ON cascades BEGIN INSERT INTO log VALUES (old.id); END',
  'CREATE TRIGGER moved AFTER UPDATE ON parent BEGIN DELETE FROM cascades WHERE p = old.id; END',
] as const

const readings = [
  'SELECT count(*), sum(id), sum(up), max(code) FROM parent',
  'SELECT count(*), sum(id), sum(p) FROM cascades',
  'SELECT rowid, p, c FROM nulls',
  'SELECT * FROM defers',
  'SELECT count(*), max(name) FROM v',
  'SELECT * FROM log',
  'SELECT name, seq FROM sqlite_sequence ORDER BY name',
  `SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL ORDER BY name`,
] as const

/** Statements as one list: what must give no row fails it. */
function listOf(statements: readonly Statement[]): readonly { readonly sql: string }[] {
  return statements.map(({ sql, expectEmpty }) => ({
    sql: expectEmpty === undefined ? sql : `SELECT json_extract('{}', 'rows: ' || '${expectEmpty}') FROM (${sql})`,
  }))
}

async function statementsFor(setup: readonly string[], operation: Operation): Promise<readonly Statement[]> {
  const file = database(setup.join(';\n'))
  const dialect = await withKeysOn({ url: file }).load()
  const session = await dialect.connection.connect({ purpose: 'run' })
  try {
    return (await compile(dialect, session, [operation])).groups.flat()
  } finally {
    await session.close()
  }
}

test(`one list rebuilds a family of ${counts.familyRows} rows on D1 and loses none`, async () => {
  const db = server().createDatabase()
  expect((await db.send(schema.map((sql) => ({ sql })))).errors).toEqual([])
  const before = await Promise.all(readings.map((sql) => db.rows(sql)))
  const statements = await statementsFor(schema, nameIsNeeded)
  expect((await db.send(listOf(statements))).errors).toEqual([])
  expect(await Promise.all(readings.map((sql) => db.rows(sql)))).toEqual(before)
  expect(await db.rows(`SELECT "notnull" FROM pragma_table_info('parent') WHERE name = 'name'`)).toEqual([[1]])
  expect(await db.rows('PRAGMA foreign_key_check')).toEqual([])
  expect(await db.rows(`SELECT sql FROM sqlite_schema WHERE name = 'cascades'`)).toEqual([
    [
      'CREATE TABLE "cascades" (id INTEGER PRIMARY KEY AUTOINCREMENT, p INTEGER REFERENCES "parent" (id) ON DELETE CASCADE)',
    ],
  ])
  const settings = await Promise.all(
    ['legacy_alter_table', 'defer_foreign_keys'].map((name) => db.rows(`PRAGMA ${name}`)),
  )
  expect(settings).toEqual([[[0]], [[0]]])
})

test('a table that the plan did not know of fails the list on D1, before anything is changed', async () => {
  const db = server().createDatabase()
  const setup = ['CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)', `INSERT INTO parent VALUES (1, 'a')`]
  const statements = await statementsFor(setup, nameIsNeeded)
  const unknown = ['CREATE TABLE child (p REFERENCES parent ON DELETE CASCADE)', 'INSERT INTO child VALUES (1)']
  expect((await db.send([...setup, ...unknown].map((sql) => ({ sql })))).errors).toEqual([])
  expect((await db.send(listOf(statements))).errors[0]?.message).toContain('rows: tables with foreign keys to parent')
  expect(await db.rows('SELECT * FROM parent, child')).toEqual([[1, 'a', 1]])
})

test('a migrator takes a family up, down and up again on D1', async () => {
  const db = server().createDatabase()
  const setup = [
    'CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, up REFERENCES parent ON DELETE CASCADE)',
    'CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE)',
    'CREATE TABLE grandchild (c INTEGER REFERENCES child ON DELETE CASCADE)',
    `INSERT INTO parent VALUES (1, 'a', NULL), (2, 'b', 1)`,
    'INSERT INTO child VALUES (5, 2)',
    'INSERT INTO grandchild VALUES (5)',
  ]
  expect((await db.send(setup.map((sql) => ({ sql })))).errors).toEqual([])
  const migrator = migratorOf(
    sqliteDialect({ url: db.url }),
    line((op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false }))),
  )
  for (const move of ['up', 'down', 'up'] as const) {
    await (move === 'up' ? migrator.upgrade('head') : migrator.downgrade('base'))
    expect(await db.rows('SELECT parent.id, name, up, p, c FROM parent, child, grandchild ORDER BY 1')).toEqual([
      [1, 'a', null, 2, 5],
      [2, 'b', 1, 2, 5],
    ])
    expect(await db.rows(`SELECT "notnull" FROM pragma_table_info('parent') WHERE name = 'name'`)).toEqual([
      [move === 'up' ? 1 : 0],
    ])
  }
})
