import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar, quote } from '@org/migrate-dialect-postgres/internal'
import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import type { QueryOptions } from '../connect/query-options.ts'
import type { Runner, Tables } from '../connect/remote.ts'
import { listedRows, type RowDatabase, requireDialect, type StepText } from '../connect/step-rows.ts'
import { givesRows, remote } from './remote.ts'

const text: StepText = { grammar, quote: (name) => quote.identifier(name).text }

function runnerOf(db: RowDatabase): Runner {
  return {
    lists: (sql, params) => listedRows(db, sql, params, text),
    async send(sql, params) {
      const values = params as readonly SqlValue[]
      return givesRows(sql) ? { rows: await db.query(sql, values), changes: 0 } : db.execute(sql, values)
    },
    transaction: (body) => db.transaction((inner) => body(runnerOf(inner))),
  }
}

/**
 * A typed Drizzle instance on the database of a data step, for PostgreSQL. Everything goes through the step's own `query` and
 * `execute`: what they refuse stays refused, `transaction` is a savepoint, and after the step it is dead.
 *
 * A statement of your own SQL (`db.execute(sql`…`)`) gives rows as objects; a change without RETURNING gives none. Columns of JSON
 * in the relations of `db.query` (its `with`) are not read exactly: select them from their own table.
 *
 * Throws WRONG_DIALECT on another database; ask `db.dialect` first, or record the step in `op.on({ postgres(op) {…} })`.
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
): PgRemoteDatabase<S> {
  requireDialect(db, 'postgres', options)
  return remote(runnerOf(db), options)
}
