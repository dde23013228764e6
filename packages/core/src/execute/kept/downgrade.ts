import type { PlannedLoss } from '../../compile/plan.ts'
import { sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { findColumn, findTable, tableKey } from '../../model/edit.ts'
import { uniqueKeyOf } from '../../model/keys.ts'
import type { SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import { type Cells, valueHash } from './encode.ts'
import { pagesByKey } from './paging.ts'
import { downgradeStep, type KeptOwner, type KeptStore } from './store.ts'

export interface KeepLimits {
  readonly maxRows: number
  readonly maxBytes: number
}

export const defaultLimits: KeepLimits = { maxRows: 100_000, maxBytes: 256 * 1024 * 1024 }

/** What a downgrade drops, by the names that it has when the step begins: a whole table, or one column of it. */
export interface Dropped {
  readonly table: TableModel
  readonly column?: string
}

const columnName = (key: string, column: string): string => JSON.stringify([key, column])

/**
 * What the operations drop, in the names from before the first of them: a drop may follow a rename. Whatever the downgrade's
 * data steps do meanwhile, it is the state from before that the next upgrade gives back.
 */
export function dropsOf(before: SchemaModel, operations: readonly Operation[]): readonly Dropped[] {
  const drops: Dropped[] = []
  const tables = new Map<string, string>()
  const columns = new Map<string, string>()
  const original = (ref: TableRef): string => tables.get(tableKey(ref)) ?? tableKey(ref)
  for (const operation of operations) {
    if (operation.kind === 'renameTable') {
      tables.set(tableKey({ ...operation.table, name: operation.to }), original(operation.table))
    } else if (operation.kind === 'renameColumn') {
      const key = original(operation.table)
      const first = columns.get(columnName(key, operation.column)) ?? operation.column
      columns.set(columnName(key, operation.to), first)
    } else if (operation.kind === 'dropTable') {
      const table = before.tables.get(original(operation.table))
      if (table !== undefined) drops.push({ table })
    } else if (operation.kind === 'dropColumn') {
      const key = original(operation.table)
      const table = before.tables.get(key)
      const column = table && findColumn(table, columns.get(columnName(key, operation.column)) ?? operation.column)
      // A generated column computes itself again.
      if (table !== undefined && column !== undefined && column.generated === undefined)
        drops.push({ table, column: column.name })
    }
  }
  return drops
}

function keyOf(dialect: Dialect, table: TableModel): readonly string[] | undefined {
  const hidden = dialect.rowIdentity(table)
  return uniqueKeyOf(table) ?? (hidden === undefined ? undefined : [hidden])
}

function storedColumns(table: TableModel): readonly string[] {
  return table.columns.filter((column) => column.generated === undefined).map((column) => column.name)
}

const objectName = ({ table, column }: Dropped): string =>
  column === undefined ? `table ${tableKey(table.ref)}` : `column ${tableKey(table.ref)}.${column}`

/** Counts what a downgrade drops, before the first statement runs. `live` is what stands there now. */
export async function plannedLosses(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  drops: readonly Dropped[],
  limits: KeepLimits,
): Promise<readonly PlannedLoss[]> {
  const losses: PlannedLoss[] = []
  for (const dropped of drops) {
    const object = objectName(dropped)
    // Made or renamed by an earlier step of this run: nothing of it can be counted yet.
    const present = findTable(live, dropped.table.ref)
    if (present === undefined) continue
    const columns = (dropped.column === undefined ? storedColumns(present) : [dropped.column]).filter(
      (column) => findColumn(present, column) !== undefined,
    )
    if (columns.length === 0) continue
    const size = columns
      .map((column) => sql`COALESCE(${dialect.byteLength(dialect.quote.identifier(column))}, 0)`.text)
      .join(' + ')
    const [only] = columns
    const where =
      dropped.column === undefined || only === undefined
        ? ''
        : sql` WHERE ${dialect.quote.identifier(only)} IS NOT NULL`.text
    const target = dialect.quote.table(present.ref).text
    const [counted] = await session.query(
      `SELECT COUNT(*) AS n, COALESCE(SUM(${size}), 0) AS bytes FROM ${target}${where}`,
    )
    const rows = Number(counted?.n ?? 0)
    const bytes = Number(counted?.bytes ?? 0)
    const why =
      rows === 0
        ? undefined
        : keyOf(dialect, present) === undefined
          ? 'the table has no unique key'
          : rows > limits.maxRows
            ? `more than ${limits.maxRows} rows`
            : bytes > limits.maxBytes
              ? `more than ${limits.maxBytes} bytes`
              : undefined
    losses.push({ object, rows, kept: why === undefined, ...(why === undefined ? {} : { why }) })
  }
  return losses
}

/** Throws DATA_LOSS for what cannot be kept, unless it is allowed. */
export function refuseLosses(losses: readonly PlannedLoss[], allowed: boolean): void {
  const lost = losses.filter((loss) => !loss.kept)
  if (lost.length === 0 || allowed) return
  const lines = lost.map((loss) => `  - ${loss.object}: ${loss.rows} rows (${loss.why ?? 'not keepable'})`)
  throw new MigrateError(
    'DATA_LOSS',
    { losses: lost.map((loss) => ({ table: loss.object, rows: loss.rows, why: loss.why ?? 'not keepable' })) },
    `The downgrade would drop rows that cannot be kept:\n${lines.join('\n')}`,
  )
}

/** Keeps what a downgrade is about to drop, in the same transaction, before its first operation. */
export async function keepDropped(options: {
  readonly dialect: Dialect
  readonly session: Session
  readonly kept: KeptStore
  readonly owner: KeptOwner
  readonly drops: readonly Dropped[]
  /** Objects that are allowed to be lost. */
  readonly lost: ReadonlySet<string>
  readonly breathe: () => Promise<void>
}): Promise<void> {
  const { dialect, session } = options
  for (const dropped of options.drops) {
    if (options.lost.has(objectName(dropped))) continue
    const { table, column } = dropped
    const key = keyOf(dialect, table)
    if (key === undefined) continue
    const columns = column === undefined ? storedColumns(table) : [column]
    const where =
      column === undefined
        ? {}
        : { where: { text: sql`${dialect.quote.identifier(column)} IS NOT NULL`.text, params: [] } }
    const pages = pagesByKey(dialect, session, {
      table: dialect.quote.table(table.ref),
      key,
      columns,
      rows: 500,
      ...where,
    })
    for await (const rows of pages) {
      for (const row of rows) {
        await options.breathe()
        const cells = (names: readonly string[]): Cells =>
          Object.fromEntries(names.map((each) => [each, row[each] ?? null]))
        const entry = { step: downgradeStep, table: table.ref.name, key: cells(key), writtenHash: valueHash(null) }
        const value =
          column === undefined
            ? { column: '', value: null, row: cells([...new Set([...key, ...columns])]) }
            : { column, value: row[column] ?? null }
        await options.kept.put(options.owner, { ...entry, ...value })
      }
    }
  }
}
