import { MigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { messageOf } from './faults.ts'

/** A node that is cut off from the majority answers what needs no table, and nothing else. */
export function notReady(database: string): MigrateError {
  const why = 'this node of its Galera cluster takes no statements now (wsrep_ready is OFF)'
  return new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot use ${database}: ${why}`, {
    remedy:
      "Connect to a node that is with the majority, or wait until this one is: SHOW STATUS LIKE 'wsrep_cluster_status'.",
  })
}

export function refusedSettings(database: string, sql: string, cause: unknown): MigrateError {
  const actual = messageOf(cause)
  const details = { setting: 'the settings of the session', desired: sql, actual }
  return new MigrateError('SESSION_SETTING_REFUSED', details, `${database} refused ${sql}: ${actual}`, { cause })
}

/** Asks a server that is set read-only whether it is so for this user; it says so when a writing transaction begins. */
export async function refuseReadOnly(connection: Connection, database: string): Promise<void> {
  try {
    await connection.send('START TRANSACTION READ WRITE')
    await connection.send('ROLLBACK')
  } catch (cause) {
    if (cause === connection.lost) throw cause
    throw new MigrateError('DATABASE_READ_ONLY', { database }, `${database} takes no changes: ${messageOf(cause)}`, {
      cause,
      remedy: 'Connect to the primary server, or end read_only and super_read_only on this one.',
    })
  }
}
