import { Column, getTableName, is, SQL } from 'drizzle-orm'
import { invalidValue } from '../build/values.ts'

/** The name of a column's table. 1.0 does not publish the table of a column. */
export const tableNameOf = ({ table }: Column): string => getTableName(table)

/** The kinds of Drizzle's own columns whose values may be stored as integers, and are read from a number. */
const readsNumber: ReadonlySet<string> = new Set(['number', 'boolean', 'date'])

const isMysqlJson = ({ columnType }: Column): boolean => columnType === 'MySqlJson'

/** A column of `customType`, whose author reads what Drizzle's own drivers give. */
export const isCustom = ({ columnType }: Column): boolean => columnType.endsWith('CustomColumn')

/** Drizzle's drivers of PostgreSQL give these integers as text. */
const isWideInteger = (column: Column): boolean =>
  column.columnType === 'PgCustomColumn' && /^(?:bigint|int8|bigserial|serial8)$/i.test(column.getSQLType())

const isConverted = (column: Column): boolean =>
  !('plan' in column) && (isMysqlJson(column) || isCustom(column) || readsNumber.has(column.dataType))

const isExact = (value: bigint): boolean => BigInt.asIntN(54, value) === value

/**
 * A value as Drizzle's own drivers give it to a column of its own. Our connections give every integer as a bigint, since a number above 2^53 is
 * another one, and JSON of MySQL as its text. Columns of `toDrizzle` have a plan, and read both themselves. Throws VALUE_INVALID.
 */
export function plainValue(column: Column, value: unknown): unknown {
  if (!isConverted(column)) return value
  if (typeof value === 'string' && isMysqlJson(column)) return JSON.parse(value) as unknown
  if (typeof value !== 'bigint') return value
  if (isWideInteger(column)) return String(value)
  if (isExact(value)) return Number(value)
  if (isCustom(column)) return value
  const location = { table: tableNameOf(column), column: column.name }
  throw invalidValue(location, `${value} does not fit into a number; declare the column as bigint`)
}

/** The column whose rule reads a field, where its value is converted: its own, or the one that an aggregate is mapped with. */
function convertedColumn({ field }: { readonly field?: unknown }): Column | undefined {
  const expression = is(field, SQL.Aliased) ? field.sql : field
  const decoder = is(expression, SQL) ? (expression as { readonly decoder?: unknown }).decoder : expression
  return is(decoder, Column) && isConverted(decoder) ? decoder : undefined
}

type ReadRow = (row: readonly unknown[]) => readonly unknown[]

/**
 * Reads the rows of a query for Drizzle. `fields` are those that the query selects; a relational query names none, and reads each value by its
 * column afterwards. Undefined: no value is converted.
 */
function rowReader(fields: readonly object[] | undefined, isRelational: boolean): ReadRow | undefined {
  const columns = fields?.map(convertedColumn)
  if (columns?.every((column) => column === undefined)) return undefined
  if (columns !== undefined)
    return (row) =>
      row.map((value, at) => {
        const column = columns[at]
        return column === undefined ? value : plainValue(column, value)
      })
  return isRelational
    ? (row) => row.map((value) => (typeof value === 'bigint' && isExact(value) ? Number(value) : value))
    : undefined
}

const isRow = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** The same for what Drizzle's remote drivers answer with: rows, or one row where the caller wanted one. */
export function answerReader(
  fields: readonly object[] | undefined,
  isRelational: boolean,
): (answer: unknown) => unknown {
  const read = rowReader(fields, isRelational)
  return (answer) => {
    const { rows } = (answer ?? {}) as { readonly rows?: unknown }
    if (read === undefined || !isRow(rows)) return answer
    return {
      rows: rows.length > 0 && !rows.every(isRow) ? read(rows) : rows.map((row) => read(row as readonly unknown[])),
    }
  }
}
