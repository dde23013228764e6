import { hash } from 'node:crypto'
import type { Binding, Database } from './drivers/handle.ts'

/** Not for triggers and views of the database: https://www.sqlite.org/c3ref/c_deterministic.html */
const options = { deterministic: true, directOnly: true } as const

/** The text, where JavaScript reads it as it is: no NUL, at which a driver may cut it off, and no bytes that are no character. */
function readable(text: Binding, bytes: Binding): Binding {
  if (typeof text !== 'string' || !(bytes instanceof Uint8Array) || text.includes('\0')) return null
  return Buffer.from(text).equals(bytes) ? text : null
}

/** What preserved values need and SQLite lacks: a digest, and whether a text can be read. */
export function defineFunctions(db: Database): void {
  db.function?.('migrate_sha256', options, (text) => (typeof text === 'string' ? hash('sha256', text) : null))
  db.function?.('migrate_readable', options, readable)
}
