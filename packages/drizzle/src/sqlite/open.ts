import {
  isAnything,
  isDialect,
  isNumber,
  isRecord,
  isText,
  type OptionChecks,
  oneOf,
  requireOptions,
} from '@org/migrate-core/dialect'
import { type ServingOptions, servingConnector } from '@org/migrate-dialect-sqlite/internal'
import { type OpenDatabase as OpenOf, openOver, type DatabaseSession as SessionOf } from '../connect/open-database.ts'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Tables } from '../connect/remote.ts'
import { remote, type SqliteDatabase } from './remote.ts'

export interface OpenSqliteOptions<S extends Tables> extends ServingOptions, QueryOptions<S> {
  /** Default 8; a database in memory has one. */
  readonly maxConnections?: number
}

/** A connection of one's own. Nothing commits by itself. */
export type DatabaseSession<S extends Tables> = SessionOf<SqliteDatabase<S>>

/** An open SQLite database. */
export type OpenDatabase<S extends Tables> = OpenOf<SqliteDatabase<S>>

const optionChecks: OptionChecks<OpenSqliteOptions<Tables>> = {
  // What is no URL has codes of its own.
  url: isAnything,
  key: isText,
  baseDirectory: isText,
  schema: isRecord,
  relations: isRecord,
  journalMode: oneOf('wal', 'delete'),
  busyTimeoutMs: isNumber,
  maxConnections: isNumber,
  pragmas: isRecord,
  memoryOf: isDialect,
}

/**
 * Opens a SQLite database for a service: Drizzle instances over a few connections. Nothing is opened before the first use.
 *
 * Throws INVALID_URL, INVALID_OPTION; on use DATABASE_UNREACHABLE, WRONG_KEY, DATABASE_READ_ONLY, DATABASE_BUSY, ABORTED, COMMIT_FAILED, ALREADY_IN_TRANSACTION
 * (beside an open inner transaction), and SESSION_CLOSED after `close` or outside the function that a session was given to.
 *
 * ```ts
 * const database = openSqlite({ url: 'sqlite:///app.db', journalMode: 'wal' })
 * await database.withTransaction(async (db) => {
 *   await db.insert(accounts).values({ id: 'a' })
 * })
 * await database.close()
 * ```
 */
export function openSqlite<S extends Tables = Record<string, never>>(options: OpenSqliteOptions<S>): OpenDatabase<S> {
  requireOptions('openSqlite', options, optionChecks)
  const { schema, relations, maxConnections = 8 } = options
  const { database, timeoutMs, connect } = servingConnector(options)
  return openOver<SqliteDatabase<S>>({
    database,
    limits: { size: database === ':memory:' ? 1 : maxConnections, overflow: 0, timeoutMs },
    connect,
    drizzle: (runner) => remote(runner, { schema, relations }),
  })
}
