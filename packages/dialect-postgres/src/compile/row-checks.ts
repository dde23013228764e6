import {
  type ColumnModel,
  join,
  refText,
  type SqlFragment,
  type StatementExtras,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

/** What names a row to people. A partition, and a table that inherits, have rows of their own under the same keys and places. */
function rowsOf(table: TableModel, condition: SqlFragment, what: string): StatementExtras {
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const shown = key?.kind === 'primaryKey' ? join(key.columns.map((name) => quote.identifier(name))) : sql`ctid`
  const rows = sql`SELECT ${shown} FROM ${quote.table(table.ref)} ${condition} LIMIT 5`
  return { blockingRows: { sql: rows.text, expectEmpty: `rows of ${refText(table.ref)} ${what}` } }
}

/** NOT NULL and a primary key name no row that they are refused for (23502: "column … contains null values"). */
export function nullsOf(table: TableModel, columns: readonly string[]): StatementExtras {
  const [names, what] = [columns.map((name) => quote.identifier(name)), columns.join(' or ')]
  const isNull = join(
    names.map((name) => sql`${name} IS NULL`),
    ' OR ',
  )
  return rowsOf(table, sql`WHERE ${isNull}`, `with NULL in ${what}, which is to be NOT NULL`)
}

/** The rows for which a new column has no value. */
export function rowsWithout(table: TableModel, column: ColumnModel): StatementExtras {
  const { name, nullable, default: value, generated, identity } = column
  const isFilled = nullable || generated !== undefined || identity !== undefined
  if (isFilled || (value !== undefined && !(value.kind === 'literal' && value.value === null))) return {}
  return rowsOf(table, sql``, `that would have no value in ${name}, which is NOT NULL without a default`)
}
