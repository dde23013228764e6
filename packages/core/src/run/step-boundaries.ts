import type { RecordedInverse } from '../bookkeeping/history.ts'
import { columnsAfterUpgrade } from '../bookkeeping/revision-rows.ts'
import type { CompiledGroup } from '../compile/compile.ts'
import { isWritten } from '../data-steps/preserved/bases.ts'
import {
  type CounterMove,
  counterMoves,
  renumber,
  storedCounters,
  takenCounters,
} from '../data-steps/preserved/counters.ts'
import { columnKey } from '../data-steps/preserved/drops.ts'
import type { StepRestoreContext } from '../data-steps/preserved/pages/restore-context.ts'
import { keyText, locationOf } from '../data-steps/preserved/restore/cells.ts'
import { holdWritten } from '../data-steps/preserved/restore/interrupted.ts'
import { leaveAll, scriptMoved } from '../data-steps/preserved/restore/leave.ts'
import { holdOvertaken, recordRows } from '../data-steps/preserved/restore/overtaken-rows.ts'
import { leftStep, type PreservedValue } from '../data-steps/preserved/store.ts'
import { locationBy, namesBelow, restoreRemoved } from '../data-steps/preserved/upgrade.ts'
import { isMovedByScript } from '../history/moved-by-script.ts'
import { findTable, refOfKey, tableKey } from '../model/edit.ts'
import type { ColumnModel, TableRef } from '../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import { counterLabel, preservingLabel } from '../operations/preserved-label.ts'
import { operationsOf } from '../operations/recording.ts'
import { sql } from '../sql/tag.ts'
import { noOperations } from './journal/step-parts.ts'
import type { LiveModel } from './live-model.ts'
import { type RunContext, revertedBy } from './run-context.ts'
import { reporting, reportingPreserved } from './step-reports.ts'

/** Work on what the upgrade of this revision preserved, with a report of its own. */
export function onUpgradePreserved(
  context: RunContext,
  work: (restore: StepRestoreContext) => Promise<void>,
): Promise<void> {
  const purpose = 'comparing and restoring what the upgrade preserved'
  return reportingPreserved(context, 'what the upgrade preserved', purpose, work)
}

/** What an interrupted run of this step, or what it takes back, has set aside: no result says it, for that run had none. */
export async function reportAside(context: RunContext): Promise<void> {
  const { resumed, route } = context.executableStep
  if ((resumed === undefined && route.reverts === undefined) || !context.preserved.exists) return
  const { preserved, owner } = context
  await context.parts.runInTransaction(noOperations, () =>
    reporting(context, 'what stays preserved', async (report) => {
      for await (const value of preserved.each(owner, { step: leftStep })) {
        const why = 'the old value was set aside before the revision was interrupted, and stays preserved'
        report(`${locationOf(value)}: ${why}`, keyText(value.key))
      }
    }),
  )
}

/** Before a step: what is preserved from before a script moved the revision does not come back over what is newer. */
export async function leaveOutdated(context: RunContext): Promise<void> {
  const { executableStep, preserved, resolved, session, owner } = context
  if (executableStep.resumed !== undefined || executableStep.route.reverts !== undefined) return
  if (!(await preserved.hasValues(owner, { otherThan: leftStep }))) return
  if (!(await isMovedByScript(resolved, session, owner))) return
  const purpose = 'setting preserved values aside'
  await context.parts.runInTransaction(noOperations, () =>
    reportingPreserved(context, 'what stays preserved', purpose, (restore) =>
      leaveAll(restore, restore.owner, scriptMoved),
    ),
  )
}

/** Before the operations of a downgrade: what newer data has overtaken is not restored. */
export async function beforeDowngrade(context: RunContext, before: LiveModel): Promise<void> {
  const { upgraded = [], resumed } = context.executableStep
  const done = revertedBy(context.executableStep)
  const preserves = (done ?? upgraded).some((operation) => preservingLabel(operation) !== undefined)
  if (!preserves || resumed !== undefined || !context.preserved.exists) return
  await context.parts.runInTransaction(noOperations, () =>
    onUpgradePreserved(context, async (restore) => {
      if (done !== undefined) return holdWritten(restore, done)
      const columns = await columnsAfterUpgrade(context.dialect, context.resolved.names, context.session, context.owner)
      return holdOvertaken(restore, await before.read(), upgraded, columns)
    }),
  )
}

