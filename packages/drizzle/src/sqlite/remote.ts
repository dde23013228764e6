import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { type Runner, type Tables, withTransactions } from '../connect/remote.ts'

/** Sends Drizzle's queries through `runner`; transactions too, so that nothing of Drizzle's own begins or commits. */
export function remote<S extends Tables = Record<string, never>>(runner: Runner, schema?: S): SqliteRemoteDatabase<S> {
  type Method = 'run' | 'all' | 'values' | 'get'
  const send = async (sql: string, params: readonly unknown[], method: Method): Promise<{ rows: unknown[] }> => {
    if (method === 'run') {
      await runner.send(sql, params)
      return { rows: [] }
    }
    const rows = await runner.lists(sql, params)
    // For a single row Drizzle wants the row itself, and takes `undefined` for none although its type has no word for it.
    return { rows: method === 'get' ? (rows[0] as unknown[]) : [...rows] }
  }
  const batch = async (queries: readonly { sql: string; params: readonly unknown[]; method: Method }[]) =>
    runner.transaction(async (inner) => {
      const results: { rows: unknown[] }[] = []
      for (const { sql, params, method } of queries) {
        if (method === 'run') await inner.send(sql, params)
        results.push({ rows: method === 'run' ? [] : [...(await inner.lists(sql, params))] })
      }
      return results
    })
  const db = drizzle<S>(send, batch, schema === undefined ? {} : { schema })
  return withTransactions(db, runner, (inner) => remote(inner, schema))
}
