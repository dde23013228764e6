import type { DialectIntrospection } from '@org/migrate-core/dialect'
import type { SessionCapabilities } from '../capabilities.ts'
import { columnNames } from './column-names.ts'
import { tableColumns } from './table-columns.ts'

/**
 * Most starts find nothing to do: what reads whole tables is loaded where something is. Where foreign keys stay on, a rebuild takes along
 * all that refer to the table, and those that refer to these.
 */
export const introspectionFor = ({ foreignKeysStayOn }: SessionCapabilities): DialectIntrospection => ({
  schema: async (session, request) =>
    (await import('./index.ts')).introspect(session, request, foreignKeysStayOn === true ? 'all' : 'direct'),
  tableColumns,
  columnNames,
  unmodelledFacts: async (session, schema) => (await import('./unmodelled-facts.ts')).unmodelledFacts(session, schema),
  obstacles: async (session, absent) => (await import('./obstacles.ts')).obstacles(session, absent),
})
