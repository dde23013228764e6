import { findColumn, findTable, refOfKey } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import type { Row, SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { type ExactValue, isAlike, isRawText, sameValue } from '../encode.ts'
import { placed } from '../pages/conditions.ts'
import type { TableRestoreContext } from '../pages/restore-context.ts'
import { rowWrite } from '../pages/row-write.ts'
import { takenTogether } from '../pages/taken-together.ts'
import type { PreservedValue } from '../preserved-value.ts'
import { conditionKey, hasColumns, rowsBy, valuesCondition } from '../rows.ts'
import { isLong, notTaken } from './cells.ts'
import { isHeldIn } from './held-value.ts'

/** `replaced`: another value than NULL. */
export interface Restored {
  readonly reason: 'restored'
  readonly replaced: boolean
}

/** Each row goes through the cases before its own. */
const casesAtOnce = 100
const [rowsAtOnce, valuesAtOnce] = [500, 20_000]

/** The cells that a preserved value writes. */
export function cellsOf({ column, value, row }: PreservedValue): ReadonlyMap<string, ExactValue> {
  return column === '' ? row : new Map([[column, value]])
}

/** The cells that differ from those of the present row, and whether one of these had a value. */
export function differenceOf(cells: ReadonlyMap<string, ExactValue>, present: Row | undefined) {
  const differing = [...cells].filter(([name, cell]) => !sameValue(present?.[name] ?? null, cell))
  const replaced = differing.some(([name, cell]) => {
    const now = present?.[name] ?? null
    return now !== null && !isAlike(now, cell)
  })
  return { differing, replaced }
}

const isPlain = (value: ExactValue): boolean => value !== null && !isRawText(value)

/** Values of one table and column, of rows that are found by the same columns. */
interface Group {
  readonly context: TableRestoreContext
  readonly table: TableModel
  /** By `conditionKey`. */
  readonly values: ReadonlyMap<string, PreservedValue>
}

/** What can be found and compared only by the server itself, and what writes to its own key, is written by itself. */
function groupOf(context: TableRestoreContext, values: readonly PreservedValue[]): Group | undefined {
  const [first] = values
  const table = first && findTable(context.model, refOfKey(first.table))
  if (first === undefined || table === undefined) return undefined
  const [keys, cells] = [[...first.key.keys()], [...cellsOf(first).keys()]]
  if (keys.length === 0 || cells.length === 0 || first.key.has(first.column)) return undefined
  if (!hasColumns(context.dialect, table, [...keys, ...cells])) return undefined
  const fits = (value: PreservedValue): boolean => {
    const own = cellsOf(value)
    return (
      value.key.size === keys.length &&
      keys.every((name) => isPlain(value.key.get(name) ?? null)) &&
      own.size === cells.length &&
      cells.every((name) => own.has(name)) &&
      ![...own.values()].some((cell) => cell !== null && isRawText(cell)) &&
      !isLong(value)
    )
  }
  const byKey = new Map<string, PreservedValue>()
  const repeated = new Set<string>()
  for (const value of values) {
    const key = conditionKey(value.key)
    if (byKey.has(key)) repeated.add(key)
    byKey.set(key, value)
  }
  for (const [key, value] of byKey) if (repeated.has(key) || !fits(value)) byKey.delete(key)
  return { context, table, values: byKey }
}

/** The present rows by `conditionKey`; undefined where the server finds others than the values name. */
async function presentRows({ context, table, values }: Group): Promise<ReadonlyMap<string, Row> | undefined> {
  const { dialect, session, breathe } = context
  const conditions = [...values.values()].map(({ key }) => key)
  const [first] = values.values()
  if (first === undefined) return new Map()
  const columns = [...cellsOf(first).keys()]
  const found = await rowsBy(dialect, session, table.ref, table, columns, conditions, breathe, dialect.rows?.lockRows)
  const rows = new Map<string, Row>()
  for (const [key, [row, ...duplicates]] of found) {
    if (row === undefined || duplicates.length > 0 || !values.has(key)) return undefined
    rows.set(key, row)
  }
  return rows
}

function* parts<T>(all: readonly T[], atOnce: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += atOnce) yield all.slice(at, at + atOnce)
}

