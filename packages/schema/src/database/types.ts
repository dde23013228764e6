import type { EnsureOptions, EnsureResult, MigrationEvent, Readiness } from '@org/migrate-core'
import type { OpenDatabase } from '@org/migrate-drizzle'
import type { OpenDatabase as MysqlDatabase } from '@org/migrate-drizzle/mysql'
import type { OpenDatabase as PostgresDatabase } from '@org/migrate-drizzle/postgres'
import type { OpenDatabase as SqliteDatabase } from '@org/migrate-drizzle/sqlite'
import type { EnvironmentOptions } from '../environment.ts'
import type { schema as mysqlTables } from '../mysql.ts'
import type { schema as postgresTables } from '../postgres.ts'
import type { schema as sqliteTables } from '../sqlite.ts'

interface Tables {
  readonly sqlite: typeof sqliteTables
  readonly postgres: typeof postgresTables
  readonly mysql: typeof mysqlTables
}

interface Databases {
  readonly sqlite: SqliteDatabase<Tables['sqlite']>
  readonly postgres: PostgresDatabase<Tables['postgres']>
  readonly mysql: MysqlDatabase<Tables['mysql']>
}

export type DialectName = keyof Databases

/** How the start went. */
export interface Started {
  /** `behind`: migrations are off, and revisions are pending. */
  readonly state: EnsureResult['state'] | 'behind'
  /** The heads of the last tier. */
  readonly revision: readonly string[]
  /** `tier:revision` of the steps that ran here. */
  readonly applied: readonly string[]
  readonly warnings: readonly string[]
}

interface Common<D extends DialectName> {
  /** `mysql` also for MariaDB. Tells the types of `db` and `tables` apart. */
  readonly dialect: D
  /** Open WebUI's Drizzle tables of this dialect. */
  readonly tables: Tables[D]
  readonly started: Started
  /** Where settings came from and what is to be known, as `onNote` was told. */
  readonly notes: readonly string[]
  /** Queries the database each time, outside the pool: for a health route. */
  readiness(): Promise<Readiness>
}

export type OpenWebuiDatabaseOf<D extends DialectName> = Common<D> & Databases[D]

/** An open database of Open WebUI; `dialect` says which. */
export type OpenWebuiDatabase = { readonly [D in DialectName]: OpenWebuiDatabaseOf<D> }[DialectName]

export interface AfterHead {
  readonly database: OpenWebuiDatabase
  /** Whether this start has migrated; else another instance had, or there was nothing to do. */
  readonly migrated: boolean
}

export interface OpenDatabaseOptions extends EnvironmentOptions {
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
  /** Whether the sequential tier runs first. Default true; the schema at the end is the same without it. */
  readonly legacy?: boolean
  /** A URL for the migrations alone, to the same database: past a pooler. Default: that of the environment. */
  readonly migrationUrl?: string
  /** False: no statement stays prepared in the server (PostgreSQL). For poolers of transactions. */
  readonly statementCache?: boolean
  /** With migrations off, a database that is behind is refused too. Default false: it is a note. */
  readonly requireHead?: boolean
  /** As `ensure` takes it: what to do on a database that a newer program has migrated. */
  readonly ahead?: 'compatible' | 'serve' | 'refuse'
  /**
   * As `ensure` takes it: how the tables are verified. By default their names and those of their columns are compared with the history,
   * and what is missing is a note.
   */
  readonly verify?: EnsureOptions['verify']
  /** How long to wait for another instance that migrates, in ms; default 60,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigrationEvent) => void
  /** Lines for people: where settings came from, what is pending. Never a password. */
  readonly onNote?: (note: string) => void
  /** Runs once the database is at the head, before the service has it. When it throws, the start has failed. */
  readonly afterHead?: (head: AfterHead) => Promise<void> | void
}

/** What every dialect gives, whatever its `db` is. */
export type AnyDatabase = OpenDatabase<unknown>
