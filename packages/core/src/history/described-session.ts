import { statementError } from '../compile/statement-error.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'

/** The same session for statements of our own: what fails names what it was for, and the statement. */
export function describedSession(dialect: UnloadedDialect, session: Session, operation: string): Session {
  const rethrow =
    (sql: string) =>
    (cause: unknown): never => {
      throw statementError(dialect, cause, { operation, sql })
    }
  return {
    get isOpen() {
      return session.isOpen
    },
    query: (sql, params) => session.query(sql, params).catch(rethrow(sql)),
    execute: (sql, params) => session.execute(sql, params).catch(rethrow(sql)),
    ...(session.together === undefined
      ? {}
      : {
          together: (statements) =>
            session.together?.(statements).catch(rethrow(statements.map(({ sql }) => sql).join('; '))) ??
            Promise.resolve([]),
        }),
    ...(session.later === undefined ? {} : { later: (note) => session.later?.(note) }),
    begin: (options) => session.begin(options),
    savepoint: (body) => session.savepoint(body),
    ...(session.schemaToken === undefined ? {} : { schemaToken: () => session.schemaToken?.() ?? Promise.resolve('') }),
    ...(session.checkDeferred === undefined
      ? {}
      : { checkDeferred: () => session.checkDeferred?.().catch(rethrow('')) ?? Promise.resolve() }),
    ...(session.limit === undefined ? {} : { limit: (limits) => session.limit?.(limits) ?? Promise.resolve() }),
    copy: (copy, options) => session.copy(copy, options),
    close: () => session.close(),
  }
}
