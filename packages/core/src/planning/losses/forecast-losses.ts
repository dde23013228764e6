import type { CompiledGroup, CompiledOperation } from '../../compile/compile.ts'
import type { PlannedLoss } from '../../compile/plan.ts'
import { noUniqueKey } from '../../data-steps/paging.ts'
import {
  type CountedLocation,
  countDestroyed,
  lossOf,
  pendingLoss,
} from '../../data-steps/preserved/count-destroyed.ts'
import {
  type Destruction,
  destroyedObject,
  destructionsOf,
  type NamedColumns,
} from '../../data-steps/preserved/destruction.ts'
import { type DroppedObject, followNames, type Names } from '../../data-steps/preserved/drops.ts'
import { measurePreserved, preservedKeyOf } from '../../data-steps/preserved/losses.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findColumn, findTable, tableKey } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import type { PreserveLimits } from '../../options/migrator-options.ts'
import { sql } from '../../sql/tag.ts'
import { followPending, isPending, type PendingRows, targetsOf } from './pending-rows.ts'

/** Operations with the schema before each; a merged group is compiled as one, and its operations still follow one another. */
export function operationsAround(groups: readonly CompiledGroup[]): readonly CompiledOperation[] {
  return groups.flatMap((group) => group.operations.filter((each) => each.skipped === undefined))
}

/** Where the rows of a destruction are now; undefined: an earlier operation makes the place, without rows. */
export function locateInLive(
  live: SchemaModel,
  names: Names,
  { table, column }: Destruction,
): CountedLocation | undefined {
  const key = names.table(tableKey(table))
  const liveTable = key === undefined ? undefined : live.tables.get(key)
  if (key === undefined || liveTable === undefined) return undefined
  if (column === undefined) return { table: liveTable.ref }
  const name = names.column(key, column)
  return name === undefined || findColumn(liveTable, name) === undefined
    ? undefined
    : { table: liveTable.ref, column: name }
}

/** Whether an earlier operation changes these rows, or the names that they have now. */
function isMoved({ live, pending }: LossContext, { table, columns }: NamedColumns): boolean {
  const key = tableKey(table)
  const { names } = pending
  if (names.table(key) !== key || isPending(pending, live, key, undefined)) return true
  return columns.some((name) => names.column(key, name) !== name || isPending(pending, live, key, name))
}

/** What the run preserves: the table as it is before the operation, whose key an operation of the same plan may have dropped or added. */
function droppedBy(before: SchemaModel | undefined, { table: ref, column }: Destruction): DroppedObject | undefined {
  const table = before && findTable(before, ref)
  return table && { table, removedColumns: new Set(column === undefined ? [] : [column]) }
}

interface LossContext {
  readonly dialect: Dialect
  readonly session: Session
  /** The tables as they are now. */
  readonly live: SchemaModel
  readonly pending: PendingRows
  readonly limits: PreserveLimits
}

/** A loss behind rows that are still to change: which of them is not known, but that rows without a key can't be preserved is. */
async function lossBehindRows(
  { dialect, session }: LossContext,
  { table: at }: CountedLocation,
  destruction: Destruction,
  dropped: DroppedObject | undefined,
): Promise<PlannedLoss> {
  const loss = pendingLoss(dialect, destruction)
  if (!loss.preserved || dropped === undefined || preservedKeyOf(dialect, dropped) !== undefined) return loss
  const rows = await session.query(sql`SELECT 1 AS one FROM ${dialect.sql.quote.table(at)} LIMIT 1`.text)
  return rows.length === 0 ? loss : { ...loss, preserved: false, refused: true, why: noUniqueKey(dropped.table) }
}

async function lossAt(
  context: LossContext,
  destruction: Destruction,
  before: SchemaModel | undefined,
): Promise<PlannedLoss | undefined> {
  const { dialect, session, live, pending, limits } = context
  const key = tableKey(destruction.table)
  const location = locateInLive(live, pending.names, destruction)
  const dropped = droppedBy(before, destruction)
  if (isPending(pending, live, pending.names.table(key) ?? key, location?.column))
    return location === undefined
      ? pendingLoss(dialect, destruction)
      : lossBehindRows(context, location, destruction, dropped)
  if (location === undefined) return pending.newObjects ? pendingLoss(dialect, destruction) : undefined
  if (destruction.reads?.some((each) => isMoved(context, each)) === true)
    return lossBehindRows(context, location, destruction, dropped)
  const counted = await countDestroyed(dialect, session, location, destruction)
  const loss = lossOf(destruction, counted)
  const table = live.tables.get(tableKey(location.table))
  if (!loss.preserved || table === undefined || counted.error !== undefined) return loss
  const { column } = location
  const condition = column === undefined ? undefined : destruction.rows?.(dialect.sql.quote.identifier(column))
  const present = { table, condition, ...(column === undefined ? {} : { column }) }
  const taken = dropped ?? { table, removedColumns: new Set(column === undefined ? [] : [column]) }
  const { rows, bytes, why } = await measurePreserved(dialect, session, taken, limits, present)
  if (why !== undefined) return { ...loss, rows, preserved: false, refused: true, why }
  return { ...(loss.about ? lossOf(destruction, { rows }) : loss), ...(rows === 0 ? {} : { bytes }) }
}

interface OperationBefore {
  readonly operation: Operation
  /** Absent: opaque SQL comes first, and it is compiled when it runs. */
  readonly before?: SchemaModel
}

/**
 * What operations take away, one after the other, counted in the tables as they are now. Moves `pending` on.
 *
 * @param counts which destructions are counted here; the names lead to those from before the first of these operations
 */
export async function forecastLosses(
  context: LossContext,
  operations: readonly OperationBefore[],
  counts: (destruction: Destruction, names: Names) => boolean,
): Promise<readonly PlannedLoss[]> {
  const losses = new Map<string, PlannedLoss>()
  const targets = targetsOf(
    context.pending,
    operations.map(({ operation }) => operation),
  )
  const names = followNames()
  for (const each of operations) {
    const { operation, before } = each
    for (const destruction of destructionsOf(context.dialect, before, operation)) {
      if (!counts(destruction, names)) continue
      const loss = await lossAt(context, destruction, before)
      if (loss !== undefined) addLoss(losses, destruction, loss)
    }
    followPending(context.dialect, context.pending, each, targets)
    names.follow(operation)
  }
  return [...losses.values()]
}

/** Two losses of one kind in one place are one: rows that are deleted by different keys, values of several members of an enum. */
export function addLoss(losses: Map<string, PlannedLoss>, destruction: Destruction, loss: PlannedLoss): void {
  const key = JSON.stringify([loss.how, destroyedObject(destruction), loss.why])
  const other = losses.get(key)
  const rows = (other?.rows ?? 0) + (loss.rows ?? 0)
  losses.set(key, other === undefined || loss.rows === undefined || other.rows === undefined ? loss : { ...loss, rows })
}
