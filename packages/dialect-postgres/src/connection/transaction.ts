import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import type { TransactionScope } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'
import { faultOf, fullMessageOf, messageOf, violation } from './faults.ts'

/** BEGIN inside a transaction is a warning with this code, and the transaction continues. */
export const alreadyInTransaction = '25001'

/** COMMIT and ROLLBACK outside a transaction are a warning with this code. */
export const noTransaction = '25P01'

async function raisesNotice(connection: Connection, sql: string, code: string, several = false): Promise<boolean> {
  connection.takeNotices()
  await connection.send(sql, [], { several })
  return connection.takeNotices().includes(code)
}

/** Begins a transaction, with `begin` where it says more than BEGIN. Throws ALREADY_IN_TRANSACTION, also where another than ours has been begun on this connection. */
export async function openTransaction(connection: Connection, begin?: string): Promise<void> {
  try {
    if (await raisesNotice(connection, begin ?? 'BEGIN', alreadyInTransaction, begin !== undefined))
      throw nested(connection)
  } catch (error) {
    // It was begun, and a setting in it was refused.
    if (begin !== undefined && connection.isOpen) await connection.send('ROLLBACK')
    throw error
  }
}

export function nested({ database }: Connection): MigrateError<'ALREADY_IN_TRANSACTION'> {
  const message = `${database} already has a transaction open on this connection`
  return new MigrateError('ALREADY_IN_TRANSACTION', { database }, message)
}

export function failed({ database }: Connection, why: string, cause?: unknown): MigrateError<'COMMIT_FAILED'> {
  const message = `the transaction on ${database} could not be committed: ${why}`
  return new MigrateError('COMMIT_FAILED', { database }, message, { cause })
}

/**
 * Commits. The server answers COMMIT of a transaction in which a statement failed with ROLLBACK, and COMMIT outside one with a
 * warning: both are no error to the driver. Throws COMMIT_FAILED, and what deferred constraints say of rows.
 */
async function commit(connection: Connection): Promise<void> {
  connection.takeNotices()
  const answer = await connection.send('COMMIT').catch((cause: unknown) => {
    // Whether it was committed is not known then.
    if (isMigrateError(cause)) throw cause
    throw violation(cause) ?? failed(connection, messageOf(cause), cause)
  })
  if (answer.command === 'ROLLBACK') throw failed(connection, failedBefore)
  if (connection.takeNotices().includes(noTransaction)) throw failed(connection, endedBefore)
}

export const failedBefore = 'a statement in it had failed, so it was rolled back'
export const endedBefore = 'it had been ended before'

/** A lost session rolled back by itself. */
async function rollBack(connection: Connection): Promise<void> {
  try {
    if (connection.isOpen) await connection.send('ROLLBACK')
  } catch (error) {
    if (!isMigrateError(error, 'CONNECTION_LOST')) throw error
  }
}

/** The open transaction as the one who began it ends it; `ended` is told how. Once the signal has spoken it is not committed. */
export function scopeOf(
  connection: Connection,
  signal: AbortSignal | undefined,
  ended: (how: 'committed' | 'rolledBack') => void,
  commitWith?: NonNullable<TransactionScope['commitWith']>,
): TransactionScope {
  let over = false
  const closing: Pick<TransactionScope, 'commitWith'> =
    commitWith === undefined
      ? {}
      : {
          commitWith: async (statements, next) => {
            if (over) throw failed(connection, endedBefore)
            over = true
            if (signal?.aborted) {
              try {
                await rollBack(connection)
              } finally {
                ended('rolledBack')
              }
              throw signal.reason
            }
            return commitWith(statements, next)
          },
        }
  return {
    ...closing,
    commit: async () => {
      if (over) throw failed(connection, endedBefore)
      over = true
      let how: 'committed' | 'rolledBack' = 'rolledBack'
      try {
        if (signal?.aborted) {
          await rollBack(connection)
          throw signal.reason
        }
        await commit(connection)
        how = 'committed'
      } finally {
        ended(how)
      }
    },
    rollback: async () => {
      // A commit that failed has rolled back already; another transaction may have begun since.
      if (over) return
      over = true
      try {
        await rollBack(connection)
      } finally {
        ended('rolledBack')
      }
    },
  }
}

/** Every statement after one that failed, up to the end of the transaction or of the savepoint. */
export const aborted = '25P02'

/** The first statement that failed in an open transaction. */
export interface Failed {
  readonly error: unknown
  readonly sql: string
}

/** The server only says that something failed before: what it was is what has to be fixed. */
export function afterFailure(database: string, { error, sql }: Failed): MigrateError<'STATEMENT_FAILED'> {
  const remedy = 'Run the statement that may fail inside db.transaction(), which is a savepoint.'
  return new MigrateError(
    'STATEMENT_FAILED',
    { fault: faultOf(error), database },
    `The transaction takes no more statements, since one failed before and its error was passed over: ${fullMessageOf(error)}`,
    { cause: error, location: { sql }, remedy },
  )
}

/**
 * The initially deferred constraints by their qualified names. SET CONSTRAINTS takes every constraint of that name in the schema,
 * and refuses the name if one of them is not deferrable: those stay immediate for the rest of the transaction.
 */
export const deferredNames = `SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.conname)
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.condeferred AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_constraint o
  WHERE o.connamespace = c.connamespace AND o.conname = c.conname AND NOT o.condeferrable)`

/**
 * Checks what the transaction has put off, and puts off again what follows: DDL on a table whose checks are still to come is
 * refused (55006, "pending trigger events"). Throws FOREIGN_KEY_VIOLATION and BLOCKING_ROWS, which name the row.
 */
export async function checkDeferred(connection: Connection, signal?: AbortSignal): Promise<void> {
  // Both are on their way before the first is answered: one round trip where nothing is initially deferred.
  const checked = connection.send('SET CONSTRAINTS ALL IMMEDIATE', [], { signal })
  const [outcome, names] = await Promise.allSettled([checked, connection.send(deferredNames, [], { signal })])
  if (outcome.status === 'rejected') {
    throw isMigrateError(outcome.reason) ? outcome.reason : (violation(outcome.reason) ?? outcome.reason)
  }
  if (names.status === 'rejected') throw names.reason
  const deferred = names.value.map(([name]) => name)
  if (deferred.length > 0) await connection.send(`SET CONSTRAINTS ${deferred.join(', ')} DEFERRED`)
}
