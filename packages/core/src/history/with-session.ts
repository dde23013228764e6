import { faultRemedy, faultText } from '../compile/statement-error.ts'
import type { ConnectOptions, ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import type { FaultKind } from '../dialect/errors.ts'
import type { Session, TransactionOptions } from '../dialect/session.ts'
import { isMigrateError, MigrateError, reasonOf } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'
import { loadParts, type ResolvedOptions, resolveForDialect, type UnloadedOptions } from '../options/resolve-options.ts'
import { ownTables } from './own-tables.ts'

/** Opens a session, works with it, closes it. A driver's error without a more precise description becomes a MigrateError. */
export async function withDialectSession<T>(
  dialect: UnloadedDialect,
  options: ConnectOptions,
  work: (session: ServerSession, spoken: UnloadedDialect) => Promise<T>,
  describe = (cause: unknown): unknown => describeDriverError(dialect, cause),
): Promise<T> {
  const rethrow = (cause: unknown): never => {
    const reason = reasonOf(cause, options.signal)
    if (options.signal?.aborted && reason === options.signal.reason) throw reason
    throw describe(reason)
  }
  const session = await dialect.connection.connect(options).catch(rethrow)
  try {
    return await work(session, session.dialect ?? dialect)
  } catch (cause) {
    return rethrow(cause)
  } finally {
    await session.close()
  }
}

/** The same for a migrator, with the dialect that its server speaks. */
export function withUnloadedSession<T>(
  resolved: UnloadedOptions,
  options: ConnectOptions,
  work: (session: ServerSession, resolved: UnloadedOptions) => Promise<T>,
): Promise<T> {
  return withDialectSession(
    resolved.dialect,
    options,
    (session, spoken) => work(session, resolveForDialect(resolved, spoken)),
    (cause) => describeError(resolved, options.purpose, cause),
  )
}

/** The same for work that may plan or run steps: the dialect has all its parts. */
export function withSession<T>(
  resolved: UnloadedOptions,
  options: ConnectOptions,
  work: (session: ServerSession, resolved: ResolvedOptions) => Promise<T>,
): Promise<T> {
  return withUnloadedSession(resolved, options, async (session, here) => work(session, await loadParts(here)))
}

/** Work in a transaction of its own, which is rolled back where the work or the commit fails. */
export async function inTransaction<T>(
  session: Session,
  options: TransactionOptions,
  work: () => Promise<T>,
): Promise<T> {
  const scope = await session.begin(options)
  try {
    const result = await work()
    await scope.commit()
    return result
  } catch (error) {
    // The session's close rolls back as well: the first failure is the one to tell.
    await scope.rollback().catch(() => undefined)
    throw error
  }
}

/** A driver's error as ours; any other error as it is. */
export function describeError(resolved: UnloadedOptions, purpose: ConnectOptions['purpose'], cause: unknown): unknown {
  return describeDriverError(resolved.dialect, cause, (fault) => {
    const table =
      fault === 'permission' && purpose === 'inspect' ? namedTable(resolved, thrownMessage(cause)) : undefined
    return table === undefined ? '' : `this user lacks SELECT on ${table}: `
  })
}

/** The same where there is no migrator. */
export function describeDriverError(
  dialect: UnloadedDialect,
  cause: unknown,
  lacks = (_fault: FaultKind): string => '',
): unknown {
  if (isMigrateError(cause)) return cause
  const fault = dialect.errors.kindOf(cause)
  if (fault === 'unknown' && !isDriverError(cause)) return cause
  return unexpected(dialect, fault, cause, lacks(fault))
}

/** The table of ours that a server's message names. */
function namedTable(resolved: UnloadedOptions, text: string): string | undefined {
  const tokens = new Set(text.split(/[\s"'`.]+/))
  return ownTables(resolved).find(({ ref }) => tokens.has(ref.name))?.ref.name
}

/** Of an error of MariaDB alone, mysql2 knows the number, and no name. */
function isDriverError(error: unknown): boolean {
  const { code, errno } = error instanceof Error ? (error as { code?: unknown; errno?: unknown }) : {}
  return typeof code === 'string' || typeof errno === 'number'
}

function unexpected(dialect: UnloadedDialect, fault: FaultKind, cause: unknown, lacks: string): MigrateError {
  const text = faultText(dialect, cause)
  const { database } = dialect.connection
  if (fault === 'corrupt') {
    return new MigrateError('DATABASE_DAMAGED', { database }, `${database} is damaged: ${text}`, { cause })
  }
  return new MigrateError('STATEMENT_FAILED', { fault, database }, `${database}: ${lacks}${text}`, {
    cause,
    // No statement of a revision: those have errors of their own.
    remedy: 'Correct what the message names, and run it again.',
    ...faultRemedy(dialect, fault, cause),
  })
}
