import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { type Contents, type Ground, isPassing, type Snapshot } from './ground.ts'

function contentsIn(path: string, files: readonly string[]): Contents {
  const db = new Database(path)
  try {
    const raw: Record<string, string[]> = { files: [...files] }
    const lasting: Record<string, string[]> = { files: [...files] }
    const objects = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master').all() as Record<string, string>[]
    const schema = objects.map(({ type, name, tbl_name: table, sql }) => `${type} ${name} on ${table}: ${sql}`).sort()
    raw.schema = lasting.schema = schema
    raw.settings = lasting.settings = ['user_version', 'application_id', 'journal_mode', 'encoding'].map(
      (name) => `${name} ${db.pragma(name, { simple: true })}`,
    )
    raw.violations = lasting.violations = (db.pragma('foreign_key_check') as unknown[]).map((row) =>
      JSON.stringify(row),
    )
    raw.integrity = lasting.integrity = [String(db.pragma('integrity_check', { simple: true }))]
    for (const { name = '' } of objects.filter(({ type }) => type === 'table')) {
      const columns = (db.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(name) as string[]).map(
        (column) => ({
          column,
          // The bytes of the value: not every text is UTF-8, and not every number a double.
          sql: `typeof("${column}") || ' ' || CASE typeof("${column}") WHEN 'integer' THEN "${column}" ELSE hex("${column}") END`,
        }),
      )
      const rows = db
        .prepare(`SELECT ${columns.map(({ sql }) => sql).join(', ')} FROM "${name}"`)
        .raw()
        .all() as string[][]
      const line = (cells: readonly string[], some: (column: string) => boolean): string =>
        cells
          .flatMap((cell, at) => (some(columns[at]?.column ?? '') ? [`${columns[at]?.column}=${cell}`] : []))
          .join(', ')
      raw[`rows of ${name}`] = rows.map((row) => line(row, () => true)).sort()
      lasting[`rows of ${name}`] = rows.map((row) => line(row, (column) => !isPassing(name, column))).sort()
    }
    return { raw, lasting }
  } finally {
    db.close()
  }
}

/** A file in a folder of its own. */
export async function sqliteGround(journalMode: 'delete' | 'wal' = 'delete'): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-faults-'))
  const [work, keep, inspectionFolder] = ['work', 'kept', 'look'].map((name) =>
    mkdtempSync(join(folder, `${name}-`)),
  ) as [string, string, string]
  const path = join(work, 'test.db')
  let count = 0
  const open = <T>(body: (db: Database.Database) => T): T => {
    const db = new Database(path)
    try {
      return body(db)
    } finally {
      db.close()
    }
  }
  const copyAll = (from: string, to: string): void => {
    for (const name of readdirSync(to)) rmSync(join(to, name))
    for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name))
  }
  open((db) => db.pragma(`journal_mode = ${journalMode}`))
  return {
    name: 'sqlite',
    dialect: 'sqlite',
    url: `sqlite:///${path}`,
    // What a killed process left beside the file belongs to the run that comes next: it is looked at in a copy.
    inspect: async () => {
      // An empty journal is how TRUNCATE ends a transaction.
      const files = readdirSync(work)
        .filter((name) => !name.endsWith('-journal') || statSync(join(work, name)).size > 0)
        .sort()
      copyAll(work, inspectionFolder)
      return contentsIn(join(inspectionFolder, basename(path)), files)
    },
    save: async (contents) => {
      count += 1
      const name = mkdtempSync(join(keep, `${count}-`))
      copyAll(work, name)
      const snapshot: Snapshot = {
        name,
        ...(contents === undefined ? {} : { contents }),
        forget: async () => rmSync(name, { recursive: true }),
      }
      return snapshot
    },
    restore: async (snapshot) => copyAll(snapshot.name, work),
    script: async (text) => void open((db) => db.exec(text)),
    rows: async (text) => open((db) => db.prepare(text).safeIntegers().all() as Record<string, unknown>[]),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
