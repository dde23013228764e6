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
import { type Connection, openFile, openMemory } from '../connection.ts'
import { keyFor } from '../key.ts'
import { memoryOf } from '../memory.ts'
import { type Place, parseUrl } from '../url.ts'
import { whenFree } from '../waiting.ts'
import { runnerOf, SqliteLine } from './line.ts'
import { pragmaTexts, type SqlitePragmas } from './pragmas.ts'
import { remote, type Tables } from './remote.ts'

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
  readonly place: Place
  readonly key: Buffer | undefined
  readonly timeoutMs: number
  readonly journalMode: 'wal' | 'delete' | undefined
  readonly pragmas: readonly string[]
  readonly memory: (() => Promise<Connection>) | undefined
}

async function openPlace({ place, key, timeoutMs, memory }: Opening): Promise<Connection> {
  if (place.kind === 'memory') return memory === undefined ? openMemory({ waitMs: timeoutMs }, false) : memory()
  return openFile(place.path, { purpose: 'run', waitMs: timeoutMs, key })
}

async function setUp(connection: Connection, { place, timeoutMs, journalMode, pragmas }: Opening): Promise<void> {
  try {
    if (place.kind === 'file' && journalMode !== undefined && connection.pragma('journal_mode') !== journalMode) {
      // The mode stands in the file: another connection of ours may be setting it, too.
      await whenFree({ database: place.path, timeoutMs }, () => connection.db.pragma(`journal_mode = ${journalMode}`))
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
  const place = parseUrl(url, baseDirectory)
  const opening: Opening = {
    place,
    key: keyFor(place, options.key),
    timeoutMs,
    journalMode,
    pragmas: pragmaTexts(options.pragmas ?? {}),
    memory: options.memoryOf && memoryOf(options.memoryOf),
  }
  const open = async (): Promise<Connection> => {
    const connection = await openPlace(opening)
    await setUp(connection, opening)
    return connection
  }
  return openOver<SqliteLine, SqliteRemoteDatabase<S>>({
    database: place.kind === 'file' ? place.path : ':memory:',
    limits: { size: place.kind === 'memory' ? 1 : maxConnections, overflow: 0, timeoutMs },
    connect: async () => new SqliteLine(await open(), timeoutMs),
    drizzle: (statements) => remote(runnerOf(statements), schema),
  })
}
