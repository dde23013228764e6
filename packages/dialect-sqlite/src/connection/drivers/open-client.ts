import type { BetterDatabase } from './better-sqlite3.ts'
import type { BunDatabase } from './bun-sqlite.ts'
import type { Database, OpenHandle } from './handle.ts'
import type { LibsqlDatabase } from './libsql.ts'
import type { SqliteDriverName } from './names.ts'
import type { BuiltinDatabase } from './node-sqlite.ts'

/** An open database of the application: a `Database` of better-sqlite3, libsql or `bun:sqlite`, a `DatabaseSync` of `node:sqlite`. */
export interface SqliteClient {
  prepare(sql: string): unknown
  exec(sql: string): unknown
}

/** By what only that driver's clients have. libsql has what better-sqlite3 has. */
const marks: readonly (readonly [name: SqliteDriverName, method: string])[] = [
  ['libsql', 'syncUntil'],
  ['node:sqlite', 'createSession'],
  ['bun:sqlite', 'fileControl'],
  ['better-sqlite3', 'unsafeMode'],
]

/** Which driver an open client is of; undefined for everything else. */
export function driverOf(client: unknown): SqliteDriverName | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  return marks.find(([, method]) => typeof (client as { readonly [name: string]: unknown })[method] === 'function')?.[0]
}

/** The file of a client, or `:memory:`. */
export function fileOf(client: SqliteClient): string {
  const list = client.prepare('PRAGMA database_list') as { all(): readonly object[] }
  // A `DatabaseSync` with `returnArrays` gives lists. The columns: https://www.sqlite.org/pragma.html#pragma_database_list
  const rows = list.all().map((row) => Object.values(row) as readonly unknown[])
  return String(rows.find(([, name]) => name === 'main')?.[2] || ':memory:')
}

/** The client in the words of better-sqlite3, and how its driver opens another database. */
export async function adopt(
  client: SqliteClient,
  name: SqliteDriverName,
): Promise<{ readonly db: Database; readonly open: OpenHandle }> {
  if (name === 'node:sqlite') {
    const driver = (await import('./node-sqlite.ts')).load()
    return { db: driver.adopt(client as BuiltinDatabase), open: driver.open }
  }
  if (name === 'bun:sqlite') {
    const driver = await import('./bun-sqlite.ts')
    return { db: driver.adopt(client as BunDatabase), open: await driver.load() }
  }
  const driver = await (name === 'libsql' ? import('./libsql.ts') : import('./better-sqlite3.ts'))
  return driver.adopt(client as LibsqlDatabase & BetterDatabase)
}
