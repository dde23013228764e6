import { MigrateError } from '@org/migrate-core/connection'
import type { Connection } from './connection.ts'
import { messageOf, numberOf } from './faults.ts'
import type { ServerFacts, SessionRequest } from './settings.ts'

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

const strictInnodb = 'SET innodb_strict_mode = 1'

const storedWarnings = 'SET max_error_count = 64'

/** A user who lacks the right. */
const accessDenied = 1227

/** Whether this user may set it. */
async function isSet(connection: Connection, database: string, sql: string): Promise<boolean> {
  try {
    await connection.send(sql)
    return true
  } catch (cause) {
    if (numberOf(cause) === accessDenied) return false
    throw cause === connection.lost ? cause : refusedSettings(database, sql, cause)
  }
}

/**
 * Settings that not every user of MySQL may make; they are made only where the server is set otherwise.
 *
 * - A session that makes tables makes what a revision says. For a user who may not say so the server stays one that generates keys, and what
 *   would get one is refused when it is compiled. Where every table has to have a key, nothing changes.
 *   https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_sql_generate_invisible_primary_key
 * - Without the strict mode of InnoDB, which such a user does without, a table whose rows have no room in a page is created with a warning.
 *   https://dev.mysql.com/doc/refman/8.4/en/innodb-parameters.html#sysvar_innodb_strict_mode
 * - Without stored warnings no rollback says that rows stayed.
 *   https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_error_count
 */
export async function withRestricted(
  connection: Connection,
  facts: ServerFacts,
  database: string,
  purpose: SessionRequest['purpose'],
): Promise<ServerFacts> {
  if (!facts.innodbStrict) await isSet(connection, database, strictInnodb)
  if (!facts.storesWarnings) await isSet(connection, database, storedWarnings)
  const { sqlRequirePrimaryKey, generatesPrimaryKey } = facts.server
  if (!generatesPrimaryKey || sqlRequirePrimaryKey || purpose === 'serve') return facts
  if (!(await isSet(connection, database, noGeneratedKeys))) return facts
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
