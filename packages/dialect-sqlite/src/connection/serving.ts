import type { ServiceConnection, UnloadedDialect } from '@org/migrate-core/dialect'
import { whenFree } from './busy-wait.ts'
import { type Connection, openFile, openMemory } from './connection.ts'
import { keyFor } from './key.ts'
import { memoryOf } from './memory.ts'
import { pragmaTexts, type SqlitePragmas } from './pragmas.ts'
import { SqliteServiceConnection } from './service-connection.ts'
import { type DatabaseLocation, parseUrl } from './url.ts'

/** How a service opens its database. */
export interface ServingOptions {
  /** As `sqliteDialect` takes it. */
  readonly url: string
  /** The key of an encrypted database. */
  readonly key?: string
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
  /** Absent: as the file has it. Set it after the migrations have run. */
  readonly journalMode?: 'wal' | 'delete'
  /** How long to wait for a connection or a writer; default 5000. */
  readonly busyTimeoutMs?: number
  readonly pragmas?: SqlitePragmas
  /** For a database in memory: the dialect that it was migrated with. Default: an empty one. */
  readonly memoryOf?: UnloadedDialect
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

/** Reads the URL; opens nothing. Throws INVALID_URL, INVALID_OPTION. */
export function servingConnector(options: ServingOptions): {
  /** The absolute path, or `:memory:`. */
  readonly database: string
  readonly timeoutMs: number
  connect(): Promise<ServiceConnection>
} {
  const { url, baseDirectory, journalMode, busyTimeoutMs: timeoutMs = 5_000 } = options
  const location = parseUrl(url, baseDirectory)
  const opening: Opening = {
    location,
    key: keyFor(location, options.key),
    timeoutMs,
    journalMode,
    pragmas: pragmaTexts(options.pragmas ?? {}),
    memory: options.memoryOf && memoryOf(options.memoryOf),
  }
  return {
    database: location.kind === 'file' ? location.path : ':memory:',
    timeoutMs,
    async connect() {
      const connection = await openConnection(opening)
      await setUp(connection, opening)
      return new SqliteServiceConnection(connection, timeoutMs)
    },
  }
}
