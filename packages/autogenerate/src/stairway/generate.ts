import type { InputRow } from '@org/migrate-core'
import {
  type ColumnModel,
  type ConstraintOf,
  findColumn,
  findTable,
  nameOfKey,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { primaryColumns } from '@org/migrate-core/internal'
import { dependencyOrder } from '../differences/view-order.ts'
import { inTransaction, messageOf, type RowTarget, tryInsert } from './insert.ts'
import type { Conversions } from './route.ts'
import type { UnfilledTable } from './types.ts'
import { candidates } from './values.ts'

/** Gives numbers that generated values are made of. Fixtures count from 1: these begin beyond. */
export interface Counter {
  next: number
}

interface GeneratedRows {
  readonly unfilled: readonly UnfilledTable[]
  /** Tables whose counter gave a number that a row had already. */
  readonly behind: readonly string[]
}

/** A database that gets generated rows. */
export interface GenerationTarget extends RowTarget {
  readonly conversions: Conversions
}

export type Cells = { readonly [column: string]: InputRow[string] }
type Key = ConstraintOf<'foreignKey'>

export const mostAttempts = 200
const mostParents = 12

const keysOf = ({ constraints }: TableModel): readonly Key[] =>
  constraints.flatMap((constraint) => (constraint.kind === 'foreignKey' ? [constraint] : []))

function parentsFirst(tables: readonly TableModel[]): readonly TableModel[] {
  const byKey = new Map(tables.map((table) => [tableKey(table.ref), table]))
  const named = [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, table]) => table)
  return dependencyOrder(named, (table) =>
    keysOf(table).flatMap(({ references }) => byKey.get(tableKey(references.table)) ?? []),
  )
}

/** Whether the server numbers the rows. In rows that stay it does not: a later revision may insert rows with the numbers 1, 2 … */
type Numbering = 'server' | 'given'

/** The server gives it a value of its own. */
function isServers({ generated, identity, default: value }: ColumnModel, numbering: Numbering): boolean {
  if (identity !== undefined) return numbering === 'server' || identity.mode === 'always'
  return generated !== undefined || (value !== undefined && value.kind !== 'literal')
}

/** Values of a foreign key: those of rows that are there, of the new row itself where the table refers to itself, and NULL. */
async function parentCells(
  { dialect, session, schema }: RowTarget,
  table: TableModel,
  { columns, references }: Key,
  own: Cells,
): Promise<readonly Cells[]> {
  const nullable = columns.filter((name) => findColumn(table, name)?.nullable === true)
  const unset = columns.map((name) => [name, nullable.includes(name) ? null : (own[name] ?? null)] as const)
  const none: readonly Cells[] = nullable.length > 0 ? [Object.fromEntries(unset)] : []
  const parent = schema.tables.get(tableKey(references.table))
  if (parent === undefined) return none
  const named = references.columns.length > 0 ? references.columns : primaryColumns(parent)
  const { quote } = dialect.sql
  const list = named.map((column) => quote.identifier(column).text).join(', ')
  const rows: readonly Cells[] = await session.query(
    `SELECT DISTINCT ${list} FROM ${quote.table(parent.ref).text} ORDER BY ${list} LIMIT ${mostParents}`,
  )
  const isSelf = tableKey(parent.ref) === tableKey(table.ref)
  return [
    ...[...rows, ...(isSelf ? [own] : [])]
      .filter((row) => named.every((column) => (row[column] ?? null) !== null))
      .map((row) => Object.fromEntries(columns.map((column, at) => [column, row[named[at] ?? ''] ?? null]))),
    ...none,
  ]
}

