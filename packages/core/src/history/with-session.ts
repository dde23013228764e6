import { faultRemedy, faultText } from '../compile/statement-error.ts'
import type { ConnectOptions, ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import type { FaultKind } from '../dialect/errors.ts'
import type { Session, TransactionOptions } from '../dialect/session.ts'
import { isMigrateError, MigrateError, reasonOf } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'
import { loadParts, type ResolvedOptions, resolveForDialect, type UnloadedOptions } from '../options/resolve-options.ts'
import { ownTables } from './own-tables.ts'

/** Opens a session, works with the dialect that its server speaks, closes it. A driver's error without a more precise description becomes a MigrateError. */
export async function withUnloadedSession<T>(
  resolved: UnloadedOptions,
  options: ConnectOptions,
  work: (session: ServerSession, resolved: UnloadedOptions) => Promise<T>,
): Promise<T> {
  const { dialect } = resolved
  const rethrow = (cause: unknown): never => {
    const reason = reasonOf(cause, options.signal)
    if (options.signal?.aborted && reason === options.signal.reason) throw reason
    throw describeError(resolved, options.purpose, reason)
  }
  const session = await dialect.connection.connect(options).catch(rethrow)
  try {
    return await work(session, resolveForDialect(resolved, session.dialect ?? dialect))
  } catch (cause) {
    return rethrow(cause)
  } finally {
    await session.close()
  }
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
  if (isMigrateError(cause)) return cause
  const { dialect } = resolved
  const fault = dialect.errors.kindOf(cause)
  if (fault === 'unknown' && !isDriverError(cause)) return cause
  const table = fault === 'permission' && purpose === 'inspect' ? namedTable(resolved, thrownMessage(cause)) : undefined
  return unexpected(dialect, fault, cause, table === undefined ? '' : `this user lacks SELECT on ${table}: `)
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
    ...faultRemedy(dialect, fault, cause),
  })
}
