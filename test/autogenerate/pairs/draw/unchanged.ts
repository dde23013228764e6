import { type ColumnModel, type ColumnType, canonicalJson, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { refLabel } from './draft.ts'
import { columnCounterpart, counterpart, type Pair } from './pair.ts'
import type { Rows } from './rows.ts'

/** What a column is called on both sides, and what becomes of a value that has no reason to change, or of one that has. */
interface ColumnPair {
  readonly before: string
  readonly after: string
  /** Absent: each value stays. Undefined from it: something else stands there now, and it is not told here what. */
  readonly becomes?: (value: string | null) => string | null | undefined
}

const same = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null)

/** Types in which a value looks the same. */
function isAlike(from: ColumnType, to: ColumnType): boolean {
  const isText = ({ kind }: ColumnType): boolean => kind === 'varchar' || kind === 'text'
  return same(from, to) || (from.kind === 'integer' && to.kind === 'integer') || (isText(from) && isText(to))
}

/** By what was declared on both sides, and not by what the comparison makes of it. */
function columnPair(
  { renames }: Pair,
  tables: readonly TableModel[],
  column: ColumnModel,
  desired: ColumnModel,
): ColumnPair {
  const names = { before: column.name, after: desired.name }
  if (!same(column.generated, desired.generated)) return { ...names, becomes: () => undefined }
  const isFilled = column.nullable && !desired.nullable
  const [from, to] = [column.type, desired.type]
  if (from.kind === 'enum' && to.kind === 'enum') {
    const columns = tables.map(({ ref }) => `${refLabel(ref)}.${desired.name}`)
    const labels = [...columns, ...(to.name === undefined ? [] : [to.name])]
    const other = renames.find((one) => one.kind === 'value' && labels.includes(one.of))
    return {
      ...names,
      becomes: (value) => {
        if (value === null) return isFilled ? undefined : null
        if (value === other?.from) return other.to
        return to.values.includes(value) ? value : undefined
      },
    }
  }
  if (!isAlike(from, to)) return { ...names, becomes: (value) => (value === null && !isFilled ? null : undefined) }
  return isFilled ? { ...names, becomes: (value) => value ?? undefined } : names
}

export interface TablePair {
  readonly before: TableModel
  readonly after: TableModel
  readonly columns: readonly ColumnPair[]
}

/** The tables that are on both sides of the pair, with the columns of each that nothing happens to. */
export function tablePairs(pair: Pair): readonly TablePair[] {
  return [...pair.from.tables.values()].flatMap((before): readonly TablePair[] => {
    const after = counterpart(pair, before)
    if (after === undefined) return []
    const columns = before.columns.flatMap((column) => {
      const name = columnCounterpart(pair, before, after, column.name)
      const desired = after.columns.find((one) => one.name === name)
      return desired === undefined ? [] : [columnPair(pair, [before, after], column, desired)]
    })
    return [{ before, after, columns }]
  })
}

const sorted = (rows: readonly (readonly (string | null)[])[]): string =>
  canonicalJson(rows.map((row) => JSON.stringify(row)).sort())

/** Each value that had to become a certain one is found as often as it has to be. */
function changed(
  { before, after, becomes }: ColumnPair,
  label: string,
  rowsBefore: Rows,
  rowsAfter: Rows,
): readonly string[] {
  const left = rowsAfter.map((row) => row[after] ?? null)
  return rowsBefore.flatMap((row) => {
    const desired = becomes?.(row[before] ?? null)
    if (desired === undefined) return []
    const at = left.indexOf(desired)
    if (at === -1) return [`${label}: no row has ${desired} in ${after}, where ${row[before]} stood`]
    left.splice(at, 1)
    return []
  })
}

/** What of the rows is no more what it was, a line each. */
export function lostRows(
  tables: readonly TablePair[],
  before: ReadonlyMap<string, Rows>,
  after: ReadonlyMap<string, Rows>,
): readonly string[] {
  return tables.flatMap((table) => {
    const label = table.after.ref.name
    const rowsBefore = before.get(tableKey(table.before.ref)) ?? []
    const rowsAfter = after.get(tableKey(table.after.ref))
    if (rowsAfter === undefined) return [`the rows of ${label} were not read`]
    if (rowsBefore.length !== rowsAfter.length)
      return [`${label} has ${rowsAfter.length} rows, and had ${rowsBefore.length}`]
    const whole = table.columns.filter(({ becomes }) => becomes === undefined)
    const old = sorted(rowsBefore.map((row) => whole.map((column) => row[column.before] ?? null)))
    const now = sorted(rowsAfter.map((row) => whole.map((column) => row[column.after] ?? null)))
    const names = whole.map(({ after: name }) => name).join(', ')
    return [
      ...(old === now ? [] : [`${label}: ${names} held ${old}, and hold ${now}`]),
      ...table.columns.flatMap((column) => changed(column, label, rowsBefore, rowsAfter)),
    ]
  })
}
