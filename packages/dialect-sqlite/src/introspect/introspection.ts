import type { DialectIntrospection } from '@org/migrate-core/dialect'
import { columnNames } from './column-names.ts'
import { tableColumns } from './table-columns.ts'

/** Most starts find nothing to do: what reads whole tables is loaded where something is. */
export const introspection: DialectIntrospection = {
  schema: async (session, request) => (await import('./index.ts')).introspect(session, request),
  tableColumns,
  columnNames,
  obstacles: async (session, absent) => (await import('./obstacles.ts')).obstacles(session, absent),
}
