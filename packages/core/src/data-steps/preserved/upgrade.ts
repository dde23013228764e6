import { isNonTransactional } from '../../compile/parts.ts'
import { findTable, tableKey } from '../../model/edit.ts'
import type { SchemaModel, TableRef } from '../../model/schema-model.ts'
import { renamedTable } from '../../operations/object-moves.ts'
import type { Operation } from '../../operations/operation.ts'
import { counterLabel, preservingLabel } from '../../operations/preserved-label.ts'
import { lossOf } from './count-destroyed.ts'
import { counterMoves, moveInside, preserveCounters, storedCounters } from './counters.ts'
import { destructionsOf } from './destruction.ts'
import { type PreserveDroppedOptions, preserveRows } from './downgrade.ts'
import { columnKey, countersTaken, followNames } from './drops.ts'
import { eachGroup, type PreservedGroup } from './groups.ts'
import { lossName, measurePreserved, refuseLosses } from './losses.ts'
import type { RestoreContext } from './pages/restore-context.ts'
import { keyText, locationOf } from './restore/cells.ts'
import { mayWrite } from './restore/interrupted.ts'
import type { PreservedValue } from './store.ts'
import { restoreEach, restoreTo } from './write-preserved.ts'

/** Before an operation of an upgrade: preserves what it takes away. Throws DATA_LOSS for what cannot be preserved. */
export async function preserveRemoved(
  options: Omit<PreserveDroppedOptions, 'drops' | 'onLoss' | 'report'>,
  before: SchemaModel,
  operation: Operation,
): Promise<void> {
  const { dialect, session, limits, lost } = options
  const counter = counterLabel(operation)
  if (counter !== undefined && dialect.capabilities.statementList !== true)
    await preserveCounters(options, countersTaken(before, operation), counter)
  const label = preservingLabel(operation)
  if (label === undefined) return
  await options.preserved.clear(options.owner, { step: label })
  for (const destruction of destructionsOf(dialect, before, operation)) {
    const { column, rows } = destruction
    const table = findTable(before, destruction.table)
    if (table === undefined) continue
    const dropped = {
      table,
      removedColumns: new Set(column === undefined ? [] : [column]),
      ...(column === undefined ? {} : { column }),
    }
    if (lost.has(lossName(dropped))) continue
    const condition = column === undefined ? undefined : rows?.(dialect.sql.quote.identifier(column))
    const present = { ...dropped, condition }
    const { rows: count, why } = await measurePreserved(dialect, session, dropped, limits, present)
    if (why !== undefined) refuseLosses([{ ...lossOf(destruction, { rows: count }), preserved: false, why }])
    const progress = (done: number): void => options.progress(lossName(dropped), done, count)
    await preserveRows({ ...options, progress }, dropped, label, condition)
  }
}

/** The names of a table and its columns after operations that follow one another. */
export function followed(
  operations: readonly Operation[],
  ref: TableRef,
): { ref: TableRef; column: (name: string) => string } {
  let now = ref
  const renames: (readonly [string, string])[] = []
  for (const operation of operations) {
    const renamed = renamedTable(operation)
    if (renamed !== undefined && tableKey(renamed.from) === tableKey(now)) now = renamed.to
    if (operation.kind === 'renameColumn' && tableKey(operation.table) === tableKey(now))
      renames.push([operation.column, operation.to])
  }
  return { ref: now, column: (name) => renames.reduce((at, [from, to]) => (at === from ? to : at), name) }
}

/** What an operation makes that values can be restored into. */
function locationOfNew(operation: Operation): { readonly ref: TableRef; readonly column: string } | undefined {
  if (operation.kind === 'createTable') return { ref: operation.table.ref, column: '' }
  return operation.kind === 'addColumn' ? { ref: operation.table, column: operation.column.name } : undefined
}

/** What an interrupted run of an upgrade has made, by the names at its end, with what it may have put there. */
export interface CreatedObject {
  /** The literal that a column has by default; `anything`: what the upgrade itself has put there can't be told. */
  readonly holds?: 'anything' | { readonly literal: unknown }
}

/**
 * @param executed the operations of the upgrade, without those that were skipped
 * @param count how many of them an interrupted run has done
 */
