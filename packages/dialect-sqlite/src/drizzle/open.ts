import type { OpenDatabase as OpenOf, DatabaseSession as SessionOf } from '@org/migrate-core/dialect'
import {
  type Dialect,
  isAnything,
  isDialect,
  isNumber,
  isRecord,
  isText,
  type OptionChecks,
  oneOf,
  openOver,
  requireOptions,
} from '@org/migrate-core/dialect'
import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { whenFree } from '../connection/busy-wait.ts'
import { type Connection, openFile, openMemory } from '../connection/connection.ts'
import { keyFor } from '../connection/key.ts'
import { memoryOf } from '../connection/memory.ts'
import { type DatabaseLocation, parseUrl } from '../connection/url.ts'
import { pragmaTexts, type SqlitePragmas } from './pragmas.ts'
import { remote, type Tables } from './remote.ts'
import { runnerOf, SqliteServiceConnection } from './service-connection.ts'

export interface OpenSqliteOptions<S extends Tables> {
  /** As `sqliteDialect` takes it. */
  readonly url: string
  /** The key of an encrypted database. */
  readonly key?: string
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
  /** Drizzle tables and relations, for `db.query`. */
  readonly schema?: S
  /** Absent: as the file has it. Set it after the migrations have run. */
  readonly journalMode?: 'wal' | 'delete'
  /** How long to wait for a connection or a writer; default 5000. */
  readonly busyTimeoutMs?: number
  /** Default 8; a database in memory has one. */
  readonly maxConnections?: number
  readonly pragmas?: SqlitePragmas
  /** For a database in memory: the dialect that it was migrated with. Default: an empty one. */
  readonly memoryOf?: Dialect
}

/** A connection of one's own. Nothing commits by itself. */
export type DatabaseSession<S extends Tables> = SessionOf<SqliteRemoteDatabase<S>>

/** An open SQLite database. */
export type OpenDatabase<S extends Tables> = OpenOf<SqliteRemoteDatabase<S>>

const optionChecks: OptionChecks<OpenSqliteOptions<Tables>> = {
  // What is no URL has codes of its own.
  url: isAnything,
  key: isText,
  baseDirectory: isText,
  schema: isRecord,
  journalMode: oneOf('wal', 'delete'),
  busyTimeoutMs: isNumber,
  maxConnections: isNumber,
  pragmas: isRecord,
  memoryOf: isDialect,
}

interface Opening {
  readonly location: DatabaseLocation
  readonly key: Buffer | undefined
  readonly timeoutMs: number
  readonly journalMode: 'wal' | 'delete' | undefined
  readonly pragmas: readonly string[]
  readonly memory: (() => Promise<Connection>) | undefined
}

async function openConnection({ location, key, timeoutMs, memory }: Opening): Promise<Connection> {
  if (location.kind === 'memory') return memory === undefined ? openMemory({ waitMs: timeoutMs }, false) : memory()
  return openFile(location.path, { purpose: 'run', waitMs: timeoutMs, key })
}

async function setUp(connection: Connection, { location, timeoutMs, journalMode, pragmas }: Opening): Promise<void> {
  try {
    if (location.kind === 'file' && journalMode !== undefined && connection.pragma('journal_mode') !== journalMode) {
      // The mode stands in the file: another connection of ours may be setting it, too.
      await whenFree({ database: location.path, timeoutMs }, () =>
        connection.db.pragma(`journal_mode = ${journalMode}`),
      )
    }
    for (const text of pragmas) connection.db.pragma(text)
  } catch (error) {
    connection.close()
    throw error
  }
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
  const { url, baseDirectory, schema, journalMode, busyTimeoutMs: timeoutMs = 5_000, maxConnections = 8 } = options
  const location = parseUrl(url, baseDirectory)
  const opening: Opening = {
    location,
    key: keyFor(location, options.key),
    timeoutMs,
    journalMode,
    pragmas: pragmaTexts(options.pragmas ?? {}),
    memory: options.memoryOf && memoryOf(options.memoryOf),
  }
  const connect = async (): Promise<Connection> => {
    const connection = await openConnection(opening)
    await setUp(connection, opening)
    return connection
  }
  return openOver<SqliteServiceConnection, SqliteRemoteDatabase<S>>({
    database: location.kind === 'file' ? location.path : ':memory:',
    limits: { size: location.kind === 'memory' ? 1 : maxConnections, overflow: 0, timeoutMs },
    connect: async () => new SqliteServiceConnection(await connect(), timeoutMs),
    drizzle: (statements) => remote(runnerOf(statements), schema),
  })
}
