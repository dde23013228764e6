import { isRecord, type OptionChecks, oneOf, requireOptions } from '@org/migrate-core/dialect'
import {
  connectChecks,
  type DriverName,
  driverNames,
  type MysqlOptions,
  servingConnector,
} from '@org/migrate-dialect-mysql/internal'
import type { MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import { type OpenDatabase as OpenOf, openOver, type DatabaseSession as SessionOf } from '../connect/open-database.ts'
import { type PoolOptions, poolChecks, poolLimits } from '../connect/pool-options.ts'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Tables } from '../connect/remote.ts'
import { remote } from './remote.ts'

export interface OpenMysqlOptions<S extends Tables>
  extends Omit<MysqlOptions, 'unansweredMs' | 'url' | 'driver' | 'schema'>,
    PoolOptions,
    QueryOptions<S> {
  /** As `mysqlDialect` takes it. */
  readonly url: string
  /** The package that speaks to the server; an open client has a Drizzle of its own. Default: the first one that is installed. */
  readonly driver?: DriverName
}

const { unansweredMs: _unansweredMs, ...serviceChecks } = connectChecks
const optionChecks: OptionChecks<OpenMysqlOptions<Tables>> = {
  ...serviceChecks,
  ...poolChecks,
  driver: oneOf(...driverNames),
  schema: isRecord,
  relations: isRecord,
}

/** A connection of one's own. Nothing commits by itself, and DDL is refused: it would. */
export type DatabaseSession<S extends Tables> = SessionOf<MySqlRemoteDatabase<S>>

/** An open MySQL or MariaDB database. */
export type OpenDatabase<S extends Tables> = OpenOf<MySqlRemoteDatabase<S>>

/**
 * Opens a MySQL or MariaDB database for a service: Drizzle instances over a pool of connections. Nothing is opened before the
 * first use. A connection that the server has closed is replaced before a use, and never in one.
 *
 * Throws INVALID_URL, INVALID_OPTION; on use DATABASE_UNREACHABLE, DATABASE_BUSY (no connection became free), CONNECTION_LOST,
 * ABORTED, COMMIT_FAILED, ALREADY_IN_TRANSACTION (beside an open inner transaction), and SESSION_CLOSED after `close` or outside
 * the function that a session was given to.
 *
 * ```ts
 * const database = openMysql({ url: 'mysql://app:secret@db/app', poolSize: 10 })
 * await database.withTransaction(async (db) => {
 *   await db.insert(accounts).values({ id: 'a' })
 * })
 * await database.close()
 * ```
 */
export function openMysql<S extends Tables = Record<string, never>>(options: OpenMysqlOptions<S>): OpenDatabase<S> {
  requireOptions('openMysql', options, optionChecks)
  // Its `schema` is one of tables, and none of the connector's.
  const { schema, relations, ...connection } = options
  const { database, connect } = servingConnector(connection)
  return openOver<MySqlRemoteDatabase<S>>({
    database,
    limits: poolLimits(options),
    connect,
    drizzle: (runner) => remote(runner, { schema, relations }),
  })
}