/** What an operation of the upgrade took away and preserved, by the names that it has below the revision. */
interface Removed {
  readonly label: string
  readonly table: TableRef
  /** Empty: the whole table. */
  readonly column: string
  readonly named: (value: PreservedValue) => PreservedValue
}

/** The last one first: the downgrade goes back from there. */
function removedBy(upgraded: readonly Operation[]): readonly Removed[] {
  const all = upgraded.flatMap((operation, at): readonly Removed[] => {
    const label = preservingLabel(operation)
    if (label === undefined || (operation.kind !== 'dropTable' && !changesColumn(operation))) return []
    const named = namesBelow(upgraded.slice(0, at))
    const location = locationBy(
      named,
      tableKey(operation.table),
      operation.kind === 'dropTable' ? '' : operation.column,
    )
    return [{ label, table: refOfKey(location.table), column: location.column, named }]
  })
  return all.toReversed()
}

const changesColumn = (operation: Operation): operation is OperationOf<'dropColumn'> | OperationOf<'alterColumn'> =>
  operation.kind === 'dropColumn' || operation.kind === 'alterColumn'

const mayRecreate = (
  operation: Operation,
): operation is OperationOf<'createTable'> | OperationOf<'addColumn'> | OperationOf<'alterColumn'> =>
  operation.kind === 'createTable' || operation.kind === 'addColumn' || operation.kind === 'alterColumn'

/** Whether an operation of a downgrade makes it again. */
function recreates(operation: Operation, { table, column }: Removed): boolean {
  if (!mayRecreate(operation)) return false
  if (operation.kind === 'createTable') return column === '' && operation.table.ref.name === table.name
  const name = operation.kind === 'addColumn' ? operation.column.name : operation.column
  return column === name && operation.table.name === table.name
}

const renames: ReadonlySet<OperationKind> = new Set<OperationKind>(['renameTable', 'renameColumn', 'setSchema'])

/**
 * Behind a group of a downgrade of the author's own: the columns that it makes again take their values, as in a derived one, so that
 * what its later data steps write wins. Gives whether there were some. Where a rename is still to come, they wait for the end.
 */
export async function restoreBehind(context: RunContext, group: CompiledGroup, until: number): Promise<boolean> {
  const due = group.operations.filter(({ skipped, operation }) => skipped === undefined && mayRecreate(operation))
  // Of a long downgrade most groups make nothing, and what follows asks for all its operations.
  if (group.ends === 0 || due.length === 0) return false
  return restoreWhere(context, until, (removed) => due.some(({ operation }) => recreates(operation, removed)))
}

/** The same in a resumed downgrade: the run before it may have ended when a column was made again, and had not taken its values yet. */
export async function restoreResumed(context: RunContext): Promise<void> {
  const { resumed } = context.executableStep
  if (resumed === undefined) return
  const done = operationsOf(resumed.resolvedOperations)
  await restoreWhere(context, resumed.operations, (removed) => {
    const at = done.findLastIndex((operation) => recreates(operation, removed))
    const later = done.slice(at + 1)
    return (
      at !== -1 &&
      !later.some(({ kind }) => renames.has(kind)) &&
      isWritten(context.dialect, later, removed.table, removed.column) === 'no'
    )
  })
}

/** Restores columns that a downgrade of the author's own has made again. */
async function restoreWhere(
  context: RunContext,
  until: number,
  isRecreated: (removed: Removed) => boolean,
): Promise<boolean> {
  const { executableStep, preserved, dialect } = context
  const { upgraded = [], route, resumed, recorded, operations } = executableStep
  if (context.named.direction === 'up' || !preserved.exists || route.reverts !== undefined) return false
  if (dialect.capabilities.statementList === true) return false
  const left = operationsOf(operations).slice(until - (resumed?.operations ?? 0))
  if (left.some(({ kind }) => renames.has(kind))) return false
  const all = operationsOf(recorded ?? operations)
  const restored = removedBy(upgraded).filter(
    (removed) =>
      removed.column !== '' &&
      isRecreated(removed) &&
      // A derived downgrade restores it by an operation of its own.
      all.every((operation) => operation.kind !== 'run' || operation.label !== removed.label),
  )
  if (restored.length === 0) return false
  await context.parts.runInTransaction({ until, resolvedOperations: [] }, () =>
    onUpgradePreserved(context, async (restore) => {
      for (const { label, named } of restored) await restoreRemoved(restore, label, { named })
    }),
  )
  return true
}

const ownDowngrade = 'the downgrade of the file writes there'

