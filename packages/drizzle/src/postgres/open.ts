import { isFlag, isRecord, isText, type OptionChecks, oneOf, present, requireOptions } from '@org/migrate-core/dialect'
import {
  connectChecks,
  type DriverName,
  driverNames,
  type PostgresOptions,
  servingConnector,
} from '@org/migrate-dialect-postgres/internal'
import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import { type OpenDatabase as OpenOf, openOver, type DatabaseSession as SessionOf } from '../connect/open-database.ts'
import { type PoolOptions, poolChecks, poolLimits } from '../connect/pool-options.ts'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Tables } from '../connect/remote.ts'
import { remote } from './remote.ts'

/** What only runs have. */
type OfRuns = 'lock' | 'unansweredMs'

export interface OpenPostgresOptions<S extends Tables>
  extends Omit<PostgresOptions, 'schema' | 'url' | 'driver' | OfRuns>,
    PoolOptions,
    QueryOptions<S> {
  /** As `postgresDialect` takes it. */
  readonly url: string
  /** The package that speaks to the server; an open client has a Drizzle of its own. Default: the first one that is installed. */
  readonly driver?: DriverName
  /** The schema of the database to stand in; `schema` of `postgresDialect`. Default: what the URL or the server says. */
  readonly databaseSchema?: string
  /** False: no statement stays prepared in the server. Some poolers give the next statement to another server connection. */
  readonly statementCache?: boolean
}

const { lock: _lock, unansweredMs: _unansweredMs, ...serviceChecks } = connectChecks
const optionChecks: OptionChecks<OpenPostgresOptions<Tables>> = {
  ...serviceChecks,
  ...poolChecks,
  driver: oneOf(...driverNames),
  schema: isRecord,
  relations: isRecord,
  databaseSchema: isText,
  statementCache: isFlag,
}

/** A connection of one's own. Nothing commits by itself. */
export type DatabaseSession<S extends Tables> = SessionOf<PgRemoteDatabase<S>>

/** An open PostgreSQL database. */
export type OpenDatabase<S extends Tables> = OpenOf<PgRemoteDatabase<S>>

/**
 * Opens a PostgreSQL database for a service: Drizzle instances over a pool of connections. Nothing is opened before the first
 * use. A connection that the server has closed is replaced before a use, and never in one.
 *
 * Throws INVALID_URL, INVALID_OPTION; on use DATABASE_UNREACHABLE, DATABASE_BUSY (no connection became free), CONNECTION_LOST,
 * ABORTED, COMMIT_FAILED, ALREADY_IN_TRANSACTION (beside an open inner transaction), and SESSION_CLOSED after `close` or outside
 * the function that a session was given to.
 *
 * ```ts
 * const database = openPostgres({ url: 'postgresql://app:secret@db/app', poolSize: 10 })
 * await database.withTransaction(async (db) => {
 *   await db.insert(accounts).values({ id: 'a' })
 * })
 * await database.close()
 * ```
 */
export function openPostgres<S extends Tables = Record<string, never>>(
  options: OpenPostgresOptions<S>,
): OpenDatabase<S> {
  requireOptions('openPostgres', options, optionChecks)
  const { schema, relations, databaseSchema, statementCache = true, ...given } = options
  const { database, connect } = servingConnector({ ...given, ...present({ schema: databaseSchema }) }, statementCache)
  return openOver<PgRemoteDatabase<S>>({
    database,
    limits: poolLimits(options),
    connect,
    drizzle: (runner) => remote(runner, { schema, relations }),
  })
}
