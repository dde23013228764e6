import type { PoolOptions } from '@org/migrate-drizzle'

export type Environment = Readonly<Record<string, string | undefined>>

/** What each new connection to a SQLite file is set to; what is absent stays as SQLite has it. */
export interface SqlitePragmas {
  readonly synchronous?: 'off' | 'normal' | 'full' | 'extra'
  /** Pages, or KiB where it is negative. */
  readonly cacheSize?: number
  readonly tempStore?: 'default' | 'file' | 'memory'
  /** Bytes. */
  readonly mmapSize?: number
  /** Bytes; -1: no limit. */
  readonly journalSizeLimit?: number
}

export interface SqliteSettings {
  readonly journalMode: 'wal' | 'delete'
  readonly busyTimeoutMs?: number
  readonly pragmas: SqlitePragmas
  /** Of an encrypted file. */
  readonly maxConnections?: number
}

/** What the variables say. `url` and `key` hold the password: not for printing. */
export interface OpenWebuiSettings {
  readonly dialect: 'sqlite' | 'postgres' | 'mysql'
  readonly url: string
  /** Where the URL comes from: the five parts, DATABASE_URL, or nothing but a folder. */
  readonly source: 'parts' | 'DATABASE_URL' | 'DATA_DIR'
  readonly dataFolder: string
  /** Of an encrypted SQLite file. */
  readonly key?: string
  /** Where the tables of both tiers and their histories are, on PostgreSQL. */
  readonly schema?: string
  /** For servers; empty: as the library has it. */
  readonly pool: PoolOptions
  /** For files. */
  readonly sqlite: SqliteSettings
  /** Whether a start migrates; else it looks. */
  readonly migrate: boolean
  /** The three below are for the application: nothing here acts on them. */
  readonly sessionSharing: boolean
  readonly resetConfigOnStart: boolean
  readonly persistentConfig: boolean
}
