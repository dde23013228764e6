import Database from 'better-sqlite3'
import { snapshotText, takeSnapshot } from './snapshot.ts'

/** A file with that schema and data; the connection is closed again. */
export function makeFile(file: string, statements: readonly string[]): void {
  const db = new Database(file)
  try {
    db.pragma('foreign_keys = OFF')
    for (const sql of statements) db.exec(sql)
  } finally {
    db.close()
  }
}

/** Asks a file something with the bare driver. */
export function ask<T>(file: string, read: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    db.pragma('foreign_keys = OFF')
    return read(db)
  } finally {
    db.close()
  }
}

export function contents(file: string): string {
  return ask(file, (db) => snapshotText(takeSnapshot(db)))
}
