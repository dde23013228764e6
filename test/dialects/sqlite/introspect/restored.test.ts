import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { varchar } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { introspect, memory, reader } from '../ddl/kit.ts'

/** The database after the change and its downgrade. */
async function changedAndBack(setup: string, change: Recorded): Promise<InstanceType<typeof Database>> {
  const folder = mkdtempSync(join(tmpdir(), 'restored-'))
  const file = join(folder, 'app.db')
  const db = new Database(file)
  onTestFinished(() => {
    db.close()
    rmSync(folder, { recursive: true })
  })
  db.exec(setup)
  const migrator = migratorOf(sqliteDialect({ url: file }), line(change))
  await migrator.upgrade()
  await migrator.downgrade('base')
  return db
}

test('an infinite default of a column of reals comes back with the column', async () => {
  const db = await changedAndBack(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, most REAL DEFAULT 9e999, least DOUBLE DEFAULT -9e999)',
    (op) => {
      op.dropColumn('t', 'most')
      op.dropColumn('t', 'least')
    },
  )
  db.exec('INSERT INTO t (id) VALUES (1)')
  expect(db.prepare('SELECT most, least FROM t').get()).toEqual({
    most: Number.POSITIVE_INFINITY,
    least: Number.NEGATIVE_INFINITY,
  })
})

// https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes: COLLATE binds before every operator.
const compared: readonly (readonly [term: string, isFolded: boolean])[] = [
  ['a || b COLLATE NOCASE', false],
  ['(a || b) COLLATE NOCASE', true],
  ['lower(a) || b COLLATE NOCASE DESC', false],
  ['coalesce(a, b) COLLATE NOCASE', true],
  ['a COLLATE NOCASE', true],
]

test.each(compared)('a unique index over %s finds the same texts equal when it comes back', async (term, isFolded) => {
  const setup = `CREATE TABLE t (a TEXT, b TEXT); CREATE UNIQUE INDEX i ON t (${term})`
  const insert = (db: InstanceType<typeof Database>): unknown => {
    try {
      return db.exec("INSERT INTO t VALUES ('x', 'y'), ('X', 'Y')")
    } catch (error) {
      return (error as { readonly code?: unknown }).code
    }
  }
  const untouched = memory(setup)
  expect(insert(untouched) === 'SQLITE_CONSTRAINT_UNIQUE').toBe(isFolded)
  const db = await changedAndBack(setup, (op) => op.dropIndex('t', 'i'))
  expect(insert(db) === 'SQLITE_CONSTRAINT_UNIQUE').toBe(isFolded)
  const element = (await introspect(reader(memory(setup)))).tables.get('t')?.indexes[0]?.elements[0]
  expect(element?.collation).toBe(isFolded ? 'NOCASE' : undefined)
})

test('a trigger that names its table with the database follows a rename of a column of a table that is rebuilt', async () => {
  const db = await changedAndBack(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE TABLE u (x TEXT);
     CREATE TRIGGER tr AFTER UPDATE OF a ON main.t WHEN new.a IS NOT old.a BEGIN INSERT INTO u VALUES (new.a); END`,
    (op) => {
      op.renameColumn('t', 'a', 'c')
      op.alterColumn('t', 'b', { type: varchar(10) })
    },
  )
  db.exec("INSERT INTO t VALUES (1, 'x', 'y'); UPDATE t SET a = 'z'")
  expect(db.prepare('SELECT x FROM u').all()).toEqual([{ x: 'z' }])
})

test('a key whose column stands in parentheses is read', async () => {
  const db = await changedAndBack('CREATE TABLE t (a TEXT, b TEXT, UNIQUE ((a) COLLATE NOCASE, ((b)) DESC))', (op) =>
    op.alterColumn('t', 'a', { type: varchar(10) }),
  )
  expect(() => db.exec("INSERT INTO t VALUES ('x', 'y'), ('X', 'y')")).toThrow('UNIQUE constraint failed: t.a, t.b')
})
