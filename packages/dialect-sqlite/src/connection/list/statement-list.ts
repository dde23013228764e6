import { setTimeout as sleep } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'

/** One statement of a list: its texts are bound, almost every other value stands in the SQL. */
export interface ListStatement {
  readonly sql: string
  readonly params: readonly (string | number)[]
}

export interface ListResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** How the engine is reached. */
export interface ListDriver {
  /**
   * Sends the statements as one transaction, which is undone where one of them fails. `repeatable`: they leave nothing, and are sent
   * again where no answer came. Throws ListRefusal; CONNECTION_LOST where it is not known whether they ran; DATABASE_UNREACHABLE where
   * they were not sent.
   */
  run(statements: readonly ListStatement[], options: { readonly repeatable: boolean }): Promise<readonly ListResult[]>
}

/** What the engine refused: nothing of the list was done. */
export class ListRefusal extends Error {
  readonly code: string
  /** Which of the statements was refused, where the engine says it. */
  readonly at: number | undefined

  constructor(message: string, code: string, at?: number) {
    super(message)
    this.code = code
    this.at = at
  }
}

const ending = /: (SQLITE_\w+)(?: \(extended: (SQLITE_\w+)\))?$/

/** The engine's answer to a list; undefined: it is no answer of the engine, and the list may have been done. */
export function refusalOf(text: string): ListRefusal | undefined {
  const message = text.replace(/^D1_ERROR: /, '')
  const match = ending.exec(message)
  if (match !== null) return new ListRefusal(message.slice(0, match.index), match[2] ?? match[1] ?? 'SQLITE_ERROR')
  // The runtime refuses these before SQLite sees them.
  return /^(?:To execute a transaction, please use|Wrong number of parameter bindings|SQL code did not contain a statement)/.test(
    message,
  )
    ? new ListRefusal(message, 'SQLITE_ERROR')
    : undefined
}

export function unanswered(database: string, cause: unknown): MigrateError<'CONNECTION_LOST'> {
  const what = 'a statement list'
  const message = `${database} did not answer ${what}: it may have been done all the same`
  return new MigrateError('CONNECTION_LOST', { database, what }, message, { cause })
}

/** What says that a request did not leave. */
const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** The code of an error of `fetch` where the request did not leave; undefined: it may have. Node has it at the cause, Bun at the error. */
export function unsentCode(error: unknown): string | undefined {
  const coded = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } } | undefined
  return [coded?.code, coded?.cause?.code].find((code) => typeof code === 'string' && unsent.has(code)) as
    | string
    | undefined
}

export function unreachable(database: string, why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> {
  return new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot reach ${database}: ${why}`, { cause })
}

/** It answered, and takes this token no sooner at the next try. */
export function tokenRefused(database: string, why: string): MigrateError<'DATABASE_UNREACHABLE'> {
  const message = `cannot reach ${database}: ${why}`
  return new MigrateError('DATABASE_UNREACHABLE', { database, why, isRefused: true }, message)
}

/** An answer, or what may be tried again: at once where nothing was applied, else only what leaves nothing. */
export type Attempt =
  | { readonly results: readonly ListResult[] }
  | { readonly error: Error; readonly applied: 'no' | 'unknown' }

const tries = 4

/** Asks until there is an answer. */
export async function withTries(
  attempt: () => Promise<Attempt>,
  { repeatable }: { readonly repeatable: boolean },
): Promise<readonly ListResult[]> {
  for (let count = 1; ; count += 1) {
    const outcome = await attempt()
    if ('results' in outcome) return outcome.results
    if (count === tries || (outcome.applied === 'unknown' && !repeatable)) throw outcome.error
    await sleep(100 * 4 ** (count - 1))
  }
}
