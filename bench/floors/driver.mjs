// The driver of SQLite that the dialect takes too: better-sqlite3 where it can be loaded, else the SQLite of Node.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../packages/dialect-sqlite/package.json', import.meta.url))

function loaded() {
  try {
    const Driver = require('better-sqlite3')
    new Driver(':memory:').close()
    return Driver
  } catch {
    return undefined
  }
}

/** undefined where this Node can't load it. */
export const Database = loaded()

export function driverOfSqlite(/** @type {string} */ file) {
  if (Database !== undefined) return new Database(file)
  const { DatabaseSync } = require('node:sqlite')
  return new DatabaseSync(file)
}
