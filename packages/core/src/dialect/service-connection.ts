import { MigrateError } from '../errors/migrate-error.ts'
import type { BuiltInDialect } from '../model/column-type.ts'
import type { Outcome, Row } from '../model/sql-value.ts'

/** What came of one statement of a service. */
export interface StatementOutcome extends Outcome {
  /** Absent where the statement gives none. */
  readonly rows?: readonly Row[]
  /** The first number that AUTO_INCREMENT gave. */
  readonly insertId?: number
}

/** A connection of a service, on which its transactions run. What it sends ends when the signal given to `begin` says so, in the server too. */
export interface ServiceConnection {
  /** False once the driver knows that the server is gone. */
  readonly isOpen: boolean
  /** Asks the server. */
  alive(): Promise<boolean>
  /** Never throws. */
  close(): Promise<void>
  /** Begins a transaction; `write`: one that is going to write, where the server has to know. */
  begin(how: { readonly write: boolean; readonly signal: AbortSignal | undefined }): Promise<void>
  /** Throws COMMIT_FAILED, also where the server has ended the transaction by itself. */
  commit(): Promise<void>
  /** Never throws: a connection that cannot roll back is given up. */
  rollback(): Promise<void>
  /** Sends one statement with `?` in the places of its values. Throws UNSUPPORTED for one that begins or ends a transaction. */
  send(sql: string, params: readonly unknown[]): Promise<StatementOutcome>
  /** The same for its rows as lists of values, in the order of their columns: two columns may have one name. */
  lists(sql: string, params: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
  /** Sends SAVEPOINT, RELEASE SAVEPOINT or ROLLBACK TO SAVEPOINT; every server has these words. */
  savepoint(sql: string): Promise<void>
}

/** The error for what a service may not send by itself. */
export function refusedOverServiceConnection(
  dialect: BuiltInDialect,
  operation: string,
  why = 'transactions of a service begin and end with the functions that were made for them',
  remedy = 'Use withTransaction, db.transaction, or commit and rollback of the session.',
): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect, operation, why }, `${operation}: ${why}.`, { remedy })
}
