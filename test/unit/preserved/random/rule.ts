import { isDeepStrictEqual } from 'node:util'
import type { ColumnNow, Drawn, Source, TableNow } from './draw.ts'
import { type Cell, copyOf, noRows, type PreservedState, type Row, type Shape } from './state.ts'

/** What a downgrade preserves: the rows of a table that the revision makes, or the cells of a column that it adds. */
export interface RuleItem {
  readonly table: TableNow
  readonly column?: ColumnNow
}

/** A preserved row or cell. */
export interface RuleEntry {
  readonly item: RuleItem
  readonly table: string
  readonly column?: string
  readonly id: string
  readonly cells: Row
}

type Base = 'none' | 'row' | 'replay' | 'unknown' | readonly Source[]

export function itemsOf({ tables }: Drawn): readonly RuleItem[] {
  return tables.flatMap((table): readonly RuleItem[] =>
    table.below === undefined
      ? [{ table }]
      : table.columns.flatMap((column) => (column.below === undefined ? [{ table, column }] : [])),
  )
}

/** What decides over the values of a column or the rows of a table, as the documentation says it. */
export function baseOf({ steps }: Drawn, { table, column }: RuleItem, transactional: boolean): Base {
  const writing = steps.filter(({ to }) => to === undefined || to === (column ?? table))
  const untouched = column === undefined ? 'none' : 'row'
  if (writing.length === 0) return untouched
  const silent = writing.filter((step) => step.from === undefined)
  if (silent.some((step) => step.isFunction)) return 'unknown'
  if (silent.length > 0) return transactional && steps.every((step) => !step.isFunction) ? 'replay' : 'unknown'
  const sources = writing.flatMap((step) => step.from ?? []).filter(({ by }) => by === undefined || by === table)
  return sources.length === 0 ? 'unknown' : sources
}

export function preservedBy(drawn: Drawn, above: PreservedState): readonly RuleEntry[] {
  return itemsOf(drawn).flatMap((item) => {
    const { table, column } = item
    const rows = [...(above.get(table.name) ?? noRows)]
    const name = { item, table: table.name }
    if (column === undefined) return rows.map(([id, cells]) => ({ ...name, id, cells }))
    // A NULL comes back where an upgrade would put something else there.
    const withNull = drawn.steps.length > 0 || column.default !== undefined
    return rows.flatMap(([id, row]) => {
      const cell = row[column.name] ?? null
      return cell === null && !withNull ? [] : [{ ...name, column: column.name, id, cells: { [column.name]: cell } }]
    })
  })
}

/** The columns of a row come in any order: a renamed one is the last in what is computed, and not in a table. */
const equal = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one ?? null, other ?? null)

/** Whether a row is the same one: at least half of the values that it held outside its key are as they were. */
function isSameRow(key: string, before: Row, now: Row): boolean {
  const held = Object.entries(before).filter(([column, cell]) => column !== key && cell !== null)
  const same = held.filter(([column, cell]) => now[column] === cell)
  return equal(before, now) || (held.length > 0 && same.length * 2 >= held.length)
}

/** An earlier revision of the same run, and the rows before the first step of the run. */
interface Earlier {
  readonly revision: Drawn
  readonly start: PreservedState
}

/**
 * Whether a row was the same one when the run began: what the steps of an earlier revision then make of it is no change of the application.
 * Compared by the columns that were there.
 */
function wasSameRow({ revision, start }: Earlier, { name, key }: Shape, id: string, before: Row): boolean {
  const table = revision.tables.find((each) => each.name === name)
  const row = table?.below && start.get(table.below.name)?.get(id)
  const fills = revision.steps.length > 0 || revision.tables.some(({ columns }) => columns.some(isFilled))
  if (table === undefined || row === undefined || !fills) return false
  const held = table.columns.filter(
    (column) => column.below !== undefined && column.name !== key && (before[column.name] ?? null) !== null,
  )
  const same = held.filter((column) => row[column.below ?? ''] === before[column.name])
  return held.length > 0 && same.length * 2 >= held.length
}

const isFilled = (column: ColumnNow): boolean => column.below === undefined && column.default !== undefined

/** What of a source belongs to a row. */
function partOf(state: PreservedState, { table, column, by }: Source, { item, id }: RuleEntry): unknown {
  const rows = state.get(table.name) ?? noRows
  const isSame = item.table.below?.name === table.name
  const isParent = item.table.parent?.below?.name === table.name
  const cell = (row: Row | undefined): readonly [Cell] | undefined => row && [row[column] ?? null]
  if (by !== undefined || isSame || isParent) return cell(rows.get(id))
  return [...rows].map(([key, row]) => [key, cell(row)]).sort()
}

export interface Upgraded {
  readonly state: PreservedState
  readonly lost: readonly (RuleEntry & { readonly isForeseen: boolean })[]
}

/**
 * The rule: what was computed from newer data wins, and a preserved value comes back only where what it was derived from has not changed
 * since the downgrade.
 *
 * @param below the rows directly after the downgrade
 * @param now the rows before the upgrade
 * @param earlier the revision that the same run upgrades before it
 */
export function upgradeOf(
  drawn: Drawn,
  entries: readonly RuleEntry[],
  below: PreservedState,
  now: PreservedState,
  transactional: boolean,
  earlier?: Earlier,
): Upgraded {
  const [first, second] = [drawn.compute(below), drawn.compute(now)]
  const state = copyOf(second)
  const lost: (RuleEntry & { readonly isForeseen: boolean })[] = []
  const cells = (from: PreservedState, { table, column, id }: RuleEntry): unknown => {
    const row = from.get(table)?.get(id)
    return column === undefined ? row : row && [row[column] ?? null]
  }
  /** Whether a value has lost by what it was derived from, which is known before the upgrade runs unless its SQL has to run. */
  const isOvertaken = (entry: RuleEntry, base: Base): boolean => {
    if (base === 'none') return false
    if (base === 'unknown') return true
    if (base === 'replay') return !equal(cells(first, entry), cells(second, entry))
    if (base !== 'row') return !base.every((source) => equal(partOf(below, source, entry), partOf(now, source, entry)))
    const shape = entry.item.table.below
    if (shape === undefined) return true
    const [before, after] = [below.get(shape.name)?.get(entry.id), now.get(shape.name)?.get(entry.id)]
    if (before === undefined || after === undefined) return true
    return !isSameRow(shape.key, before, after) && !(earlier && wasSameRow(earlier, shape, entry.id, before))
  }
  /** Whether there is no row for it, or none that it may refer to. */
  const isHomeless = ({ item, table, column, id }: RuleEntry): boolean => {
    if (second.get(table)?.has(id)) return false
    const { parent } = item.table
    return column !== undefined || (parent !== undefined && !second.get(parent.name)?.has(id))
  }
  for (const entry of entries) {
    const { item, table, id } = entry
    const base = baseOf(drawn, item, transactional)
    const overtaken = isOvertaken(entry, base)
    if (overtaken || isHomeless(entry)) lost.push({ ...entry, isForeseen: overtaken && base !== 'replay' })
    else state.get(table)?.set(id, { ...state.get(table)?.get(id), ...entry.cells })
  }
  return { state, lost }
}