/** What each part of a row may be: a foreign key is one part, else a column is. */
export async function slotsOf(
  target: GenerationTarget,
  table: TableModel,
  n: number,
  numbering: Numbering,
): Promise<readonly (readonly Cells[])[]> {
  const checks = table.constraints.flatMap((constraint) => (constraint.kind === 'check' ? [constraint.expression] : []))
  const keys = keysOf(table)
  const inKeys = new Set(keys.flatMap(({ columns }) => columns))
  const columns = table.columns.filter((column) => !isServers(column, numbering))
  const converted = target.conversions.get(tableKey(table.ref))
  const slotOf = (column: ColumnModel): readonly Cells[] =>
    candidates(column, n, { checks, converted: converted?.get(column.name) }).map(
      (value): Cells => ({ [column.name]: value }),
    )
  const single = columns.filter(({ name }) => !inKeys.has(name)).map(slotOf)
  const own: Cells = Object.assign({}, ...columns.map((column) => slotOf(column)[0] ?? {}))
  const parents: (readonly Cells[])[] = []
  for (const key of keys) {
    const cells = await parentCells(target, table, key, own)
    const start = cells.length === 0 ? 0 : n % cells.length
    // Another parent for each row, so that one-to-one keys find a free one; NULL stays last.
    const withValues = cells.filter((each) => Object.values(each).some((value) => value !== null))
    const turned = withValues.map((_, at) => withValues[(start + at) % withValues.length] ?? {})
    parents.push([...turned, ...cells.filter((each) => !withValues.includes(each))])
  }
  return [...single, ...parents]
}

/** Rows in the order in which they are tried: the most likely one, then one part of it changed, then two. */
export function* combinations(slots: readonly (readonly Cells[])[]): Generator<Cells> {
  const base: Cells = Object.assign({}, ...slots.map(([first = {}]) => first))
  yield base
  for (const slot of slots) for (const other of slot.slice(1)) yield { ...base, ...other }
  for (const [at, slot] of slots.entries()) {
    for (const later of slots.slice(at + 1)) {
      for (const one of slot.slice(1)) for (const other of later.slice(1)) yield { ...base, ...one, ...other }
    }
  }
}

/** The server numbers rows itself, and the numbers have to be new. */
const isNumbered = (table: TableModel): boolean =>
  table.columns.some((column) => isServers(column, 'server') && column.generated === undefined)

async function addRow(
  target: GenerationTarget,
  table: TableModel,
  counter: Counter,
  numbering: Numbering,
): Promise<'inserted' | 'behind' | { readonly why: string }> {
  const n = counter.next
  counter.next += 1
  const slots = await slotsOf(target, table, n, numbering)
  const without = keysOf(table).find((_, at) => slots.at(at - keysOf(table).length)?.length === 0)
  if (without !== undefined)
    return { why: `it refers to ${nameOfKey(tableKey(without.references.table))}, which has no rows` }
  let [attempts, first]: [number, unknown] = [0, undefined]
  for (const cells of combinations(slots)) {
    if (attempts === mostAttempts) break
    attempts += 1
    if (Object.keys(cells).length === 0) return { why: 'the server gives all of its values' }
    const error = await tryInsert(target, table.ref, cells)
    if (error === undefined) return 'inserted'
    first ??= error
    if (attempts === 1 && numbering === 'server' && isNumbered(table) && (await succeedsLater(target, table, cells)))
      return 'behind'
  }
  return { why: `${messageOf(first)} (${attempts === 1 ? '1 row was' : `${attempts} rows were`} tried)` }
}

/** The same row is taken as soon as the counter has passed the rows that are there: each attempt takes a number. */
async function succeedsLater(target: RowTarget, table: TableModel, cells: Cells): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await tryInsert(target, table.ref, cells)) === undefined) return true
  }
  return false
}

/**
 * Adds rows to tables, parents first: of the types of the columns, with values that keys and checks take, where they are found. A trial
 * is rolled back.
 */
export async function generateRows(
  target: GenerationTarget,
  tables: readonly TableModel[],
  counter: Counter,
  { rows, end }: { readonly rows: number; readonly end: 'commit' | 'rollback' },
): Promise<GeneratedRows> {
  const unfilled: UnfilledTable[] = []
  const behind: string[] = []
  if (tables.length === 0) return { unfilled, behind }
  await inTransaction(target.session, end, async () => {
    const { dialect, schema } = target
    // As an author writes them: an integer with a sequence of its own is one that the server numbers.
    const written = dialect.model.asWritten?.(schema) ?? schema
    for (const table of parentsFirst(tables.map((each) => findTable(written, each.ref) ?? each))) {
      const name = nameOfKey(tableKey(table.ref))
      for (let added = 0; added < rows; added += 1) {
        const result = await addRow(target, table, counter, end === 'rollback' ? 'server' : 'given')
        if (result === 'behind') behind.push(name)
        if (typeof result === 'string') continue
        // One row is enough of a table that takes no other: a table of one row, by a check.
        if (added === 0) unfilled.push({ table: name, why: result.why })
        break
      }
    }
  })
  return { unfilled, behind }
}
