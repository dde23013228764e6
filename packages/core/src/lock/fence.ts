import type { Condition } from '../compile/own-rows.ts'
import type { ClosingStatement } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { Statement } from '../sql/statement.ts'

/** What proves that the lock is still held. */
export interface LockProof {
  /** Before a statement that commits by itself is sent. Throws LOCK_LOST. */
  check(): Promise<void>
  /** After code of an author ran on the session, which could have released the lock. Throws LOCK_LOST. */
  prove(): Promise<void>
  /** The same as one of the last statements of a transaction, where the lock is of a session that can ask so. */
  readonly closing?: ClosingStatement
  /** When the run has ended. */
  end(): Promise<void>
}

/** What a run writes its bookkeeping under: who has lost the lock writes nothing more, and so commits nothing. */
export interface Fence extends Omit<LockProof, 'end'> {
  readonly epoch: bigint
  /** For rows that are written in a transaction of their own. */
  readonly held: Condition
  /**
   * Touches one row while the lock is ours, and keeps it so up to the end of the transaction. A lease is stamped first: no run may
   * take over while the transaction is open. Where the session's lock is the proof it is stamped last, for one round trip less.
   */
  readonly stamp: (revision: string | undefined) => Statement
  readonly stampFirst: boolean
  /**
   * The same as `stamp` for the last transaction of a plan, which gives the row back with its commit. Absent: the row is a lease, which
   * ends after all that is written under it.
   */
  readonly stampLast?: () => Statement
  /** The plan is executed: what `stampLast` gave is committed. */
  end(): void
  /** The error for a write that touched nothing. */
  taken(): MigrateError<'LOCK_LOST'>
}

export const lockTaken = (database: string): MigrateError<'LOCK_LOST'> =>
  lockLost(database, 'another run has taken it, or taken it away')

export function lockLost(database: string, why: string): MigrateError<'LOCK_LOST'> {
  return new MigrateError('LOCK_LOST', { database, why }, `The lock of ${database} was lost: ${why}.`)
}
