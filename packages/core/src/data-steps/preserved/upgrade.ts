import { withEffects } from '../../compile/named-tables.ts'
import { isNonTransactional } from '../../compile/parts.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { sha256 } from '../../model/canonical.ts'
import { findTable, tableKey } from '../../model/edit.ts'
import type { SchemaModel, TableRef } from '../../model/schema-model.ts'
import { renamedTable } from '../../operations/object-moves.ts'
import type { Operation } from '../../operations/operation.ts'
import { counterLabel, preservingLabel } from '../../operations/preserved-label.ts'
import type { PreserveLimits } from '../../options/migrator-options.ts'
import { baseText } from './base-text.ts'
import { lossOf } from './count-destroyed.ts'
import { counterMoves, moveInside, preserveCounters, storedCounters } from './counters.ts'
import { destructionsOf } from './destruction.ts'
import { preserveRows } from './downgrade.ts'
import { columnKey, countersTaken, followNames } from './drops.ts'
import { valueHash } from './encode.ts'
import { eachGroup, type PreservedGroup } from './groups.ts'
import { lossName, measurePreserved, refuseLosses, storedColumns } from './losses.ts'
import type { RestoreContext, StepRestoreContext } from './pages/restore-context.ts'
import { keyText, locationOf, readCells } from './restore/cells.ts'
import { mayWrite } from './restore/interrupted.ts'
import { conditionKey, hasColumns, rowsBy } from './rows.ts'
import type { PreservedOwner, PreservedStore, PreservedValue } from './store.ts'
import { restoreEach, restoreTo } from './write-preserved.ts'

interface PreserveRemovedOptions {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
  readonly limits: PreserveLimits
  /** Objects that are allowed to be lost, as the plan announced. */
  readonly lost: ReadonlySet<string>
  readonly breathe: () => Promise<void>
  /** How many rows or values of an object are preserved, of how many. */
  readonly progress: (object: string, done: number, total?: number) => void
}

/** Before an operation of an upgrade: preserves what it takes away. Throws DATA_LOSS for what cannot be preserved. */
export async function preserveRemoved(
  options: PreserveRemovedOptions,
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
    if (why !== undefined) refuseLosses([{ ...lossOf(destruction, { rows: count }), preserved: false, why }], false)
    const progress = (done: number): void => options.progress(lossName(dropped), done, count)
    await preserveRows({ ...options, progress }, dropped, label, condition)
  }
}

/** The names of a table and its columns after operations that follow one another. */
function followed(
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

/** Digests of the rows of preserved values as they are; none where a row is gone. */
async function rowDigests(
  context: RestoreContext,
  model: SchemaModel,
  after: readonly Operation[],
  { ref: first, entries }: PreservedGroup,
): Promise<ReadonlyMap<bigint, string>> {
  const { ref, column } = followed(after, first)
  const table = findTable(model, ref)
  if (table === undefined) return new Map()
  const { dialect, session, breathe } = context
  const columns = [...storedColumns(table)].sort()
  const named = entries.map((entry) => {
    const key = new Map([...entry.key].map(([name, value]) => [column(name), value]))
    return { ...entry, table: tableKey(ref), key }
  })
  const conditions = named.map(({ key }) => key)
  if (!conditions.every((key) => hasColumns(dialect, table, key.keys()))) return new Map()
  const rows = await rowsBy(dialect, session, ref, table, columns, conditions, breathe)
  const digests = new Map<bigint, string>()
  for (const entry of named) {
    const found = rows.get(conditionKey(entry.key))?.[0]
    // A key may be shown in another form than it was written in: a row that is not there is looked for by itself.
    const row = found ?? (await readCells({ ...context, model }, entry, columns))
    if (row === undefined) continue
    const cells = columns.map((name) => `${JSON.stringify(name)}=${valueHash(row[name] ?? null)}`)
    digests.set(entry.id, sha256(cells.join('\n')))
  }
  return digests
}

/** The preserving operations of an upgrade, each with those that came after it. */
function preserving(
  upgrade: readonly Operation[],
): readonly { readonly label: string; readonly after: readonly Operation[] }[] {
  return upgrade.flatMap((operation, at) => {
    const label = preservingLabel(operation)
    return label === undefined ? [] : [{ label, after: upgrade.slice(at + 1) }]
  })
}

/** The end of an upgrade: beside each preserved value goes what its row is now. Only a row that is still that takes the value back. */
export async function recordRows(
  context: StepRestoreContext,
  model: SchemaModel,
  upgrade: readonly Operation[],
): Promise<void> {
  const { preserved, owner } = context
  for (const { label, after } of preserving(upgrade)) {
    await preserved.setBase(owner, { step: label, column: '' }, baseText.none)
    const record = async (group: PreservedGroup): Promise<void> => {
      if (group.column === '') return
      const digests = await rowDigests(context, model, after, group)
      await preserved.setWritten(new Map(group.entries.map(({ id }) => [id, digests.get(id) ?? ''])))
    }
    await eachGroup(preserved, owner, record, { step: label })
  }
}

/** The beginning of a downgrade: sets aside what newer data has overtaken since the upgrade, and reports it. */
export async function holdOvertaken(
  context: RestoreContext,
  model: SchemaModel,
  upgrade: readonly Operation[],
): Promise<void> {
  const { preserved, owner } = context
  for (const { label, after } of preserving(upgrade)) {
    const hold = async (group: PreservedGroup): Promise<void> => {
      if (group.column === '') return
      const digests = await rowDigests(context, model, after, group)
      const overtaken = group.entries.filter(({ id, writtenHash }) => digests.get(id) !== writtenHash)
      await preserved.setAllAside(overtaken.map(({ id }) => id))
      for (const value of overtaken) {
        const why = digests.has(value.id) ? 'the row has changed since the upgrade' : 'the row is gone'
        context.report(`${locationOf(value)}: ${why}, so the old value stays preserved`, keyText(value.key))
      }
    }
    await eachGroup(preserved, owner, hold, { step: label })
  }
}

/** A preserved value by the names that its table and columns have below a revision, from those behind some of its operations. */
export function namesBelow(before: readonly Operation[]): (value: PreservedValue) => PreservedValue {
  const names = followNames()
  for (const operation of withEffects(before)) names.follow(operation)
  return (value) => {
    const table = names.table(value.table) ?? value.table
    const below = (column: string): string => (column === '' ? '' : (names.column(table, column) ?? column))
    const renamed = <T>(cells: ReadonlyMap<string, T>): Map<string, T> =>
      new Map([...cells].map(([column, cell]) => [below(column), cell]))
    return { ...value, table, key: renamed(value.key), column: below(value.column), row: renamed(value.row) }
  }
}

const blank = { id: 0n, key: new Map(), column: '', value: null, row: new Map(), writtenHash: '', base: undefined }

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
    await eachGroup(context.preserved, context.owner, hold, { step: label })
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
