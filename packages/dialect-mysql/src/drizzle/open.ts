import {
  isRecord,
  type OpenDatabase as OpenOf,
  type OptionChecks,
  openOver,
  type PoolOptions,
  poolChecks,
  poolLimits,
  requireOptions,
  type DatabaseSession as SessionOf,
} from '@org/migrate-core/dialect'
import type { MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import { connectChecks, type MysqlOptions, servingConnector } from '../connection/connect.ts'
import { remote, type Tables } from './remote.ts'
import { MysqlServiceConnection, runnerOf } from './service-connection.ts'

export interface OpenMysqlOptions<S extends Tables> extends Omit<MysqlOptions, 'unansweredMs'>, PoolOptions {
  /** Drizzle tables and relations, for `db.query`. */
  readonly schema?: S
}

const { unansweredMs: _unansweredMs, ...serviceChecks } = connectChecks
const optionChecks: OptionChecks<OpenMysqlOptions<Tables>> = { ...serviceChecks, ...poolChecks, schema: isRecord }

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
  const { schema } = options
  const { database, connect } = servingConnector(options)
  return openOver<MysqlServiceConnection, MySqlRemoteDatabase<S>>({
    database,
    limits: poolLimits(options),
    connect: async (signal) => new MysqlServiceConnection(await connect(signal), database),
    drizzle: (statements) => remote(runnerOf(statements), schema),
  })
}
