import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pushChanges, readSource, surveyPush } from '@org/migrate-autogenerate'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'added-columns-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The text of the table once what is declared was pushed. */
async function pushed(start: string, declaration: string) {
  const file = join(folder, 'app.db')
  const database = new Database(file)
  database.exec(start)
  const dialect = sqliteDialect({ url: `sqlite:${file}` })
  const declared = await readSource(dialect, { kind: 'sql', texts: [{ file: 'schema.sql', text: declaration }] })
  const migrator = migratorOf(dialect, line())
  await pushChanges(migrator, declared)
  const { changes } = await surveyPush(migrator, declared)
  expect(changes).toEqual([])
  const sql = database.prepare("SELECT sql FROM sqlite_master WHERE name = 't'").pluck().get()
  database.close()
  return sql
}

describe('a column that is added with what SQLite lets stand in it', () => {
  it.each([
    ['CHECK', "b text CHECK (b <> 'p')", `"b" TEXT, CHECK (b <> 'p')`],
    ['CHECK with a name', "b text CONSTRAINT ck CHECK (b <> 'p')", `"b" TEXT, CONSTRAINT "ck" CHECK (b <> 'p')`],
    [
      'CHECK of a generated one',
      "b text GENERATED ALWAYS AS (a || 'x') CHECK (b <> 'p')",
      `"b" TEXT GENERATED ALWAYS AS (a || 'x') VIRTUAL, CHECK (b <> 'p')`,
    ],
    [
      'two of them',
      "b text CHECK (b <> 'p'), c text CHECK (c <> 'q')",
      `"b" TEXT, "c" TEXT, CHECK (b <> 'p'), CHECK (c <> 'q')`,
    ],
    ['UNIQUE with a clause', 'b text UNIQUE ON CONFLICT REPLACE', '"b" TEXT, UNIQUE ("b") ON CONFLICT REPLACE'],
    [
      'REFERENCES',
      'b integer REFERENCES t(id) ON DELETE SET NULL',
      '"b" INTEGER, FOREIGN KEY ("b") REFERENCES "t" ("id") ON DELETE SET NULL',
    ],
  ])('has it once: %s', async (_what, definition, expected) => {
    const start = "CREATE TABLE t (id integer primary key, a text); INSERT INTO t (a) VALUES ('x')"
    expect(await pushed(start, `CREATE TABLE t (id integer primary key, a text, ${definition});`)).toBe(
      `CREATE TABLE "t" (id integer primary key, a text, ${expected})`,
    )
  })

  it('keeps the CHECK of another column as it is', async () => {
    const start = "CREATE TABLE t (id integer primary key, b text CHECK (b <> 'p'))"
    const file = "CREATE TABLE t (id integer primary key, b text CHECK (b <> 'p'), c text CHECK (c <> 'p'));"
    expect(await pushed(start, file)).toBe(
      `CREATE TABLE "t" (id integer primary key, b text CHECK (b <> 'p'), "c" TEXT, CHECK (c <> 'p'))`,
    )
  })

  it('has its CHECK once in a table that is new', async () => {
    expect(await pushed('', "CREATE TABLE t (id integer primary key, b text CHECK (b <> 'p'));")).toBe(
      `CREATE TABLE "t" (\n  "id" INTEGER NOT NULL PRIMARY KEY,\n  "b" TEXT,\n  CHECK (b <> 'p')\n)`,
    )
  })
})
