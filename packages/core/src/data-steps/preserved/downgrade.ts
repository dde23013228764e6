import type { PlannedLoss } from '../../compile/plan.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findColumn, refText, tableKey } from '../../model/edit.ts'
import type { PreserveLimits } from '../../options/migrator-options.ts'
import type { SqlFragment } from '../../sql/tag.ts'
import { type ExactRow, pagesByKey } from '../paging.ts'
import type { BaseOf } from './bases.ts'
import { countDestroyed } from './count-destroyed.ts'
import type { Destruction } from './destruction.ts'
import type { DroppedObject } from './drops.ts'
import { type Cells, valueHash } from './encode.ts'
import { preserveInServer } from './in-server/preserve-rows.ts'
import { countLoss, lossName, presence, preservedKeyOf, refuseLosses, storedColumns } from './losses.ts'
import { unpadded } from './pages/conditions.ts'
import { keyText } from './restore/cells.ts'
import { downgradeStep, type PreservedOwner, type PreservedStore } from './store.ts'

export interface PreserveDroppedOptions {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
  readonly drops: readonly DroppedObject[]
  readonly limits: PreserveLimits
  /** What decides over a value, where that is known before the first operation: `decidedBefore`. */
  readonly baseOf?: BaseOf | undefined
  /** Objects that are allowed to be lost, as the plan announced. */
  readonly lost: ReadonlySet<string>
  readonly breathe: () => Promise<void>
  /** How many rows or values of an object are preserved, of how many. */
  readonly progress: (object: string, done: number, total?: number) => void
  /** What is lost, or preserved. */
  readonly onLoss: (loss: PlannedLoss) => void
  /** What is set aside because an older value of the cell waits for the next upgrade. */
  readonly report: (what: string, key?: string) => void
}

interface PreserveOptions
  extends Pick<PreserveDroppedOptions, 'dialect' | 'session' | 'preserved' | 'owner' | 'breathe'>,
    Partial<Pick<PreserveDroppedOptions, 'report' | 'baseOf'>> {
  readonly progress: (done: number) => void
}

/**
 * Preserves what a downgrade is about to drop, in the same transaction, before its first operation. Counts again, now that no other
 * session can write. Throws DATA_LOSS for what came since and cannot be preserved.
 */
export async function preserveDropped(options: PreserveDroppedOptions): Promise<void> {
  const { dialect, session, limits, lost, onLoss } = options
  for (const dropped of options.drops) {
    if (lost.has(lossName(dropped))) {
      const { table, column } = dropped
      const destroyed: Destruction = {
        how: 'dropped',
        table: table.ref,
        ...(column === undefined ? {} : { column, rows: (quoted) => presence(dialect, quoted) }),
      }
      const { error: _, ...counted } = await countDestroyed(dialect, session, destroyed, destroyed)
      onLoss({ object: lossName(dropped), how: 'dropped', ...counted, preserved: false })
      continue
    }
    const loss = await countLoss(dialect, session, dropped, limits)
    if (loss.rows === 0) continue
    refuseLosses([loss])
    const progress = (done: number): void => options.progress(lossName(dropped), done, loss.rows)
    await preserveOne({ ...options, progress }, dropped)
    onLoss(loss)
  }
}

function preserveOne(options: PreserveOptions, dropped: DroppedObject): Promise<void> {
  const { column } = dropped
  const isWhole = column === undefined || dropped.withNull
  const condition = isWhole ? undefined : presence(options.dialect, options.dialect.sql.quote.identifier(column))
  return preserveRows(options, dropped, downgradeStep, condition)
}

/**
 * Preserves rows of a table, or the values that a column has in them.
 *
 * @param step what they are restored by
 */
export async function preserveRows(
  options: PreserveOptions,
  dropped: DroppedObject,
  step: string,
  condition: SqlFragment | undefined,
): Promise<void> {
  const { dialect, session } = options
  const { table, column } = dropped
  const key = preservedKeyOf(dialect, dropped)
  if (key === undefined) return
  const columns = column === undefined ? storedColumns(table) : [column]
  // A generated column may be the key by which a row is found, but cannot be written.
  const whole = [...new Set([...key.filter((each) => findColumn(table, each)?.generated === undefined), ...columns])]
  const { kind } = options.baseOf?.(table.ref, column ?? '') ?? { kind: 'unknown' }
  const base = kind === 'none' || kind === 'row' ? { base: { kind, removedColumns: dropped.removedColumns } } : {}
  if (await preserveInServer({ ...options, table, step, key, column, columns: whole, condition, ...base })) return
  const pages = pagesByKey(dialect, session, {
    table: dialect.sql.quote.table(table.ref),
    model: table,
    key,
    columns,
    rows: 500,
    exact: true,
    ...(condition === undefined ? {} : { where: { text: condition.text, params: [] } }),
  })
  const name = tableKey(table.ref)
  let done = 0
  const cells = (row: ExactRow, names: readonly string[]): Cells =>
    Object.fromEntries(names.map((each) => [each, row[each] ?? null]))
  const keyCells = (row: ExactRow): Cells =>
    Object.fromEntries(key.map((each) => [each, unpadded(dialect, table, each, row[each] ?? null)]))
  for await (const rows of pages) {
    await options.breathe()
    const entries = rows.map((row) => ({
      step,
      table: name,
      key: keyCells(row),
      writtenHash: valueHash(null),
      ...(column === undefined
        ? { column: '', value: null, row: cells(row, whole) }
        : { column, value: row[column] ?? null }),
    }))
    const waits = await options.preserved.putAll(options.owner, entries)
    done += entries.length
    options.progress(done)
    for (const [at, entry] of entries.entries()) {
      if (waits[at]) continue
      const location = column === undefined ? `rows of ${refText(table.ref)}` : `${refText(table.ref)}.${column}`
      options.report?.(
        `${location}: an older value waits for the next upgrade, so this one stays preserved beside it`,
        keyText(new Map(Object.entries(entry.key))),
      )
    }
  }
}
