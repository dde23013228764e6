import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Session } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type BetterSqlite3 from 'better-sqlite3'
import Driver from 'better-sqlite3-multiple-ciphers'
import { onTestFinished } from 'vitest'
import { folder } from '../connection/kit.ts'

/** The raw driver, keyed by a statement as its manual has it. */
export function keyed(file: string, key: string): BetterSqlite3.Database {
  const db = new Driver(file) as unknown as BetterSqlite3.Database
  db.exec(`PRAGMA cipher = 'sqlcipher'; PRAGMA legacy = 4; PRAGMA key = '${key.replaceAll("'", "''")}'`)
  return db
}

export function raw<T>(file: string, key: string, work: (db: BetterSqlite3.Database) => T): T {
  const db = keyed(file, key)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** An encrypted file made by the raw driver. */
export function encrypted(key: string, sql: string): string {
  const file = path.join(folder(), 'app.db')
  raw(file, key, (db) => db.exec(sql))
  return file
}

export async function open(file: string, key: string, purpose: 'inspect' | 'run' = 'run'): Promise<Session> {
  const session = await sqliteDialect({ url: `sqlite+sqlcipher://${file}`, key }).connection.connect({ purpose })
  onTestFinished(() => session.close())
  return session
}

/** Everything about the files of a folder that a program could have touched. */
export const traces = (file: string): unknown =>
  readdirSync(path.dirname(file))
    .sort()
    .map((name) => {
      const each = path.join(path.dirname(file), name)
      return [name, statSync(each).mtimeMs, readFileSync(each).toString('base64')]
    })
