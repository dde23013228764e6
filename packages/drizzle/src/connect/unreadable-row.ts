import { isMigrateError, MigrateError } from '@org/migrate-core/dialect'

/** What is read of a selected column of Drizzle, where the selection has columns and not expressions. */
interface SelectedColumn {
  readonly name: string
  readonly primary?: boolean
  readonly table: { readonly [key: symbol]: unknown }
  /** Of a portable column: the columns that name a row of its table. */
  readonly plan?: { readonly key: readonly string[] }
  mapFromDriverValue(value: unknown): unknown
}

const nameSymbol = Symbol.for('drizzle:Name')

function columnOf(selected: unknown): SelectedColumn | undefined {
  const { field } = (selected ?? {}) as { readonly field?: Partial<SelectedColumn> }
  const isColumn = typeof field?.mapFromDriverValue === 'function' && typeof field.table === 'object'
  return isColumn ? (field as SelectedColumn) : undefined
}

/** What reading the value throws; undefined where it can be read. */
function whyUnreadable(column: SelectedColumn, value: unknown): unknown {
  if (value === null) return undefined
  try {
    column.mapFromDriverValue(value)
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
  const isKey = ({ name, primary, plan }: SelectedColumn): boolean => plan?.key.includes(name) ?? primary === true
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
export function unreadableRow(error: unknown, selected: readonly unknown[], rows: readonly unknown[]): unknown {
  if (isMigrateError(error, 'VALUE_INVALID') && error.details.key !== undefined) return error
  const columns = selected.map(columnOf)
  for (const [number, row] of rows.entries()) {
    if (!Array.isArray(row)) return error
    const values: readonly unknown[] = row
    for (const [at, column] of columns.entries()) {
      if (column === undefined) continue
      const cause = whyUnreadable(column, values[at] ?? null)
      if (cause === undefined) continue
      const why = isMigrateError(cause, 'VALUE_INVALID')
        ? cause.details.why
        : cause instanceof Error
          ? cause.message
          : String(cause)
      const table = String(column.table[nameSymbol])
      const key = keyOf(columns, column, values)
      const rowLabel = key === '' ? `row ${number + 1} of the result` : `the row with ${key}`
      const details = { table, column: column.name, why, ...(key === '' ? {} : { key }) }
      return new MigrateError('VALUE_INVALID', details, `${table}.${column.name} of ${rowLabel}: ${why}.`, { cause })
    }
  }
  return error
}