export function createdBefore(executed: readonly Operation[], count: number): ReadonlyMap<string, CreatedObject> {
  const done = executed.slice(0, count)
  return new Map(
    done.flatMap((operation, at): [string, CreatedObject][] => {
      const location = locationOfNew(operation)
      if (location === undefined) return []
      const { ref, column } = followed(executed.slice(at + 1), location.ref)
      const fallback = operation.kind === 'addColumn' ? operation.column.default : undefined
      const isUnknown = mayWrite(done.slice(at + 1), location.ref) || (fallback && fallback.kind !== 'literal')
      const holds = isUnknown ? 'anything' : fallback?.kind === 'literal' ? { literal: fallback.value } : undefined
      const key = columnKey(tableKey(ref), location.column === '' ? '' : column(location.column))
      return [[key, holds === undefined ? {} : { holds }]]
    }),
  )
}

/**
 * What was there already where guarded operations of an upgrade would have made it, by the names at its end.
 *
 * @param upgrade all of its operations
 * @param executed those that were not skipped, also in an earlier run
 */
export function foundBy(upgrade: readonly Operation[], executed: readonly Operation[]): ReadonlySet<string> {
  const keyOf = (operation: Operation): string | undefined => {
    const location = locationOfNew(operation)
    return location && columnKey(tableKey(location.ref), location.column)
  }
  const keys = new Set(executed.map(keyOf))
  return new Set(
    upgrade.flatMap((operation, at) => {
      const location = locationOfNew(operation)
      if (location === undefined || keys.has(keyOf(operation))) return []
      const { ref, column } = followed(upgrade.slice(at + 1), location.ref)
      return columnKey(tableKey(ref), location.column === '' ? '' : column(location.column))
    }),
  )
}

/** A preserved value by the names that its table and columns have below a revision, from those behind some of its operations. */
export function namesBelow(before: readonly Operation[]): (value: PreservedValue) => PreservedValue {
  const names = followNames(before)
  return (value) => {
    const table = names.table(value.table) ?? value.table
    const below = (column: string): string => (column === '' ? '' : (names.column(table, column) ?? column))
    const renamed = <T>(cells: ReadonlyMap<string, T>): Map<string, T> =>
      new Map([...cells].map(([column, cell]) => [below(column), cell]))
    return { ...value, table, key: renamed(value.key), column: below(value.column), row: renamed(value.row) }
  }
}

const blank: Omit<PreservedValue, 'table'> = {
  id: 0n,
  key: new Map(),
  column: '',
  value: null,
  row: new Map(),
  writtenHash: '',
  base: undefined,
  tier: '',
  preservedAt: '',
}

/** The table and column of a value by other names. */
export function locationBy(
  named: (value: PreservedValue) => PreservedValue,
  table: string,
  column = '',
): Pick<PreservedValue, 'table' | 'column'> {
  return named({ ...blank, table, column })
}

interface RemovedOptions {
  /** Gives a value by the names that stand now; the downgrade that the operation's inverse is part of is at its names. */
  readonly named?: (value: PreservedValue) => PreservedValue
  /** Why no value is restored. */
  readonly heldBack?: string
}

/** Restores what one operation of an upgrade preserved; what the database does not take stays preserved and is reported. */
export async function restoreRemoved(
  context: RestoreContext,
  label: string,
  { named = (value) => value, heldBack }: RemovedOptions = {},
): Promise<void> {
  if (heldBack === undefined) await restoreValues(context, label, named)
  else {
    const hold = async ({ entries }: PreservedGroup): Promise<void> => {
      await context.preserved.setAllAside(entries.map(({ id }) => id))
      for (const value of entries)
        context.report(`${locationOf(named(value))}: ${heldBack}, so the old value stays preserved`, keyText(value.key))
    }
    await eachGroup(context, hold, { step: label })
  }
  // A later operation of the step may give a column its counter: what is not moved here is moved at the end of the step.
  const moves = await counterMoves(context, (await storedCounters(context, label)).map(named))
  await moveInside(
    context,
    moves.filter(({ statements }) => !statements.some(isNonTransactional)),
  )
}

async function restoreValues(
  context: RestoreContext,
  label: string,
  named: (value: PreservedValue) => PreservedValue,
): Promise<void> {
  const columns = await context.preserved.preservedColumns(context.owner, { step: label })
  const written = columns.map(({ table, column, values }) => ({ ...locationBy(named, table, column), values }))
  await restoreTo(context, written, (tableContext) =>
    restoreEach(
      tableContext,
      { step: label },
      {
        descending: false,
        named,
        judge: (value, present) =>
          value.column === '' && present !== undefined
            ? { reason: 'occupied', why: 'another row has its key' }
            : undefined,
      },
    ),
  )
}
