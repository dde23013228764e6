import { isMigrateError, MigrateError, type TransactionScope } from '@org/migrate-core/dialect'
import { messageOf } from './faults.ts'

/** What a scope needs of its session. */
export interface Held {
  readonly database: string
  /** Sends one statement, whatever the signal says. */
  send(sql: string): Promise<void>
  /** Why there is nothing to commit any more. */
  ended(): MigrateError | undefined
  throwIfAborted(): void
  /** Gives the connection up: nobody knows what is open on it. */
  abandon(why: unknown): void
  /** The scope is over, however it ended. */
  release(): void
}

/**
 * The server has rolled back, or committed, by itself: after a deadlock it takes back everything, and what came next would run,
 * and stay, each for itself. https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
 */
export function endedByItself(database: string, cause?: unknown): MigrateError<'COMMIT_FAILED'> {
  const message = `${database} ended the open transaction by itself${cause === undefined ? '' : `: ${messageOf(cause)}`}`
  return new MigrateError('COMMIT_FAILED', { database }, message, cause === undefined ? {} : { cause })
}

async function rollBack(held: Held): Promise<void> {
  try {
    await held.send('ROLLBACK')
  } catch (error) {
    // The end of the connection is the end of its transaction.
    held.abandon(error)
  }
}

async function commit(held: Held): Promise<void> {
  try {
    const ended = held.ended()
    if (ended !== undefined) throw ended
    held.throwIfAborted()
  } catch (error) {
    await rollBack(held)
    throw error
  }
  try {
    await held.send('COMMIT')
  } catch (cause) {
    // Not every failure of COMMIT has rolled back (a full disk, a cluster without a quorum).
    await rollBack(held)
    if (isMigrateError(cause)) throw cause
    const message = `the transaction on ${held.database} could not be committed: ${messageOf(cause)}`
    throw new MigrateError('COMMIT_FAILED', { database: held.database }, message, { cause })
  }
}

/** A commit that failed has rolled back already; another transaction may have begun since: each scope ends once. */
export function transactionScope(held: Held): TransactionScope {
  let open = true
  const once =
    (end: (held: Held) => Promise<void>): (() => Promise<void>) =>
    async () => {
      if (!open) return
      open = false
      await end(held).finally(held.release)
    }
  return { commit: once(commit), rollback: once(rollBack) }
}
