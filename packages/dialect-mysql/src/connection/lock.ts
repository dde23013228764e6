import { createHash } from 'node:crypto'
import { MigrateError } from '@org/migrate-core/connection'
import type { RunLock, SqlValue } from '@org/migrate-core/dialect'
import { messageOf, numberOf } from './faults.ts'
import { processOf, type Query } from './identity.ts'

/**
 * GET_LOCK knows one space of names for the whole server, and MySQL takes 64 characters:
 * https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html. Any client may compute it: `migrate:` and the first 40 digits of
 * SHA-256 over database, NUL and key.
 */
export function lockName(database: string, key: string): string {
  return `migrate:${createHash('sha256').update(`${database}\0${key}`).digest('hex').slice(0, 40)}`
}

function lockUnusable(database: string, why: string, cause?: unknown): MigrateError<'SERVER_UNSUPPORTED'> {
  const details = { server: database, why }
  return new MigrateError('SERVER_UNSUPPORTED', details, `${database} gives no run lock: ${why}`, {
    cause,
    remedy: 'Connect to a server that has GET_LOCK.',
  })
}

/** Not supported (Galera of some releases: https://jira.mariadb.org/browse/MDEV-30473), or not wished for (its strict mode). */
const withoutLocks: ReadonlySet<number | undefined> = new Set([1105, 1235])

interface NamedLock {
  readonly database: string
  readonly name: string
  /** The proof is a lease; this lock keeps apart those on one node, where it has such locks. */
  readonly leased: boolean
}

/**
 * The lock of a run on one session. MySQL lets a session take a lock as often as it likes, and wants it released as often: it is
 * taken only where the session does not have it.
 */
export function runLock(query: Query, { database, name, leased }: NamedLock): RunLock {
  /** Undefined: the node of a cluster has no such locks. */
  const ask = async (sql: string): Promise<SqlValue | undefined> => {
    try {
      const [row] = await query(sql, Array(sql.split('?').length - 1).fill(name))
      return row?.answer ?? null
    } catch (error) {
      if (!withoutLocks.has(numberOf(error))) throw error
      if (leased) return undefined
      throw lockUnusable(database, messageOf(error), error)
    }
  }
  const isOurs = (answer: SqlValue | undefined): boolean => answer === undefined || answer === 1n
  return {
    proof: leased ? 'advice' : 'exclusive',
    async take() {
      const answer = await ask('SELECT IF(IS_USED_LOCK(?) = CONNECTION_ID(), 1, GET_LOCK(?, 0)) AS answer')
      if (answer === null) throw lockUnusable(database, 'GET_LOCK answered NULL')
      return isOurs(answer)
    },
    heldSql: `SELECT 1 FROM DUAL WHERE IS_USED_LOCK('${name}') = CONNECTION_ID()`,
    holds: async () => isOurs(await ask('SELECT IS_USED_LOCK(?) = CONNECTION_ID() AS answer')),
    // NULL: no session had it.
    release: async () => isOurs(await ask('SELECT RELEASE_LOCK(?) AS answer')),
    async holder() {
      const id = (await query('SELECT IS_USED_LOCK(?) AS id', [name]))[0]?.id
      if (id === undefined || id === null) return undefined
      const listed = await processOf(query, id)
      if (listed === undefined) return { who: `connection ${id}` }
      const { User: user, Host: host, Command: command, Info: info } = listed
      const who = `connection ${id} of ${user}@${host}`
      if (typeof info === 'string') return { who, doing: info.slice(0, 80).replace(/\s+/g, ' ') }
      return command === 'Sleep' ? { who, doing: 'nothing, it is idle' } : { who }
    },
  }
}
