import {
  type ColumnModel,
  type ConstraintOf,
  join,
  refText,
  type SqlFragment,
  type StatementExtras,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

/**
 * What names a row to people. A partition, and a table that inherits, have rows of their own under the same keys and places: so the table that
 * a row is in is named too. `tableoid`: https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
function rowsOf(table: TableModel, condition: SqlFragment, what: string, only = false): StatementExtras {
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const shown = key?.kind === 'primaryKey' ? key.columns.map((name) => quote.identifier(name)) : [sql`ctid`]
  const readsHeirs = !only && (table.hasHeirs === true || table.options.partitionBy !== undefined)
  const columns = readsHeirs
    ? [sql`tableoid::pg_catalog.regclass::text AS ${quote.identifier('table')}`, ...shown]
    : shown
  const from = only ? sql`ONLY ${quote.table(table.ref)}` : quote.table(table.ref)
  const rows = sql`SELECT ${join(columns)} FROM ${from} ${condition} LIMIT 5`
  return { blockingRows: { sql: rows.text, expectEmpty: `rows of ${refText(table.ref)} ${what}` } }
}

/** A new CHECK names no row that it is refused for (23514: "check constraint … is violated by some row"). */
export function refusedByCheck(
  table: TableModel,
  { name, expression, noInherit }: Pick<ConstraintOf<'check'>, 'name' | 'expression' | 'noInherit'>,
): StatementExtras {
  const what = `that the check${name === undefined ? '' : ` ${name}`} (${expression.replaceAll(/\s+/g, ' ')}) refuses`
  return rowsOf(table, sql`WHERE NOT (${verbatim(expression)})`, what, noInherit === true)
}

/** NOT NULL and a primary key name no row that they are refused for (23502: "column … contains null values"). */
export function nullsOf(table: TableModel, columns: readonly string[], only = false): StatementExtras {
  const [names, what] = [columns.map((name) => quote.identifier(name)), columns.join(' or ')]
  const isNull = join(
    names.map((name) => sql`${name} IS NULL`),
    ' OR ',
  )
  return rowsOf(table, sql`WHERE ${isNull}`, `with NULL in ${what}, which is to be NOT NULL`, only)
}

/** The rows for which a new column has no value. */
export function rowsWithout(table: TableModel, column: ColumnModel): StatementExtras {
  const { name, nullable, default: value, generated, identity } = column
  const isFilled = nullable || generated !== undefined || identity !== undefined
  if (isFilled || (value !== undefined && !(value.kind === 'literal' && value.value === null))) return {}
  return rowsOf(table, sql``, `that would have no value in ${name}, which is NOT NULL without a default`)
}
