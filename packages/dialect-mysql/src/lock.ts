import { createHash } from 'node:crypto'
import { MigrateError, type Row, type RunLock, type SqlValue } from '@org/migrate-core/dialect'
import { messageOf, numberOf } from './faults.ts'

type Query = (sql: string, params?: readonly SqlValue[]) => Promise<readonly Row[]>

/**
 * GET_LOCK knows one space of names for the whole server, and MySQL takes 64 characters:
 * https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html. Anybody may compute it: `migrate:` and the first 40 digits of
 * SHA-256 over database, NUL and key.
 */
export function lockName(database: string, key: string): string {
  return `migrate:${createHash('sha256').update(`${database}\0${key}`).digest('hex').slice(0, 40)}`
}

function unusable(database: string, why: string, cause?: unknown): MigrateError<'SERVER_UNSUPPORTED'> {
  const details = { server: database, why }
  return new MigrateError('SERVER_UNSUPPORTED', details, `${database} gives no run lock: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'Connect to a server that has GET_LOCK; on a Galera cluster, to one that lets its nodes use it.',
  })
}

/**
 * The lock of a run on one session. MySQL lets a session take a lock as often as it likes, and wants it released as often: it is
 * taken only where the session does not have it.
 */
export function runLock(query: Query, database: string, name: string): RunLock {
  const ask = async (sql: string): Promise<SqlValue> => {
    try {
      const [row] = await query(sql, Array(sql.split('?').length - 1).fill(name))
      return row?.answer ?? null
    } catch (error) {
      // Galera of some releases: https://jira.mariadb.org/browse/MDEV-30473
      if (numberOf(error) === 1235) throw unusable(database, messageOf(error), error)
      throw error
    }
  }
  return {
    proof: 'exclusive',
    async take() {
      const answer = await ask('SELECT IF(IS_USED_LOCK(?) = CONNECTION_ID(), 1, GET_LOCK(?, 0)) AS answer')
      if (answer === null) throw unusable(database, 'GET_LOCK answered NULL')
      return answer === 1n
    },
    holds: async () => (await ask('SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS answer')) === 1n,
    // NULL: nobody had it.
    release: async () => (await ask('SELECT RELEASE_LOCK(?) AS answer')) === 1n,
    async holder() {
      // Without the PROCESS privilege the list shows the user's own connections only.
      const [row] = await query(
        `SELECT held.id AS id, list.user AS user, list.host AS host, LEFT(list.info, 80) AS doing
         FROM (SELECT IS_USED_LOCK(?) AS id) AS held LEFT JOIN information_schema.processlist AS list ON list.id = held.id`,
        [name],
      )
      if (row === undefined || row.id === null) return undefined
      const who = `connection ${row.id}${row.user === null ? '' : ` of ${row.user}@${row.host}`}`
      const { doing } = row
      return typeof doing === 'string' ? { who, doing: doing.replace(/\s+/g, ' ') } : { who }
    },
  }
}
