import type { Condition } from '../compile/own-rows.ts'
import type { ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import type { ClosingStatement, Session } from '../dialect/session.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
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

/** Touches the row of the lock in the open transaction. Without a fence nothing has to prove it. Throws LOCK_LOST where it is not ours any more. */
export async function stampLock(session: Session, fence: Fence | undefined, revision?: string): Promise<void> {
  if (fence === undefined) return
  const { sql, params } = fence.stamp(revision)
  const { changes } = await session.execute(sql, params)
  if (changes !== 1) throw fence.taken()
}

interface LostLockContext {
  readonly fence?: Fence | undefined
  readonly session: ServerSession
  readonly resolved: { readonly dialect: UnloadedDialect }
  readonly options: { readonly signal?: AbortSignal | undefined }
}

/**
 * A takeover of the lock on another node of a cluster aborts the open transaction, and the server calls that a deadlock.
 * Dropping the table of the lock takes it away too, and the missing table belongs to no revision. Once it is rolled back the row
 * tells. Throws LOCK_LOST where it was so.
 */
export async function reportLostLock(
  { fence, session, resolved, options: { signal } }: LostLockContext,
  error: unknown,
): Promise<void> {
  // What a statement that was under way says when it is called off is not why the run ends.
  if (isMigrateError(signal?.reason, 'LOCK_LOST')) throw signal.reason
  if (fence === undefined || !session.isOpen || !isMigrateError(error, 'STATEMENT_FAILED')) return
  const { fault } = error.details
  if (fault !== 'missing' && !(fault === 'deadlock' && fence.stampFirst)) return
  await stampLock(session, fence).catch((why: unknown) => {
    if (isMigrateError(why, 'LOCK_LOST')) throw why
    if (fault === 'missing' && resolved.dialect.errors.kindOf(why) === 'missing') throw fence.taken()
  })
}
