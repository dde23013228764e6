import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { codeOf } from './faults.ts'
import type { GreetedConnection } from './greeting.ts'
import { unreachable } from './unreachable.ts'
import type { ConnectionTarget } from './url.ts'

/** How long a client keeps a connection to the server. */
type Pooling = 'session' | 'transaction' | 'statement'

/**
 * Whether BEGIN ends a connection on which other statements are answered. A pooler of statements does so, with a reason that the
 * driver keeps to itself, as no answer ends with it: https://www.pgbouncer.org/config.html#pool_mode
 */
export async function endsWithTransaction(open: () => Promise<Connection>): Promise<boolean> {
  const other = await open()
  try {
    await processOf(other)
    await other.send('BEGIN')
    await other.send('ROLLBACK')
    return false
  } catch (error) {
    if (isMigrateError(error, 'CONNECTION_LOST')) return error.details.what === 'BEGIN'
    throw error
  } finally {
    await other.close()
  }
}

/** A pooler may be several processes with a pool each, and other clients may be faster: one miss says little. */
const rounds = 3
const turns = 4

async function processOf(connection: Connection): Promise<string | null | undefined> {
  const [row] = await connection.send('SELECT pg_catalog.pg_backend_pid()')
  return row?.[0]
}

/**
 * Whether the connection, which goes through a pooler, has a session of its own. No two sessions share a process of the server
 * while both live, and no session changes its process: seen once, either is the proof that sessions are shared. Nothing is
 * taken or set that a shared session would keep. Throws what opening the second connection throws.
 */
async function poolingOf(connection: Connection, open: () => Promise<Connection>): Promise<Pooling> {
  const first = await processOf(connection)
  for (let round = 0; round < rounds; round += 1) {
    const other = await open()
    try {
      for (let turn = 0; turn < turns; turn += 1) {
        const mine = await processOf(connection)
        await other.send('BEGIN')
        const theirs = await processOf(other)
        await other.send('ROLLBACK')
        if (theirs === mine || mine !== first) return 'transaction'
      }
    } catch (error) {
      if (!isMigrateError(error, 'CONNECTION_LOST') || error.details.what !== 'BEGIN') throw error
      if (await endsWithTransaction(open)) return 'statement'
      throw error
    } finally {
      await other.close()
    }
  }
  return 'session'
}

const direct = 'Give the migrator a direct URL of the server: `migrationUrl` in the configuration, or --url'
const byTable = "or say lock: 'table' to postgresDialect, and the run is kept alone by a row with a lease"

const whys: {
  readonly [P in Exclude<Pooling, 'session'> | 'client' | 'unknown']: readonly [why: string, remedy: string]
} = {
  transaction: [
    'the pooler in front of it gives every transaction another session, so that a lock of the session does not exclude other runs',
    `${direct}; ${byTable}.`,
  ],
  statement: [
    'the pooler in front of it gives every statement another session, so that there are no transactions',
    `${direct}; or let the pooler pool by transactions or sessions.`,
  ],
  client: [
    'the client given as `driver` goes through a pooler, which may give every transaction another session',
    `Give postgresDialect a direct \`url\` of the server in place of the client; ${byTable}.`,
  ],
  unknown: [
    'there is a pooler in front of it, and whether it shares sessions could not be told: it gave no second one in time',
    `${direct}; ${byTable}.`,
  ],
}

export function refused(
  database: string,
  pooling: keyof typeof whys,
  cause?: unknown,
): MigrateError<'SERVER_UNSUPPORTED'> {
  const [why, remedy] = whys[pooling]
  const message = `${database} cannot be migrated: ${why}. Nothing was changed.`
  return new MigrateError('SERVER_UNSUPPORTED', { server: database, why }, message, {
    remedy,
    cause,
  })
}

/** Nothing of a session is used before it is known to be one's own. Throws SERVER_UNSUPPORTED. */
export async function requireSession(
  target: ConnectionTarget,
  connection: Connection,
  open: () => Promise<GreetedConnection>,
): Promise<void> {
  // What a session of it would set might be another client's.
  if (target.client !== undefined) throw refused(target.display, 'client')
  const pooling = await poolingOf(connection, async () => (await open()).connection).catch((error: unknown) => {
    if (codeOf(error) === 'CONNECT_TIMEOUT') throw refused(target.display, 'unknown', error)
    throw isMigrateError(error) ? error : unreachable(target, error)
  })
  if (pooling !== 'session') throw refused(target.display, pooling)
}

/** Settings by a statement, those alone that this server has. */
export async function setSettings(connection: Connection, settings: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(settings)
  const rows = pairs.map((_, at) => `($${2 * at + 1}, $${2 * at + 2})`).join(', ')
  const sql = `SELECT set_config(name, value, false) FROM (VALUES ${rows}) AS wanted (name, value)
  WHERE current_setting(name, true) IS NOT NULL`
  await connection.send(sql, pairs.flat())
}
