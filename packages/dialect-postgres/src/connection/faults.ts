import type { FaultKind } from '@org/migrate-core/dialect'

/**
 * By SQLSTATE, the most specific prefix first: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * A canceled statement (57014) may be a timeout or requested: what to do next is not the same as for a lock.
 */
const byState: readonly (readonly [prefix: string, kind: FaultKind])[] = [
  ['55P03', 'busy'],
  ['53300', 'busy'],
  ['57P03', 'busy'],
  ['40P01', 'deadlock'],
  ['40001', 'deadlock'],
  ['42501', 'permission'],
  ['28', 'permission'],
  ['23', 'constraint'],
  ['44000', 'constraint'],
  ['42601', 'syntax'],
  ['42P01', 'missing'],
  ['42703', 'missing'],
  ['42704', 'missing'],
  ['42883', 'missing'],
  ['3F000', 'missing'],
  ['3D000', 'missing'],
  ['42P07', 'exists'],
  ['42710', 'exists'],
  ['42701', 'exists'],
  ['42P06', 'exists'],
  ['42723', 'exists'],
  ['42P04', 'exists'],
  ['53100', 'full'],
  ['25006', 'readOnly'],
  ['XX001', 'corrupt'],
  ['XX002', 'corrupt'],
  // A protocol violation (08P01) is what a pooler says to a parameter it does not know; nothing was lost.
  ['08P01', 'unknown'],
  ['08', 'connection'],
  ['57P01', 'connection'],
  ['57P02', 'connection'],
  ['57P05', 'connection'],
  ['25P03', 'connection'],
]

/** What the driver and the system below it say where no server answered. */
const byCode: ReadonlyMap<string, FaultKind> = new Map<string, FaultKind>([
  ['CONNECTION_CLOSED', 'connection'],
  ['CONNECTION_DESTROYED', 'connection'],
  ['CONNECTION_ENDED', 'connection'],
  ['CONNECT_TIMEOUT', 'connection'],
  ['ECONNREFUSED', 'connection'],
  ['ECONNRESET', 'connection'],
  ['ECONNABORTED', 'connection'],
  ['EPIPE', 'connection'],
  ['ETIMEDOUT', 'connection'],
  ['EHOSTUNREACH', 'connection'],
  ['ENETUNREACH', 'connection'],
  ['ENOTFOUND', 'connection'],
  ['EAI_AGAIN', 'connection'],
  ['EACCES', 'permission'],
])

/** The code of a driver's error (SQLSTATE, the driver's own or the system's), or undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { readonly code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Whether the error, or one that it was made of, has one of these SQLSTATEs. */
export function hasState(error: unknown, states: ReadonlySet<string>): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (states.has(codeOf(each) ?? '')) return true
  return false
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What the server says of an error beside its message; empty for errors that are not the server's. */
export interface ServerErrorFields {
  readonly severity?: string
  readonly detail?: string
  readonly schema_name?: string
  readonly table_name?: string
  readonly constraint_name?: string
}

/** Known by its name: another copy of the driver has another class. */
export function serverErrorFields(error: unknown): ServerErrorFields | undefined {
  return error instanceof Error && error.name === 'PostgresError' ? (error as ServerErrorFields) : undefined
}

/** Whether the session is gone with this error: the server ends it after FATAL, and what the driver says itself is of the line. */
export function endsSession(error: unknown): boolean {
  const fields = serverErrorFields(error)
  if (fields !== undefined) return fields.severity === 'FATAL' || fields.severity === 'PANIC'
  return byCode.get(codeOf(error) ?? '') === 'connection'
}

/** What kind of failure a driver's error is; `unknown` for everything else. */
export function faultOf(error: unknown): FaultKind {
  const code = codeOf(error)
  if (code === undefined) return 'unknown'
  if (serverErrorFields(error) === undefined) return byCode.get(code) ?? 'unknown'
  return byState.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'unknown'
}

/** Class 22, data exceptions; a division by zero is no conversion. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function refusesValue(error: unknown): boolean {
  const code = serverErrorFields(error) === undefined ? undefined : codeOf(error)
  return code?.startsWith('22') === true && code !== '22012'
}
