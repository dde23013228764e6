import { MigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { messageOf, numberOf } from './faults.ts'
import type { ServerFacts } from './settings.ts'

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

export const noGeneratedKeys = 'SET sql_generate_invisible_primary_key = 0'

/** A user who lacks the right. */
const accessDenied = 1227

/**
 * For a session that makes tables: they are what a revision says. Not every user may say so; for another, the server stays one that
 * generates keys, and what would get one is refused when it is compiled. Where every table has to have a key, nothing changes.
 * https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_generate_invisible_primary_key
 */
export async function withoutGeneratedKeys(
  connection: Connection,
  facts: ServerFacts,
  database: string,
): Promise<ServerFacts> {
  if (facts.server.sqlRequirePrimaryKey) return facts
  try {
    await connection.send(noGeneratedKeys)
  } catch (cause) {
    if (numberOf(cause) === accessDenied) return facts
    throw cause === connection.lost ? cause : refusedSettings(database, noGeneratedKeys, cause)
  }
  return { ...facts, server: Object.freeze({ ...facts.server, generatesPrimaryKey: false }) }
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
