import { sql } from '@org/migrate-core/connection'
import type { DialectIntrospection } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { tableColumns } from './table-columns.ts'

/**
 * Most starts find nothing to do: what reads whole tables is loaded where something is.
 *
 * @param schema the one that the dialect was given
 */
export const introspectionFor = (schema: string | undefined): DialectIntrospection => ({
  schema: async (session, request) => (await import('./index.ts')).introspect(session, request),
  tableCount: async (session, most) => (await import('./tables.ts')).tableCount(session, most),
  tableColumns,
  isOfOneSchema: schema !== undefined,
  columnNames: async (session, request) => (await import('./column-names.ts')).columnNames(session, request),
  hiddenChanges: async (session) => (await import('./column-names.ts')).hiddenChanges(session),
  obstacles: async (session, absent) => (await import('./obstacles.ts')).obstacles(session, absent),
  routines: async (session) => (await import('./routines.ts')).readRoutines(session),
  unmodelledFacts: async (session, model) =>
    (await import('./unmodelled-facts.ts')).unmodelledFacts(session, model, schema !== undefined),
  heldLocks: async (query) => (await import('./held-locks.ts')).heldLocks(query),
  // -1: no VACUUM or ANALYZE has counted yet. https://www.postgresql.org/docs/current/catalog-pg-class.html
  estimatedRows: async (session, table) => {
    const name = quote.literal(quote.table(table).text)
    const [row] = await session.query(sql`SELECT reltuples AS n FROM pg_class WHERE oid = ${name}::regclass`.text)
    return Number(row?.n ?? -1) < 0 ? undefined : Math.round(Number(row?.n))
  },
})
