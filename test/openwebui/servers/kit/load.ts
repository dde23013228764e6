import { readFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { familyOf } from '../../../kit/servers.ts'
import { quoted } from './client.ts'
import type { MigratedDatabase } from './database.ts'

const fixtures = new URL('../../../kit/fixtures/openwebui/', import.meta.url)

type SqliteRow = Readonly<Record<string, unknown>>

interface Source {
  readonly table: string
  readonly rows: readonly SqliteRow[]
}

/** The tables of fixtures, read by SQLite itself: the scripts hold semicolons and newlines within strings. */
function sources(names: readonly string[], before: string): readonly Source[] {
  const sqlite = new Sqlite(':memory:')
  try {
    sqlite.exec(before)
    for (const name of names) sqlite.exec(readFileSync(new URL(name, fixtures), 'utf8'))
    const tables = sqlite.prepare(`SELECT "name" FROM "sqlite_master" WHERE "type" = 'table'`).all() as {
      name: string
    }[]
    return tables.map(({ name }) => ({
      table: name,
      rows: sqlite.prepare(`SELECT * FROM "${name}"`).safeIntegers().all() as SqliteRow[],
    }))
  } finally {
    sqlite.close()
  }
}

function literal(value: unknown, type: string): string {
  if (value === null) return 'NULL'
  if (type === 'boolean') return value === 1n ? 'TRUE' : 'FALSE'
  if (typeof value === 'bigint' && type !== 'json') return String(value)
  if (typeof value === 'bigint' || typeof value === 'string') return quoted(String(value))
  throw new Error(`the loader knows no ${typeof value} for ${type}`)
}

async function typesOf(db: MigratedDatabase, table: string): Promise<ReadonlyMap<string, string>> {
  const here = familyOf(db.database.server) === 'postgres' ? 'current_schema()' : 'DATABASE()'
  const columns = await db.rows(
    `SELECT "column_name" AS "name", "data_type" AS "type" FROM "information_schema"."columns"
     WHERE "table_schema" = ${here} AND "table_name" = '${table}'`,
  )
  return new Map(columns.map(({ name, type }) => [String(name), String(type)]))
}

const rowsAtOnce = 100

async function copy(db: MigratedDatabase, { table, rows }: Source): Promise<void> {
  const types = await typesOf(db, table)
  await db.script(`DELETE FROM "${table}"`)
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce)
    const columns = Object.keys(some[0] ?? {})
    const values = some.map((row) => `(${columns.map((name) => literal(row[name], types.get(name) ?? '')).join(', ')})`)
    await db.script(
      `INSERT INTO "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) VALUES ${values.join(', ')}`,
    )
  }
  // Numbers that were given leave the sequence of PostgreSQL where it stood.
  if (familyOf(db.database.server) === 'postgres' && rows[0]?.id !== undefined && typeof rows[0].id === 'bigint') {
    await db.script(`SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), (SELECT MAX("id") FROM "${table}"))`)
  }
}

/** The rows of fixtures that make their own tables, into the tables that stand there. */
export async function load(db: MigratedDatabase, ...names: readonly string[]): Promise<void> {
  for (const source of sources(names, '')) await copy(db, source)
}

/** What stands in the folders fixture for tables: text everywhere, so that SQLite hands over what is written. */
const folderTables = `
  CREATE TABLE "folder" ("id" TEXT, "parent_id" TEXT, "user_id" TEXT, "name" TEXT, "items" TEXT, "meta" TEXT,
    "is_expanded" INTEGER, "created_at" TEXT, "updated_at" TEXT);
  CREATE TABLE "chat" ("id" TEXT, "user_id" TEXT, "title" TEXT, "chat" TEXT, "archived" INTEGER, "created_at" INTEGER,
    "updated_at" INTEGER, "folder_id" TEXT);
`

/** The rows of the folders fixture; those called int-* are for SQLite only. */
export async function loadFolders(db: MigratedDatabase): Promise<void> {
  for (const { table, rows } of sources(['folders-at-c69f45358db4.sql'], folderTables)) {
    await copy(db, { table, rows: rows.filter(({ id }) => !String(id).startsWith('int-')) })
  }
}
