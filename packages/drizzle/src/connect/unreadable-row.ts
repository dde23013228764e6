import { isMigrateError, MigrateError } from '@org/migrate-core/dialect'
import { Column, getTableName, is } from 'drizzle-orm'
import { plainValue } from './plain-columns.ts'

/** A portable column says which columns name a row of its table. */
type SelectedColumn = Column & { readonly plan?: { readonly key: readonly string[] } }

/** What a query selects, as Drizzle has it. In 1.0 the value of a column is read by its codec first. */
export interface Selected {
  readonly field?: unknown
  readonly column?: Column
  readonly codec?: (value: unknown, dimensions?: number) => unknown
  readonly arrayDimensions?: number
}

const columnOf = ({ field, column }: Selected): SelectedColumn | undefined => (is(field, Column) ? field : column)

/** What reading the value throws; undefined where it can be read. */
function whyUnreadable(column: SelectedColumn, { codec, arrayDimensions }: Selected, value: unknown): unknown {
  if (value === null) return undefined
  try {
    column.mapFromDriverValue(codec === undefined ? plainValue(column, value) : codec(value, arrayDimensions))
    return undefined
  } catch (error) {
    return error
  }
}

const shownCharacters = 100
const shown = (value: unknown): string => {
  const text = value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : String(value)
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

/** The key of the row, as far as it was selected. */
function keyOf(columns: readonly (SelectedColumn | undefined)[], of: SelectedColumn, row: readonly unknown[]): string {
  const isKey = ({ name, primary, plan }: SelectedColumn): boolean => plan?.key.includes(name) ?? primary
  return columns
    .flatMap((column, at) =>
      column !== undefined && column.table === of.table && isKey(column) ? [`${column.name} ${shown(row[at])}`] : [],
    )
    .join(', ')
}

/**
 * The error of a query whose rows could not be read, with the table, the column and the key of the row. Drizzle reads a value without
 * its row, so the value is searched for once more. Gives the error itself where no selected column refuses its value.
 */
export function unreadableRow(error: unknown, selected: readonly Selected[], rows: readonly unknown[]): unknown {
  if (isMigrateError(error, 'VALUE_INVALID') && error.details.key !== undefined) return error
  const columns = selected.map(columnOf)
  for (const [number, row] of rows.entries()) {
    if (!Array.isArray(row)) return error
    const values: readonly unknown[] = row
    for (const [at, column] of columns.entries()) {
      if (column === undefined) continue
      const cause = whyUnreadable(column, selected[at] ?? {}, values[at] ?? null)
      if (cause === undefined) continue
      const why = isMigrateError(cause, 'VALUE_INVALID')
        ? cause.details.why
        : cause instanceof Error
          ? cause.message
          : String(cause)
      const table = getTableName(column.table)
      const key = keyOf(columns, column, values)
      const rowLabel = key === '' ? `row ${number + 1} of the result` : `the row with ${key}`
      const details = { table, column: column.name, why, ...(key === '' ? {} : { key }) }
      return new MigrateError('VALUE_INVALID', details, `${table}.${column.name} of ${rowLabel}: ${why}.`, { cause })
    }
  }
  return error
}