async function updateCells({ context, table, values }: Group): Promise<number> {
  const { dialect, session } = context
  const { identifier } = dialect.sql.quote
  const all = [...values.values()]
  const column = all[0]?.column ?? ''
  const model = findColumn(table, column)
  const typed = model && dialect.rows?.typed?.(model)
  let written = 0
  for (const some of parts(all, casesAtOnce)) {
    const params: SqlValue[] = []
    const cases = some.map(({ key, value }): SqlFragment => {
      const when = valuesCondition(dialect, table, [key])
      const cell = placed(dialect, value)
      params.push(...when.params, cell.param)
      return sql`WHEN ${when.where} THEN ${typed ?? cell.text}`
    })
    // What the server would set by itself stays as it is.
    const untouched = table.columns
      .filter((each) => each.onUpdate !== undefined && each.name !== column)
      .map(({ name }) => sql`, ${identifier(name)} = ${identifier(name)}`)
    const { where, params: keys } = valuesCondition(
      dialect,
      table,
      some.map(({ key }) => key),
    )
    const text = sql`${rowWrite('update', dialect, table)} ${dialect.sql.quote.table(table.ref)} SET ${identifier(column)} = CASE ${join(cases, ' ')} END${join(untouched, '')} WHERE ${where}`
    await context.breathe()
    written += (await session.execute(text.text, [...params, ...keys])).changes
  }
  return written
}

async function insertRows({ context, table, values }: Group): Promise<number> {
  const { dialect, session } = context
  const all = [...values.values()]
  const columns = [...(all[0]?.row.keys() ?? [])]
  const target = dialect.sql.quote.table(table.ref)
  const names = join(columns.map((column) => dialect.sql.quote.identifier(column)))
  const given = dialect.rows?.ownNumbers === undefined ? sql`` : sql`${dialect.rows.ownNumbers.insert} `
  let written = 0
  for (const some of parts(all, Math.min(rowsAtOnce, Math.max(1, Math.floor(valuesAtOnce / columns.length))))) {
    const params: SqlValue[] = []
    const rows = some.map(({ row }): SqlFragment => {
      const cells = columns.map((column) => placed(dialect, row.get(column) ?? null))
      params.push(...cells.map(({ param }) => param))
      return sql`(${join(cells.map(({ text }) => text))})`
    })
    const text = sql`${rowWrite('insert', dialect, table)} INTO ${target} (${names}) ${given}VALUES ${join(rows)}`
    await context.breathe()
    written += (await session.execute(text.text, params)).changes
  }
  return written
}

/** Throws STATEMENT_FAILED where the server has taken other values, or not all of them. */
async function writeAll(group: Group): Promise<void> {
  const { context, values } = group
  const [first] = values.values()
  if (first === undefined) return
  const written = await (first.column === '' ? insertRows(group) : updateCells(group))
  const rows = written === values.size ? await presentRows(group) : undefined
  for (const [key, value] of values) {
    const row = rows?.get(key)
    const isHeld = ([column, cell]: readonly [string, ExactValue]): boolean =>
      isHeldIn(context.dialect, group.table, { column, now: row?.[column] ?? null, value: cell })
    if (row === undefined || ![...cellsOf(value)].every(isHeld)) throw notTaken(context, first)
  }
}

/**
 * Restores values of one table and column in few statements, and forgets those that are restored. For the rest it gives what `judge` has
 * against them, or undefined: what has to be written by itself, as everything has to of which the server refuses a part.
 *
 * @param judge what is there now (undefined: no row) may be something that the value must not replace
 */
export async function writeTogether<J>(
  context: TableRestoreContext,
  values: readonly PreservedValue[],
  judge: (value: PreservedValue, present: Row | undefined) => J | undefined,
): Promise<ReadonlyMap<PreservedValue, J | Restored>> {
  const results = new Map<PreservedValue, J | Restored>()
  const group = values.length > 1 ? groupOf(context, values) : undefined
  const present = group && (await presentRows(group))
  if (group === undefined || present === undefined) return results
  const restored = new Map<PreservedValue, Restored>()
  const changed = new Map<string, PreservedValue>()
  for (const [key, value] of group.values) {
    const row = present.get(key)
    const judged = judge(value, row)
    if (judged !== undefined) {
      results.set(value, judged)
      continue
    }
    const { differing, replaced } = differenceOf(cellsOf(value), row)
    const isNew = value.column === '' && row === undefined
    if (!isNew && differing.length > 0 && value.column === '') continue
    if (isNew || differing.length > 0) changed.set(key, value)
    restored.set(value, { reason: 'restored', replaced })
  }
  const isTaken =
    changed.size === 0 || (await takenTogether(context.session, () => writeAll({ ...group, values: changed })))
  if (!isTaken) for (const value of changed.values()) restored.delete(value)
  await context.preserved.removeAll([...restored.keys()].map(({ id }) => id))
  for (const [value, result] of restored) results.set(value, result)
  return results
}

/** Values that follow one another and are of one table and column. */
export function groupsOf(values: readonly PreservedValue[]): readonly (readonly PreservedValue[])[] {
  const groups: PreservedValue[][] = []
  for (const value of values) {
    const group = groups.at(-1)
    if (group?.[0]?.table === value.table && group[0].column === value.column) group.push(value)
    else groups.push([value])
  }
  return groups
}
