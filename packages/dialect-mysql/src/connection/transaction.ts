import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { ClosingStatement, TransactionScope } from '@org/migrate-core/dialect'
import type { Reply } from './drivers/driver.ts'
import { messageOf } from './faults.ts'

/** What a scope needs of its session. */
interface TransactionHost {
  readonly database: string
  /** Sends one statement, whatever the signal says. Undefined: the scope was never begun on the server. */
  send(sql: string): Promise<Reply | undefined>
  /** Sends statements and the commit as one. Absent: the server has no such blocks. */
  sendClosing?(statements: readonly ClosingStatement[]): Promise<void>
  /** What was left to be sent with what comes next. */
  takeNotes(): {
    readonly notes: readonly ClosingStatement[]
    /** They were not sent, or were rolled back. */
    putBack(): void
  }
  /** Why there is nothing to commit any more. */
  ended(): MigrateError | undefined
  throwIfAborted(): void
  /** Gives the connection up: what is open on it is unknown. */
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
  return new MigrateError('COMMIT_FAILED', { database }, message, { cause })
}

/** ER_WARNING_NOT_COMPLETE_ROLLBACK. https://mariadb.com/kb/en/mariadb-error-codes/ */
const incompleteRollback = '1196'

/**
 * Rows of engines without transactions (MyISAM, Aria, MEMORY) stay, and the server only warns.
 * https://dev.mysql.com/doc/refman/8.4/en/nontransactional-tables.html
 *
 * @returns that rows stayed; undefined where all was taken back
 */
async function rollBack(host: TransactionHost, cause?: unknown): Promise<MigrateError<'COMMIT_FAILED'> | undefined> {
  try {
    await host.send('ROLLBACK')
    const warnings = await host.send('SHOW WARNINGS')
    if (!warnings?.rows.some(([, code]) => String(code) === incompleteRollback)) return undefined
  } catch (error) {
    // The end of the connection is the end of its transaction.
    host.abandon(error)
    return undefined
  }
  return (await import('./closing.ts')).incompletelyRolledBack(host.database, cause)
}

async function requireOpen(host: TransactionHost): Promise<void> {
  try {
    const ended = host.ended()
    if (ended !== undefined) throw ended
    host.throwIfAborted()
  } catch (error) {
    throw (await rollBack(host, error)) ?? error
  }
}

async function commitWith(host: TransactionHost, statements: readonly ClosingStatement[]): Promise<undefined> {
  await requireOpen(host)
  const { notes, putBack } = host.takeNotes()
  const all = [...notes, ...statements]
  try {
    await host.sendClosing?.(all)
  } catch (cause) {
    // The block has rolled back, but not where it was killed.
    const incomplete = await rollBack(host, cause)
    const { otherCountIn } = await import('./closing.ts')
    const refused = otherCountIn(cause)
    if (refused === undefined || refused.at >= notes.length) putBack()
    if (incomplete !== undefined) throw incomplete
    throw (refused && all[refused.at]?.unlessOneRow?.(refused.rows)) ?? cause
  }
}

async function commit(host: TransactionHost): Promise<void> {
  await requireOpen(host)
  try {
    await host.send('COMMIT')
  } catch (cause) {
    // Not every failure of COMMIT has rolled back (a full disk, a cluster without a quorum).
    const incomplete = await rollBack(host, cause)
    if (incomplete !== undefined) throw incomplete
    if (isMigrateError(cause)) throw cause
    const message = `the transaction on ${host.database} could not be committed: ${messageOf(cause)}`
    throw new MigrateError('COMMIT_FAILED', { database: host.database }, message, { cause })
  }
}

/** A commit that failed has rolled back already; another transaction may have begun since: each scope ends once. */
export function transactionScope(host: TransactionHost): TransactionScope {
  let isOpen = true
  const once = async (end: () => Promise<unknown>): Promise<undefined> => {
    if (!isOpen) return
    isOpen = false
    await end().finally(host.release)
  }
  return {
    commit: () => once(() => commit(host)),
    ...(host.sendClosing === undefined
      ? {}
      : { commitWith: (statements: readonly ClosingStatement[]) => once(() => commitWith(host, statements)) }),
    rollback: () =>
      once(async () => {
        const incomplete = await rollBack(host)
        if (incomplete !== undefined) throw incomplete
      }),
  }
}
