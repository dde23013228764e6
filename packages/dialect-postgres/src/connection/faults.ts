import { setTimeout as sleep } from 'node:timers/promises'
import {
  codeOf,
  isMigrateError,
  MigrateError,
  thrownMessage as messageOf,
  present,
  systemFaults,
} from '@org/migrate-core/connection'
import type { FaultKind, Waiting } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import type { ConnectionTarget } from './url.ts'

export { codeOf, messageOf }

/** What a statement that was canceled fails with. */
export const canceled = '57014'

/**
 * By SQLSTATE, the most specific prefix counts: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * A canceled statement (57014) may be a timeout or requested: what to do next is not the same as for a lock.
 */
const prefixes: { readonly [K in FaultKind]?: readonly string[] } = {
  busy: ['55P03', '53300', '57P03'],
  deadlock: ['40P01', '40001'],
  permission: ['42501', '28'],
  constraint: ['23', '44000'],
  syntax: ['42601'],
  missing: ['42P01', '42703', '42704', '42883', '3F000', '3D000'],
  exists: ['42P07', '42710', '42701', '42P06', '42723', '42P04'],
  dependent: ['2BP01'],
  full: ['53100'],
  readOnly: ['25006'],
  corrupt: ['XX001', 'XX002'],
  // A protocol violation (08P01) is what a pooler says to a parameter it does not know; nothing was lost.
  unknown: ['08P01'],
  connection: ['08', '57P01', '57P02', '57P05', '25P03', '25P04'],
}

const byState = (Object.entries(prefixes) as [FaultKind, readonly string[]][])
  .flatMap(([kind, all]) => all.map((prefix) => ({ prefix, kind })))
  .sort((a, b) => b.prefix.length - a.prefix.length)

/** What the driver and the system below it say where no server answered. */
const byCode: ReadonlyMap<string, FaultKind> = new Map<string, FaultKind>([
  ...systemFaults,
  ...['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT'].map(
    (code) => [code, 'connection'] as const,
  ),
  ['DATA_FOLDER_HELD', 'busy'],
])

/** Whether the error, or one that it was made of, has one of these SQLSTATEs. */
export function hasState(error: unknown, states: ReadonlySet<string>): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (states.has(codeOf(each) ?? '')) return true
  return false
}

/** What the server says of an error beside its message; empty for errors that are not the server's. */
interface ServerErrorFields {
  readonly severity?: string
  readonly detail?: string
  readonly hint?: string
  readonly schema_name?: string
  readonly table_name?: string
  readonly constraint_name?: string
}

/** By pg and PGlite, which name these fields as the protocol does. */
interface ProtocolErrorFields {
  readonly schema?: string
  readonly table?: string
  readonly constraint?: string
}

/**
 * Known by its fields: another copy of the driver has another class, and postgres.js names its errors after the class, whose name a
 * minified bundle changes. The server sends a severity with each error.
 */
export function serverErrorFields(error: unknown): ServerErrorFields | undefined {
  if (!(error instanceof Error)) return undefined
  const fields = error as ServerErrorFields & ProtocolErrorFields
  const { severity, detail, hint } = fields
  if (severity === undefined && error.name !== 'PostgresError') return undefined
  const { schema_name = fields.schema, table_name = fields.table, constraint_name = fields.constraint } = fields
  return present({ severity, detail, hint, schema_name, table_name, constraint_name })
}

/** Whether the session is gone with this error: the server ends it after FATAL, and what the driver says itself is of the line. */
export function endsSession(error: unknown): boolean {
  const fields = serverErrorFields(error)
  if (fields !== undefined) return fields.severity === 'FATAL' || fields.severity === 'PANIC'
  return byCode.get(codeOf(error) ?? '') === 'connection'
}

/**
 * The message with the detail and the hint of the server: https://www.postgresql.org/docs/current/protocol-error-fields.html
 * The detail of a violated NOT NULL (23502) or CHECK (23514) is the whole row, with columns that no log should have. The hint
 * beside dependent objects (2BP01) is CASCADE, by which a revision would drop what it does not name.
 */
export function fullMessageOf(error: unknown): string {
  const { detail, hint } = serverErrorFields(error) ?? {}
  const code = codeOf(error)
  const parts = [
    ...(detail === undefined || code === '23502' || code === '23514' ? [] : [detail]),
    ...(hint === undefined || code === '2BP01' ? [] : [`hint: ${hint}`]),
  ]
  const more = parts.length === 0 ? '' : ` (${parts.join(' ').replaceAll('\n', '; ')})`
  return `${messageOf(error)}${more}`
}

/** What kind of failure a driver's error is; `unknown` for everything else. */
export function faultOf(error: unknown): FaultKind {
  const code = codeOf(error)
  if (code === undefined) return 'unknown'
  if (serverErrorFields(error) === undefined) return byCode.get(code) ?? 'unknown'
  return byState.find(({ prefix }) => code.startsWith(prefix))?.kind ?? 'unknown'
}

