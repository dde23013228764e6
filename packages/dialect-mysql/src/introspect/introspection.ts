import type { DialectErrors, DialectIntrospection } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { tableColumns, tableColumnsRead } from './table-columns.ts'

/** Most starts find nothing to do: what reads whole tables is loaded where something is. */
export const introspectionFor = (server: Server, kindOf: DialectErrors['kindOf']): DialectIntrospection => ({
  schema: async (session, request) => (await import('./index.ts')).introspectFor(server)(session, request),
  tableColumns: (session, names) => tableColumns(server, session, names),
  tableColumnsRead,
  columnNames: async (session, request) => (await import('./column-names.ts')).columnNames(session, request),
  viewNames: async (session) => (await import('./column-names.ts')).viewNames(session),
  definitionsOf: async (session, statement) =>
    (await import('./definitions.ts')).definitionsOf(session, statement, kindOf),
  obstacles: async (session, absent) => (await import('./obstacles.ts')).obstacles(server, session, absent, kindOf),
  routines: async (session) => (await import('./routines.ts')).readRoutines(server, session),
  unmodelledFacts: async (session, schema) => (await import('./unmodelled-facts.ts')).unmodelledFacts(session, schema),
  estimatedRows: async (session, table) => (await import('./tables.ts')).estimatedRows(session, table),
})