/** Why a downgrade of the author's own keeps what was preserved from its place: its steps have written there. */
async function heldBackBy(
  { dialect, session }: RunContext,
  done: readonly Operation[],
  after: LiveModel,
  removed: Removed,
): Promise<string | undefined> {
  const at = done.findLastIndex((operation) => recreates(operation, removed))
  const written = isWritten(dialect, done.slice(at + 1), removed.table, removed.column)
  if (written !== 'perhaps' || removed.column !== '') return written === 'no' ? undefined : ownDowngrade
  // It was empty when it was made.
  const table = findTable(await after.read(), removed.table)
  if (table === undefined) return undefined
  const rows = await session.query(
    sql`SELECT 1 AS ${dialect.sql.quote.identifier('n')} FROM ${dialect.sql.quote.table(table.ref)} LIMIT 1`.text,
  )
  return rows.length === 0 ? undefined : ownDowngrade
}

/**
 * After the operations of a step. Up: what the rows are now decides whether a downgrade restores their values. Down: what a downgrade of
 * the author's own has made again takes its values, unless its steps have written there; a derived one has restored them already.
 */
export async function afterOperations(
  context: RunContext,
  after: LiveModel,
  resolvedOperations: readonly RecordedInverse[],
): Promise<void> {
  if (!context.preserved.exists) return
  const done = operationsOf(resolvedOperations)
  const isUp = context.named.direction === 'up'
  const { upgraded = [] } = context.executableStep
  if ((isUp ? done : upgraded).every((operation) => preservingLabel(operation) === undefined)) return
  await onUpgradePreserved(context, async (restore) => {
    if (isUp) return recordRows(restore, await after.read(), done)
    for (const removed of removedBy(upgraded)) {
      const { label, named } = removed
      const heldBack = await heldBackBy(context, done, after, removed)
      await restoreRemoved(restore, label, { named, ...(heldBack === undefined ? {} : { heldBack }) })
    }
  })
}

/** The counters that the other direction took away, by the names that stand when the operations of the step are done. */
async function dueCounters(context: RunContext): Promise<readonly PreservedValue[]> {
  const counters: PreservedValue[] = []
  const isUp = context.named.direction === 'up'
  // What a squashed revision makes again goes on behind the numbers that its range has given out.
  for (const revision of context.executableStep.route.header.replaces ?? []) {
    const owner = { ...context.owner, revision }
    counters.push(...(await (isUp ? storedCounters : takenCounters)({ ...context, owner })))
  }
  if (isUp) return [...counters, ...(await storedCounters(context))]
  const upgraded = revertedBy(context.executableStep) ?? context.executableStep.upgraded ?? []
  const labels = new Set(upgraded.flatMap((operation) => counterLabel(operation) ?? []))
  for (const label of labels) {
    const at = upgraded.findIndex((operation) => counterLabel(operation) === label)
    counters.push(...(await storedCounters(context, label)).map(namesBelow(upgraded.slice(0, at))))
  }
  return counters
}

/** What moves them on, when the operations of the step are done. */
export const dueMoves = async (context: RunContext): Promise<readonly CounterMove[]> =>
  counterMoves(context, await dueCounters(context))

/** Without either the server puts no numbers into the rows. */
const isNumbered = ({ identity, default: value }: ColumnModel): boolean => identity !== undefined || value !== undefined

/** Behind a group that adds columns which the server numbers: no row has a number there that another one had before. Gives whether there were some. */
export async function renumberBehind(context: RunContext, group: CompiledGroup, until: number): Promise<boolean> {
  const { executableStep, preserved, dialect } = context
  if (group.ends === 0 || !preserved.exists || dialect.rows?.counters?.renumber === undefined) return false
  const added = new Set(
    group.operations.flatMap(({ operation, skipped }) =>
      skipped === undefined && operation.kind === 'addColumn' && isNumbered(operation.column)
        ? [columnKey(tableKey(operation.table), operation.column.name)]
        : [],
    ),
  )
  if (added.size === 0) return false
  const later = operationsOf(executableStep.operations).slice(until - (executableStep.resumed?.operations ?? 0))
  const named = namesBelow(later)
  const counters = (await dueCounters(context))
    .map(named)
    .filter(({ table, column }) => added.has(columnKey(table, column)))
  if (counters.length === 0) return false
  await context.parts.runInTransaction({ until, resolvedOperations: [] }, () =>
    onUpgradePreserved(context, async (restore) => renumber(restore, await counterMoves(restore, counters))),
  )
  return true
}