/** The state 57014 is also that of a cancellation; only the message tells, in English unless `lc_messages` is another language. */
export function limitFor(error: unknown): string | undefined {
  return codeOf(error) === canceled && /statement timeout/.test(messageOf(error)) ? 'statement_timeout' : undefined
}

/** What a role needs on each kind of object: https://www.postgresql.org/docs/current/ddl-priv.html */
const grants: { readonly [object: string]: string } = {
  schema: 'USAGE, CREATE ON SCHEMA',
  table: 'ALL ON TABLE',
  view: 'ALL ON TABLE',
  sequence: 'ALL ON SEQUENCE',
  database: 'CREATE ON DATABASE',
  function: 'EXECUTE ON FUNCTION',
  type: 'USAGE ON TYPE',
  language: 'USAGE ON LANGUAGE',
}

/** The server names the object in its message alone, and in English unless `lc_messages` is another language. */
export function grantFor(error: unknown): string | undefined {
  if (codeOf(error) !== '42501') return undefined
  const message = messageOf(error)
  const [, lacking = '', name = ''] = /^permission denied for (\w+) (.+)$/.exec(message) ?? []
  const privilege = grants[lacking]
  if (privilege !== undefined) return `GRANT ${privilege} ${quote.identifier(name).text} TO the user`
  const [, owned, object = ''] = /^must be owner of (table|view|sequence|type|schema) (.+)$/.exec(message) ?? []
  return owned === undefined
    ? undefined
    : `ALTER ${owned.toUpperCase()} ${quote.identifier(object).text} OWNER TO the user`
}

/** Class 22, data exceptions, and a cast that there is not; a division by zero is no conversion. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function refusesValue(error: unknown): boolean {
  const code = serverErrorFields(error) === undefined ? undefined : codeOf(error)
  return code !== '22012' && /^(?:22|42846)/.test(code ?? '')
}

/**
 * What the server says of the row that violates a constraint, as ours; undefined for any other error. The row is in the error's
 * detail: `Key (author)=(7) is not present in table "authors".`
 */
export function violation(cause: unknown): MigrateError | undefined {
  const fields = serverErrorFields(cause)
  const code = codeOf(cause)
  if (fields === undefined || code === undefined || !code.startsWith('23')) return undefined
  const table = [fields.schema_name, fields.table_name].filter((part) => part !== undefined).join('.')
  const check = [table, fields.constraint_name].filter((part) => part !== undefined && part !== '').join(': ')
  const row = fields.detail ?? messageOf(cause)
  if (code === '23503') {
    const violations = [`${check}: ${row}`]
    return new MigrateError('FOREIGN_KEY_VIOLATION', { violations }, `a foreign key is violated: ${violations[0]}`, {
      cause,
    })
  }
  return new MigrateError('BLOCKING_ROWS', { check, rows: [row] }, `${messageOf(cause)} (${check}: ${row})`, {
    cause,
  })
}

/** That of Node where the server ends the connection, and those of pg. */
const noTls = /before secure TLS connection|does not support SSL|error establishing an SSL/

export const tlsCodes = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/

/** Whether the server takes connections without TLS alone. */
export const offersNoTls = (cause: unknown): boolean => noTls.test(messageOf(cause))

/** Whether another way of TLS may help: the server's rules spoke of it, or the line broke while it was made. */
export function concernsTls(cause: unknown): boolean {
  const code = codeOf(cause) ?? ''
  if (serverErrorFields(cause) !== undefined) return code === '28000'
  return tlsCodes.test(code) || offersNoTls(cause)
}

/** For a connection without a limit of waiting for a server that has no connection left, or is just starting. */
const defaultWaitMs = 5_000
const notifyEveryMs = 1_000

/**
 * Again and again while the server has no place for another connection or is just starting, as long as the caller may wait.
 * Throws DATABASE_UNREACHABLE, or the signal's reason.
 */
export async function retryWhileBusy<T>(
  target: ConnectionTarget,
  { waitMs = defaultWaitMs, signal, onWait }: Waiting,
  attempt: () => Promise<T>,
): Promise<T> {
  const since = performance.now()
  let notifiedMs = 0
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal?.throwIfAborted()
      if (isMigrateError(error)) throw error
      const waitedMs = Math.round(performance.now() - since)
      if (faultOf(error) !== 'busy' || waitedMs >= waitMs)
        throw (await import('./unreachable.ts')).unreachable(target, error)
      if (waitedMs - notifiedMs >= notifyEveryMs) {
        notifiedMs = waitedMs
        onWait?.(waitedMs)
      }
      await sleep(100 * (0.5 + Math.random()))
    }
  }
}
