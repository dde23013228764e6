import { isMigrateError } from '@org/migrate-core/connection'
import type { SessionProbeResult } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'
import { faultOf } from './faults.ts'

/** A session as another one may find it. */
interface SessionDescription {
  readonly pid: number
  /** When it was opened, by this process's monotonic clock. */
  readonly connectedAt: number
  /** Whether the number is that of our session for as long as it lives: behind a pooler it may not be. */
  readonly pinned: boolean
}

/**
 * A role sees the state of its own sessions: https://www.postgresql.org/docs/current/monitoring-stats.html
 * With the first part of an extended query it is active, also while it waits for us to send the rest.
 */
const stateSql = `SELECT CASE WHEN wait_event = 'ClientRead' THEN 'idle' ELSE state END, floor(extract(epoch FROM clock_timestamp() - backend_start))::text
FROM pg_catalog.pg_stat_activity WHERE pid = $1`

/** By how much the clocks of two machines may run apart while a session lives. */
const slackS = 60

/** Asks on a connection of its own, and ends that. */
export async function inspectSession(
  { pid, connectedAt, pinned }: SessionDescription,
  open: () => Promise<{ readonly connection: Connection }>,
): Promise<SessionProbeResult> {
  let connection: Connection | undefined
  try {
    connection = (await open()).connection
    const [row] = await connection.send(stateSql, [BigInt(pid)])
    if (!pinned) return 'unknown'
    if (row === undefined) return 'over'
    const [state, age] = row
    // Numbers of processes are given again: a younger one belongs to another session.
    if (Number(age) + slackS < (performance.now() - connectedAt) / 1_000) return 'over'
    if (state === null || state === undefined || state === 'disabled') return 'unknown'
    return state === 'active' || state === 'fastpath function call' ? 'busy' : 'over'
  } catch (error) {
    // A server that has no place left, or is starting, is there; and one that lost this connection too is not.
    const fault = isMigrateError(error, 'CONNECTION_LOST') ? 'connection' : faultOf(error)
    return fault === 'connection' ? 'unreachable' : 'unknown'
  } finally {
    await connection?.close()
  }
}
