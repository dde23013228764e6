import { MigrateError } from '@org/migrate-core/connection'

/** One statement for D1: its texts are bound, almost every other value stands in the SQL. */
export interface ListStatement {
  readonly sql: string
  readonly params: readonly (string | number)[]
}

export interface ListResult {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** How D1 is reached. */
export interface ListDriver {
  /**
   * Sends the statements as one transaction, which is undone where one of them fails. `repeatable`: they leave nothing, and are sent
   * again where no answer came. Throws D1Refusal; CONNECTION_LOST where it is not known whether they ran; DATABASE_UNREACHABLE where
   * they were not sent.
   */
  run(statements: readonly ListStatement[], options: { readonly repeatable: boolean }): Promise<readonly ListResult[]>
}

/** What the engine refused: nothing of the list was done. */
export class D1Refusal extends Error {
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

const ending = /: (SQLITE_\w+)(?: \(extended: (SQLITE_\w+)\))?$/

/** The engine's answer to a list; undefined: it is no answer of the engine, and the list may have been done. */
export function refusalOf(text: string): D1Refusal | undefined {
  const message = text.replace(/^D1_ERROR: /, '')
  const match = ending.exec(message)
  if (match !== null) return new D1Refusal(message.slice(0, match.index), match[2] ?? match[1] ?? 'SQLITE_ERROR')
  // The runtime refuses these before SQLite sees them.
  return /^(?:To execute a transaction, please use|Wrong number of parameter bindings|SQL code did not contain a statement)/.test(
    message,
  )
    ? new D1Refusal(message, 'SQLITE_ERROR')
    : undefined
}

export function unanswered(database: string, cause: unknown): MigrateError<'CONNECTION_LOST'> {
  const what = 'a statement list'
  const message = `${database} did not answer ${what}: it may have been done all the same`
  return new MigrateError('CONNECTION_LOST', { database, what }, message, { cause })
}
