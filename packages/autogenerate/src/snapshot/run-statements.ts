import { isMigrateError } from '@org/migrate-core'
import type { Dialect, Session } from '@org/migrate-core/dialect'
import { statementError, inTransaction as transaction } from '@org/migrate-core/internal'

interface RunningStatements {
  /** Where they come from, for people. */
  readonly file: string
  readonly signal?: AbortSignal
  /** Proves before each statement that the lock is still held. */
  readonly check?: () => Promise<void>
  /** A transaction is open, and undoes what fails. */
  readonly inTransaction?: boolean
}

/** In one go, where the server takes them so. False: one of them fails, and nothing of them is left. */
async function sendTogether(session: Session, statements: readonly string[]): Promise<boolean> {
  const { together } = session
  if (together === undefined) return false
  return session
    .savepoint(() =>
      together.call(
        session,
        statements.map((sql) => ({ sql })),
      ),
    )
    .then(
      () => true,
      () => false,
    )
}

const shownLength = 80

/** Runs statements one after the other. Throws STATEMENT_FAILED with the statement, and the reason of the signal. */
export async function runStatements(
  dialect: Dialect,
  session: Session,
  statements: readonly string[],
  { file, signal, check, inTransaction = false }: RunningStatements,
): Promise<void> {
  if (inTransaction && (await sendTogether(session, statements))) return
  for (const sql of statements) {
    signal?.throwIfAborted()
    await check?.()
    await session.execute(sql).catch((cause: unknown) => {
      if (isMigrateError(cause) || (signal?.aborted && cause === signal.reason)) throw cause
      const [first = ''] = sql.split('\n')
      const operation = `${file}: ${first.slice(0, shownLength)}`
      throw statementError(
        dialect,
        cause,
        { operation, sql },
        { remedy: 'Write the snapshot again with `migrate upgrade`, and load that one.' },
      )
    })
  }
}

/** PostgreSQL holds a lock for each new table until the end of the transaction, in a table of locks of a fixed size. */
const statementsOfTransaction = 500

/** The same in transactions where DDL can be: SQLite writes its file for each of them, not for each statement. */
export async function runInTransactions(
  dialect: Dialect,
  session: Session,
  statements: readonly string[],
  options: Omit<RunningStatements, 'inTransaction'>,
): Promise<void> {
  if (dialect.capabilities.transactionalDdl === 'implicitCommit')
    return runStatements(dialect, session, statements, options)
  for (let at = 0; at < statements.length; at += statementsOfTransaction) {
    const part = statements.slice(at, at + statementsOfTransaction)
    await transaction(session, {}, () => runStatements(dialect, session, part, { ...options, inTransaction: true }))
  }
}
