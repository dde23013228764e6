import type { SqlValue } from '@org/migrate-core/dialect'
import { classify, quote } from '@org/migrate-dialect-mysql/internal'
import type { MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Runner, Tables } from '../connect/remote.ts'
import { listedRows, type RowDatabase, requireDialect, type StepText } from '../connect/step-rows.ts'
import { remote } from './remote.ts'

/** SQL of a step is standard SQL until it is sent: a backslash in a text is a backslash. Drizzle's names stand in backticks. */
const text: StepText = { grammar: { backticks: true }, quote: (name) => quote.identifier(name).text }

function runnerOf(db: RowDatabase): Runner {
  return {
    lists: (sql, params) => listedRows(db, sql, params, text),
    async send(sql, params) {
      const values = params as readonly SqlValue[]
      return classify(sql) === 'query' ? { rows: await db.query(sql, values), changes: 0 } : db.execute(sql, values)
    },
    async inserted(sql, params) {
      const { changes } = await db.execute(sql, params as readonly SqlValue[])
      const [row] = await db.query('SELECT LAST_INSERT_ID() AS id')
      return { changes, insertId: Number(row?.id ?? 0) }
    },
    transaction: (body) => db.transaction((inner) => body(runnerOf(inner))),
  }
}

/**
 * A typed Drizzle instance on the database of a data step, for MySQL and MariaDB. Everything goes through the step's own `query`
 * and `execute`: what they refuse stays refused, `transaction` is a savepoint, and after the step it is dead.
 *
 * A statement of your own SQL (`db.execute(sql`…`)`) gives what the driver would: a list with the rows, or with what changed. Columns
 * of JSON in the relations of `db.query` (its `with`) are not read exactly: select them from their own table.
 *
 * Throws WRONG_DIALECT on another database; ask `db.dialect` first, or record the step in `op.on({ mysql(op) {…} })`.
 *
 * ```ts
 * op.run('lower the names', async (db) => {
 *   const drizzle = drizzleOf(db)
 *   for (const { id, name } of await drizzle.select().from(tags))
 *     await drizzle.update(tags).set({ name: name.toLowerCase() }).where(eq(tags.id, id))
 * })
 * ```
 */
export function drizzleOf<S extends Tables = Record<string, never>>(
  db: RowDatabase,
  options: QueryOptions<S> = {},
): MySqlRemoteDatabase<S> {
  requireDialect(db, 'mysql', options)
  return remote(runnerOf(db), options)
}
