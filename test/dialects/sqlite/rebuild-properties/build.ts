import Database from 'better-sqlite3'
import type { CaseSpec } from './spec.ts'

/** Makes the database of a case. Foreign keys are off: rows come in any order, and some point nowhere on purpose. */
export function build(file: string, spec: CaseSpec): Database.Database {
  const db = new Database(file)
  db.pragma('synchronous = OFF')
  db.pragma('foreign_keys = OFF')
  db.exec('BEGIN')
  for (const sql of [...spec.schema, ...spec.rows]) db.exec(sql)
  db.exec('COMMIT')
  for (const sql of spec.after) db.exec(sql)
  return db
}
