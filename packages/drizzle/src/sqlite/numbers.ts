import { Column, getTableName, is, SQL } from 'drizzle-orm'
import { invalidValue } from '../build/values.ts'

type Rows = readonly unknown[]
type MapRows = (rows: unknown, isFromBatch?: boolean) => unknown

/** What is read of a prepared query of Drizzle on SQLite. */
interface PreparedQuery {
  mapAllResult: MapRows
  mapGetResult: MapRows
}

interface Session {
  prepareQuery(query: unknown, fields: unknown, method: unknown, isArray: unknown, mapper: unknown): PreparedQuery
}

/** The kinds of Drizzle's own columns whose values are stored as integers, and read from a number. */
const storedAsNumber: ReadonlySet<string> = new Set(['number', 'boolean', 'date'])

/** What reads the value of a field: its column, or the one that an aggregate was mapped with. */
function decoderOf(field: unknown): unknown {
  const expression = is(field, SQL.Aliased) ? field.sql : field
  return is(expression, SQL) ? (expression as { readonly decoder?: unknown }).decoder : expression
}

/** Drizzle's own column at each place; those of `toDrizzle` have a plan, and read a bigint themselves. */
function plainColumns(fields: readonly { readonly field?: unknown }[]): readonly (Column | undefined)[] {
  return fields.map(({ field }) => {
    const decoder = decoderOf(field)
    return is(decoder, Column) && !('plan' in decoder) && storedAsNumber.has(decoder.dataType) ? decoder : undefined
  })
}

const isExact = (value: bigint): boolean => BigInt.asIntN(54, value) === value

function numberFor(column: Column, value: bigint): number {
  if (isExact(value)) return Number(value)
  const location = { table: getTableName(column.table), column: column.name }
  throw invalidValue(location, `${value} does not fit into a number; declare the column with toDrizzle, as bigint`)
}

/**
 * Reads integers of Drizzle's own columns as numbers, as its drivers give them. Our connections give a bigint, since a number above 2^53 is
 * another one: https://github.com/WiseLibs/better-sqlite3/blob/master/docs/integer.md. A query without columns gives what the connection gives.
 */
export function withNumbers<D extends object>(db: D): D {
  const { session } = db as { readonly session?: Session }
  if (session === undefined) return db
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (query, fields, method, isArray, mapper) => {
    const prepared = prepare(query, fields, method, isArray, mapper)
    const columns = Array.isArray(fields) ? plainColumns(fields) : undefined
    // Relational queries name no columns, and read each value by the column's own rule.
    if (columns === undefined && mapper === undefined) return prepared
    const read = (value: unknown, at: number): unknown => {
      if (typeof value !== 'bigint') return value
      if (columns === undefined) return isExact(value) ? Number(value) : value
      const column = columns[at]
      return column === undefined ? value : numberFor(column, value)
    }
    const readRow = (row: unknown): unknown => (Array.isArray(row) ? row.map(read) : row)
    const { mapAllResult, mapGetResult } = prepared
    const rowsOf = (rows: unknown, isFromBatch?: boolean): unknown =>
      isFromBatch ? (rows as { readonly rows?: unknown }).rows : rows
    prepared.mapAllResult = function (rows, isFromBatch) {
      const all = rowsOf(rows, isFromBatch)
      return mapAllResult.call(this, Array.isArray(all) ? (all as Rows).map(readRow) : all)
    }
    prepared.mapGetResult = function (rows, isFromBatch) {
      return mapGetResult.call(this, readRow(rowsOf(rows, isFromBatch)))
    }
    return prepared
  }
  return db
}
