import { type DialectIntrospection, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { columnNames } from './column-names.ts'
import { introspect } from './index.ts'
import { obstacles } from './obstacles.ts'
import { tableColumns } from './table-columns.ts'
import { readRoutines } from './triggers.ts'

export const introspection: DialectIntrospection = {
  schema: introspect,
  tableColumns,
  columnNames,
  obstacles,
  routines: readRoutines,
  // -1: no VACUUM or ANALYZE has counted yet. https://www.postgresql.org/docs/current/catalog-pg-class.html
  estimatedRows: async (session, table) => {
    const name = quote.literal(quote.table(table).text)
    const [row] = await session.query(sql`SELECT reltuples AS n FROM pg_class WHERE oid = ${name}::regclass`.text)
    return Number(row?.n ?? -1) < 0 ? undefined : Math.round(Number(row?.n))
  },
}
