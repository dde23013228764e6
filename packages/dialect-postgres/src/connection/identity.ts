import { randomBytes } from 'node:crypto'
import type { ServerSession } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'

type State = Awaited<ReturnType<NonNullable<ServerSession['sessionState']>>>

/** Of a process of the server; its number is given again, its beginning is not. */
export const processIdentity = (pid: number, startedAt: string): string => `process ${pid} since ${startedAt}`

/** Of a client whose transactions may be in any session: all of them carry its name. */
export const clientIdentity = (name: string): string => `client ${name}`

/** A name that no other client has. The server cuts it after 63 bytes, and writes what is not ASCII in other ways. */
export function uniqueName(name: string): string {
  return `${name.replace(/[^\x20-\x7e]/g, '_').slice(0, 46)}:${randomBytes(8).toString('hex')}`
}

/** A SELECT's expression for the beginning of a process. */
export const beginning = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/**
 * Who waits in a transaction is not at work, but what it holds stands in the way of the next one: it is busy. Of sessions of
 * other roles a role sees no state: https://www.postgresql.org/docs/current/monitoring-stats.html
 */
function stateOf(states: readonly (string | null | undefined)[]): State {
  if (states.length === 0) return 'ended'
  if (states.some((state) => state !== null && state !== undefined && state !== 'idle' && state !== 'disabled'))
    return 'busy'
  return states.every((state) => state === 'idle') ? 'idle' : 'unknown'
}

/** What became of the session, or of the client's transactions, of an identity. */
export async function sessionState(connection: Connection, identity: string): Promise<State> {
  const [, pid, since] = /^process (\d+) since (.+)$/.exec(identity) ?? []
  if (pid !== undefined && since !== undefined) {
    const sql = `SELECT state, ${beginning('backend_start')} FROM pg_catalog.pg_stat_activity WHERE pid = $1`
    const rows = await connection.send(sql, [BigInt(pid)])
    return stateOf(rows.flatMap(([state, startedAt]) => (startedAt === null || startedAt === since ? [state] : [])))
  }
  const [, name] = /^client (.+)$/.exec(identity) ?? []
  if (name === undefined) return 'unknown'
  const rows = await connection.send('SELECT state FROM pg_catalog.pg_stat_activity WHERE application_name = $1', [
    name,
  ])
  return stateOf(rows.map(([state]) => state))
}
