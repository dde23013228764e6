import { TransactionRollbackError } from 'drizzle-orm'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'

/** What runs the statements of a Drizzle instance. Rows are lists of values, in the order of the result's columns. */
export interface Runner {
  rows(sql: string, params: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
  run(sql: string, params: readonly unknown[]): Promise<{ readonly changes: number }>
  /** All of the body or nothing: a transaction, or a savepoint inside one. */
  transaction<T>(body: (inner: Runner) => Promise<T>): Promise<T>
}

export type Tables = Record<string, unknown>

interface Prepared {
  queryWithCache?: unknown
}

/**
 * Drizzle wraps what a query throws into an error of its own, whose message holds every value of the query: secrets do not
 * belong into messages, and a MigrateError has to arrive as one. It does so where it would look into its cache.
 */
function plainErrors<D extends object>(db: D): D {
  const { session } = db as { readonly session?: { prepareQuery?: (...given: readonly unknown[]) => Prepared } }
  const prepare = session?.prepareQuery?.bind(session)
  if (session === undefined || prepare === undefined) return db
  session.prepareQuery = (...given) =>
    Object.assign(prepare(...given), {
      queryWithCache: (_sql: string, _params: unknown, query: () => Promise<unknown>) => query(),
    })
  return db
}

/** Sends Drizzle's queries through `runner`; transactions too, so that nothing of Drizzle's own begins or commits. */
export function remote<S extends Tables = Record<string, never>>(runner: Runner, schema?: S): SqliteRemoteDatabase<S> {
  type Method = 'run' | 'all' | 'values' | 'get'
  const send = async (sql: string, params: readonly unknown[], method: Method): Promise<{ rows: unknown[] }> => {
    if (method === 'run') {
      await runner.run(sql, params)
      return { rows: [] }
    }
    const rows = await runner.rows(sql, params)
    // For a single row Drizzle wants the row itself, and takes `undefined` for none although its type has no word for it.
    return { rows: method === 'get' ? (rows[0] as unknown[]) : [...rows] }
  }
  const batch = async (queries: readonly { sql: string; params: readonly unknown[]; method: Method }[]) =>
    runner.transaction(async (inner) => {
      const results: { rows: unknown[] }[] = []
      for (const { sql, params, method } of queries) {
        if (method === 'run') await inner.run(sql, params)
        results.push({ rows: method === 'run' ? [] : [...(await inner.rows(sql, params))] })
      }
      return results
    })
  const db = plainErrors(drizzle<S>(send, batch, schema === undefined ? {} : { schema }))
  return Object.assign(db, {
    transaction: (body: (tx: unknown) => Promise<unknown>) =>
      runner.transaction((inner) =>
        body(
          Object.assign(remote(inner, schema), {
            rollback: () => {
              throw new TransactionRollbackError()
            },
          }),
        ),
      ),
  }) as SqliteRemoteDatabase<S>
}
