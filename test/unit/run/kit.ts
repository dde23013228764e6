import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migrator, MigratorOptions, Revision } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'

/** A folder of its own for each test of a file. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'migrate-execute-'))
  })
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }))
  return folder
}

export function migratorOn(file: string, chain: readonly Revision[], options: Partial<MigratorOptions> = {}): Migrator {
  return migratorOf(sqliteDialect({ url: `sqlite:${file}` }), chain, options)
}

/** Rows as SQLite itself gives them, through a connection of its own. */
export function rowsOf(file: string, sql: string): unknown[] {
  const database = new Database(file)
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

export function executeIn(file: string, sql: string): void {
  const database = new Database(file)
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** Schema and rows of everything but our history, as text: equal before and after means nothing changed. */
export function snapshot(file: string, leaveOut: readonly string[] = []): string {
  const database = new Database(file)
  try {
    const objects = database
      .prepare("SELECT type, name, sql, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
      .all() as { type: string; name: string; sql: string; tbl_name: string }[]
    const remaining = objects.filter((object) => !leaveOut.includes(object.tbl_name))
    const rows = remaining
      .filter((object) => object.type === 'table')
      .map((object) => [object.name, database.prepare(`SELECT * FROM "${object.name}" ORDER BY 1`).all()])
    return JSON.stringify(
      [remaining, rows],
      (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
      1,
    )
  } finally {
    database.close()
  }
}
