import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { type ErrorLocation, isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'

/** What a server says beside its message: which objects stand in the way. */
function detailOf(cause: unknown): string {
  const detail = typeof cause === 'object' && cause !== null && 'detail' in cause ? cause.detail : undefined
  return typeof detail === 'string' && detail !== '' ? ` (${detail.replaceAll('\n', '; ')})` : ''
}

/** A driver's error as ours, with what was being done; ours with what it did not know yet. */
export function statementError(
  dialect: Dialect,
  cause: unknown,
  location: ErrorLocation & { operation: string },
  remedy?: string,
): MigrateError {
  if (isMigrateError(cause)) return locate(cause, location)
  const text = cause instanceof Error ? cause.message : String(cause)
  const fault = dialect.faultOf(cause)
  const details = { fault, database: dialect.database }
  // Beside a violated constraint it holds values of the row.
  const more = fault === 'unknown' ? detailOf(cause) : ''
  return new MigrateError('STATEMENT_FAILED', details, `${location.operation} failed: ${text}${more}`, {
    cause,
    location,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

/** The same session for statements of our own: what fails names what it was for, and the statement. */
export function describedSession(dialect: Dialect, session: Session, operation: string): Session {
  const told =
    (sql: string) =>
    (cause: unknown): never => {
      throw statementError(dialect, cause, { operation, sql })
    }
  return {
    get open() {
      return session.open
    },
    query: (sql, params) => session.query(sql, params).catch(told(sql)),
    execute: (sql, params) => session.execute(sql, params).catch(told(sql)),
    ...(session.together === undefined
      ? {}
      : {
          together: (statements) =>
            session.together?.(statements).catch(told(statements.map(({ sql }) => sql).join('; '))) ??
            Promise.resolve([]),
        }),
    begin: (options) => session.begin(options),
    savepoint: (body) => session.savepoint(body),
    ...(session.schemaToken === undefined ? {} : { schemaToken: () => session.schemaToken?.() ?? Promise.resolve('') }),
    ...(session.checkDeferred === undefined
      ? {}
      : { checkDeferred: () => session.checkDeferred?.().catch(told('')) ?? Promise.resolve() }),
    ...(session.limit === undefined ? {} : { limit: (limits) => session.limit?.(limits) ?? Promise.resolve() }),
    copy: (copy, options) => session.copy(copy, options),
    close: () => session.close(),
  }
}
