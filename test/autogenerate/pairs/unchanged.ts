import { type ColumnModel, type ColumnType, canonicalJson, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { refLabel } from './draft.ts'
import { columnCounterpart, counterpart, type Pair } from './pair.ts'
import type { Rows } from './rows.ts'

/** What a column is called on both sides, and what becomes of a value that has no reason to change, or of one that has. */
export interface Kept {
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
function keptColumn({ renames }: Pair, tables: readonly TableModel[], stood: ColumnModel, wanted: ColumnModel): Kept {
  const names = { before: stood.name, after: wanted.name }
  if (!same(stood.generated, wanted.generated)) return { ...names, becomes: () => undefined }
  const isFilled = stood.nullable && !wanted.nullable
  const [from, to] = [stood.type, wanted.type]
  if (from.kind === 'enum' && to.kind === 'enum') {
    const columns = tables.map(({ ref }) => `${refLabel(ref)}.${wanted.name}`)
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

export interface KeptTable {
  readonly before: TableModel
  readonly after: TableModel
  readonly columns: readonly Kept[]
}

/** The tables that are on both sides of the pair, with the columns of each that nothing happens to. */
export function keptTables(pair: Pair): readonly KeptTable[] {
  return [...pair.from.tables.values()].flatMap((before): readonly KeptTable[] => {
    const after = counterpart(pair, before)
    if (after === undefined) return []
    const columns = before.columns.flatMap((column) => {
      const name = columnCounterpart(pair, before, after, column.name)
      const wanted = after.columns.find((one) => one.name === name)
      return wanted === undefined ? [] : [keptColumn(pair, [before, after], column, wanted)]
    })
    return [{ before, after, columns }]
  })
}

const sorted = (rows: readonly (readonly (string | null)[])[]): string =>
  canonicalJson(rows.map((row) => JSON.stringify(row)).sort())

/** Each value that had to become a certain one is found as often as it has to be. */
function changed({ before, after, becomes }: Kept, label: string, was: Rows, is: Rows): readonly string[] {
  const left = is.map((row) => row[after] ?? null)
  return was.flatMap((row) => {
    const wanted = becomes?.(row[before] ?? null)
    if (wanted === undefined) return []
    const at = left.indexOf(wanted)
    if (at === -1) return [`${label}: no row has ${wanted} in ${after}, where ${row[before]} stood`]
    left.splice(at, 1)
    return []
  })
}

/** What of the rows is no more what it was, a line each. */
export function lostRows(
  tables: readonly KeptTable[],
  before: ReadonlyMap<string, Rows>,
  after: ReadonlyMap<string, Rows>,
): readonly string[] {
  return tables.flatMap((table) => {
    const label = table.after.ref.name
    const was = before.get(tableKey(table.before.ref)) ?? []
    const is = after.get(tableKey(table.after.ref))
    if (is === undefined) return [`the rows of ${label} were not read`]
    if (was.length !== is.length) return [`${label} has ${is.length} rows, and had ${was.length}`]
    const whole = table.columns.filter(({ becomes }) => becomes === undefined)
    const old = sorted(was.map((row) => whole.map((column) => row[column.before] ?? null)))
    const now = sorted(is.map((row) => whole.map((column) => row[column.after] ?? null)))
    const names = whole.map(({ after: name }) => name).join(', ')
    return [
      ...(old === now ? [] : [`${label}: ${names} held ${old}, and hold ${now}`]),
      ...table.columns.flatMap((column) => changed(column, label, was, is)),
    ]
  })
}
