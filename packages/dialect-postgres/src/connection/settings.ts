import type { ConnectOptions, Session, UnloadedDialect } from '@org/migrate-core/dialect'
import type { OwnLimits } from './limits.ts'
import type { ConnectionTarget } from './url.ts'

/**
 * `serve`: for a service, which lives with the policies of its rows. `probe`: to see which session one is given. `shadow`: for one
 * transaction that writes and is rolled back.
 */
export type Purpose = ConnectOptions['purpose'] | 'serve' | 'probe' | 'shadow'

/** What a session is made with. */
export interface SessionContext {
  readonly dialect: UnloadedDialect
  /** The database's own name and the schema that the session stands in: they are part of the run lock's key. */
  readonly database: string
  readonly schema: string
  readonly limits: OwnLimits
  readonly signal?: AbortSignal | undefined
  /** Whether statements may stay prepared in the server: a pooler may send the next one elsewhere. */
  readonly named: boolean
  /** What every transaction begins with, where sessions are shared and none has settings of its own. */
  readonly localBegin?: string | undefined
  /** Whether there is a pooler in front of the server. */
  readonly pooled: boolean
  /** A run has made the folder of PGlite; to inspect it, an empty database in memory stands for it. */
  readonly isNew?: boolean
  /** Whether a schema, or a search path, was asked for. */
  readonly ownPath: boolean
  /** A schema was asked for: no statement may leave it. */
  readonly pinned?: boolean
  /** Why a lock of the session does not exclude other sessions. */
  readonly leased?: string | undefined
  readonly identity?: string | undefined
  readonly progressSql?: (() => Promise<string>) | undefined
  /** Of a session on a connection of the application. */
  readonly hiddenNamesOf?: ((query: Session['query']) => NonNullable<Session['hiddenNames']>) | undefined
  /** Where the connection goes when the session ends. Absent: it ends with it. */
  readonly release?: (() => Promise<void>) | undefined
}

/** How every session reads and writes values, whatever the server, the database or the role say; as the server shows them. */
const fixed = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  // From 1 on, floats are given with the digits that bring back the same float.
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  // Arrays with NULL and fragments of XML are read back as they were written.
  array_nulls: 'on',
  xmloption: 'content',
  // Else the server stores `a = NULL` in a check, a view or a policy as `a IS NULL`.
  transform_null_equals: 'off',
  // Else every name that the server writes is quoted, those of types included: types would not be the ones of their columns.
  quote_all_identifiers: 'off',
} as const

const ofRuns = {
  // What policies hide from this user would be neither kept nor changed, without a word; so the server refuses instead:
  // https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY
  row_security: 'off',
} as const

/**
 * Whether the client is still there is asked while a statement runs, so that the statements of a killed run end by themselves:
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL
 */
export const connectionCheck = 'client_connection_check_interval'
const connectionCheckEvery = '2s'

/**
 * So that a run whose machine is gone holds its locks for minutes, where the system's own limit is two hours; and one that was
 * stopped or hangs, for an hour. A data step may compute for long without asking the server anything, so it is no less.
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
 */
const aliveness = {
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '6',
  idle_in_transaction_session_timeout: '1h',
  idle_session_timeout: '1h',
} as const

/**
 * From 17 on. A transaction of a run is a whole revision, and on an empty database the whole history: a limit for the transactions
 * of a program would end its session. pg_dump switches it off, too. A server without it refuses a request to connect that names it.
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
 */
export const transactionTimeout = 'transaction_timeout'

/** What an own schema makes of `search_path`: a list of names. */
export function searchPathOf({
  schema,
  searchPath,
}: Pick<ConnectionTarget, 'schema' | 'searchPath'>): string | undefined {
  return schema === undefined ? searchPath : `"${schema.replaceAll('"', '""')}"`
}

/** The settings of a session, in the server's own names. */
export function settingsOf(target: ConnectionTarget, purpose: Purpose): Readonly<Record<string, string>> {
  const searchPath = searchPathOf(target)
  return {
    ...fixed,
    ...(purpose === 'serve'
      ? {}
      : { ...ofRuns, ...aliveness, [connectionCheck]: connectionCheckEvery, [transactionTimeout]: '0' }),
    ...(searchPath === undefined ? {} : { search_path: searchPath }),
    ...(target.lockTimeoutMs === undefined ? {} : { lock_timeout: String(target.lockTimeoutMs) }),
    ...(target.statementTimeoutMs === undefined ? {} : { statement_timeout: String(target.statementTimeoutMs) }),
    ...(purpose === 'inspect' ? { default_transaction_read_only: 'on' } : {}),
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** What a script sets first, so that its texts and names mean what they mean in a session of a run. */
export function scriptSettingsOf(target: Pick<ConnectionTarget, 'schema' | 'searchPath'>): readonly string[] {
  const searchPath = searchPathOf(target)
  const settings = { client_encoding: 'UTF8', client_min_messages: 'warning', ...fixed, ...ofRuns }
  return [
    ...Object.entries(settings).map(([name, value]) => `SET ${name} = ${literal(value)}`),
    ...(target.schema === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS ${searchPath}`]),
    ...(searchPath === undefined ? [] : [`SET search_path TO ${searchPath}`]),
  ]
}

/** Settings by statements, for the transaction that is open. */
export function localSql(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `SET LOCAL ${name} ${name === 'search_path' ? `TO ${value}` : `= ${literal(value)}`}`)
    .join(';')
}

/** Shown in another way than they are sent: with another unit, and 0 for what a Unix socket or the server's system has not; or not sent with the start. */
const shownOtherwise: ReadonlySet<string> = new Set([
  'lock_timeout',
  'statement_timeout',
  'tcp_keepalives_idle',
  'tcp_keepalives_interval',
  'tcp_keepalives_count',
  transactionTimeout,
])

/** A condition that holds where settings of the start stand: a pooler may be told to ignore parameters that it does not know. */
export function settingsCondition(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .filter(([name]) => !shownOtherwise.has(name))
    .map(([name, value]) => `coalesce(current_setting(${literal(name)}, true), ${literal(value)}) = ${literal(value)}`)
    .join(' AND ')
}
