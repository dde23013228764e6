import type { ConnectOptions } from '@org/migrate-core/dialect'
import type { Place } from './url.ts'

/** How every session of ours reads and writes values, whatever the server, the database or the role say. */
const always = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  // From 1 on, floats are given with the digits that bring back the same float.
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
} as const

/**
 * Whether the client is still there is asked while a statement runs, so that the statements of a killed run end by themselves:
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL
 */
export const connectionCheck = 'client_connection_check_interval'

/** What an own schema makes of `search_path`: a list of names. */
function searchPathOf({ schema, searchPath }: Place): string | undefined {
  return schema === undefined ? searchPath : `"${schema.replaceAll('"', '""')}"`
}

/** The settings of a session, in the server's own names. */
export function settingsOf(place: Place, purpose: ConnectOptions['purpose']): Readonly<Record<string, string>> {
  const searchPath = searchPathOf(place)
  return {
    ...always,
    [connectionCheck]: '2000',
    ...(searchPath === undefined ? {} : { search_path: searchPath }),
    ...(place.lockTimeoutMs === undefined ? {} : { lock_timeout: String(place.lockTimeoutMs) }),
    ...(place.statementTimeoutMs === undefined ? {} : { statement_timeout: String(place.statementTimeoutMs) }),
    ...(purpose === 'look' ? { default_transaction_read_only: 'on' } : {}),
  }
}
