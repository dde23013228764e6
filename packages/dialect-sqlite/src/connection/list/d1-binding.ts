import { type ListDriver, type ListResult, type ListStatement, refusalOf, unanswered } from './statement-list.ts'

interface BoundStatement {
  bind(...values: readonly unknown[]): BoundStatement
  raw(options: { readonly columnNames: true }): Promise<unknown[]>
}

/** What is used of a D1 binding of a Worker: https://developers.cloudflare.com/d1/worker-api/d1-database/ */
export interface D1Binding {
  prepare(sql: string): unknown
  exec(sql: string): unknown
  batch(statements: never): Promise<readonly { readonly results?: readonly Record<string, unknown>[] }[]>
}

const tries = 3

/** D1 through the binding of a Worker, or of Miniflare. */
export function d1Binding(binding: D1Binding, database: string): ListDriver {
  const bound = ({ sql, params }: ListStatement): BoundStatement =>
    (binding.prepare(sql) as BoundStatement).bind(...params)
  const send = async (statements: readonly ListStatement[]): Promise<readonly ListResult[]> => {
    const [only] = statements
    if (only !== undefined && statements.length === 1) {
      const [columns = [], ...rows] = (await bound(only).raw({ columnNames: true })) as unknown[][]
      return [{ columns: columns.map(String), rows }]
    }
    const results = await binding.batch(statements.map(bound) as never)
    return results.map(({ results: rows = [] }) => ({
      columns: Object.keys(rows[0] ?? {}),
      rows: rows.map((row) => Object.values(row)),
    }))
  }
  return {
    async run(statements, { repeatable }) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await send(statements)
        } catch (cause) {
          const refusal = refusalOf(cause instanceof Error ? cause.message : String(cause))
          if (refusal !== undefined) throw refusal
          if (!repeatable || attempt === tries) throw unanswered(database, cause)
        }
      }
    },
  }
}
