import { isMigrateError, type MigrateError } from '../../errors/migrate-error.ts'
import { findColumn, findTable, refOfKey } from '../../model/edit.ts'
import type { Row } from '../../model/sql-value.ts'
import { rowsAtOnce } from './pages/id-ranges.ts'
import type { RestoreContext, TableRestoreContext } from './pages/restore-context.ts'
import { absentOf, countOn, insertPreserved, keyText, locationOf, readLocked, writeCells } from './restore/cells.ts'
import { cellsOf, differenceOf, groupsOf, type Restored, writeTogether } from './restore/write-together.ts'
import { makeWritable, type WrittenPart } from './silence.ts'
import type { PreservedSelect, PreservedValue } from './store.ts'

/** Why a value was not restored. `refused`: by a constraint, so that another value may have to come first. */
interface Unrestored {
  readonly reason: 'missing' | 'occupied' | 'superseded' | 'refused'
  readonly why: string
  /** The table or the columns that are not there. */
  readonly absent?: readonly string[]
}

export type WriteResult = Unrestored | Restored

/** What is there now (undefined: no row) may be something that the value must not replace. */
export type Judge = (value: PreservedValue, present: Row | undefined) => Unrestored | undefined

const rowMissing: Unrestored = { reason: 'missing', why: 'the row is gone' }

/** Restores values to tables, whose triggers are off meanwhile, and whose counters then are behind the restored rows. */
export async function restoreTo(
  context: RestoreContext,
  written: readonly (WrittenPart & { readonly values: number })[],
  work: (tableContext: TableRestoreContext) => Promise<void>,
): Promise<void> {
  if (written.length === 0) return
  const { dialect, session } = context
  const tables = [...new Set(written.map(({ table }) => table))].map(refOfKey)
  const model = await dialect.introspection.schema(session, { tables, only: 'tables' })
  const total = written.reduce((values, each) => values + each.values, 0)
  let done = 0
  const restored = (values: number): void => {
    const before = done
    done += values
    if (Math.floor(done / rowsAtOnce) > Math.floor(before / rowsAtOnce)) context.onProgress?.(done, total)
  }
  const tableContext: TableRestoreContext = { ...context, model, restored }
  const writable = await makeWritable(tableContext, written)
  await work(tableContext)
  await writable.restore()
  await countOn(context, model.tables.values())
}

/** A row without the cells that are NULL in columns that are gone. */
function presentCells({ model }: TableRestoreContext, value: PreservedValue): PreservedValue {
  const table = findTable(model, refOfKey(value.table))
  const row = [...value.row].filter(([name, cell]) => cell !== null || (table && findColumn(table, name)) !== undefined)
  return row.length === value.row.size ? value : { ...value, row: new Map(row) }
}

/** By a constraint, or because the column has another type now. */
function isRefused({ dialect }: RestoreContext, error: unknown): error is MigrateError {
  if (!isMigrateError(error, 'STATEMENT_FAILED')) return false
  return error.details.fault === 'constraint' || dialect.errors.refusesValue?.(error.cause) === true
}

/** Writes one preserved row or cell, and forgets it when that is done. */
async function writePreserved(context: TableRestoreContext, whole: PreservedValue, judge: Judge): Promise<WriteResult> {
  const absent = absentOf(context, whole)
  if (absent.length > 0)
    return {
      reason: 'missing',
      why: `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there any more`,
      absent,
    }
  const value = presentCells(context, whole)
  const cells = cellsOf(value)
  const present = await readLocked(context, value, cells.keys())
  const judged = judge(value, present)
  if (judged !== undefined) return judged
  if (present === undefined && value.column !== '') return rowMissing
  const { differing, replaced } = differenceOf(cells, present)
  try {
    // A statement that fails must not end the transaction on servers where it would.
    await context.session.savepoint(async () => {
      if (present === undefined) return insertPreserved(context, value)
      if (differing.length > 0) await writeCells(context, value, differing)
    })
  } catch (error) {
    if (!isRefused(context, error)) throw error
    return {
      reason: 'refused',
      why: `cannot be restored (${error.cause instanceof Error ? error.cause.message : error.message})`,
    }
  }
  await context.preserved.remove(value.id)
  return { reason: 'restored', replaced }
}

/** Writes values in their order: those of one column together where the server takes them, else one by one. */
export async function writeEach(
  context: TableRestoreContext,
  values: readonly PreservedValue[],
  judge: Judge,
  done: (value: PreservedValue, result: WriteResult) => void,
): Promise<void> {
  for (const group of groupsOf(values)) {
    const together = await writeTogether(
      context,
      group,
      (value, present) =>
        judge(value, present) ?? (present === undefined && value.column !== '' ? rowMissing : undefined),
    )
    for (const value of group) {
      if (!together.has(value)) await context.breathe()
      done(value, together.get(value) ?? (await writePreserved(context, value, judge)))
    }
  }
}

interface RestoreEachOptions {
  readonly descending: boolean
  readonly judge: Judge
  /** A value by the names that stand now. */
  readonly named?: (value: PreservedValue) => PreservedValue
  readonly onRestored?: (value: PreservedValue, result: Restored) => void
}

/**
 * Restores values, each once; where others are refused, the refused ones once more in the other order, as long as that helps: a row may
 * refer to one that comes later. What then is left is set aside and reported.
 */
export async function restoreEach(
  context: TableRestoreContext,
  select: PreservedSelect,
  { descending, judge, named = (value) => value, onRestored }: RestoreEachOptions,
): Promise<void> {
  const { preserved, owner, breathe } = context
  let waiting = Number.POSITIVE_INFINITY
  for (let newestFirst = descending; ; newestFirst = !newestFirst) {
    const remaining = new Map<bigint, { readonly what: string; readonly key: string }>()
    let refused = 0
    for await (const page of preserved.pages(owner, select, { descending: newestFirst })) {
      await breathe()
      let restored = 0
      const originals = new Map(page.map((value) => [value.id, value]))
      await writeEach(context, page.map(named), judge, (written, result) => {
        const value = originals.get(written.id) ?? written
        if (result.reason === 'restored') {
          restored += 1
          return onRestored?.(value, result)
        }
        if (result.reason === 'refused') refused += 1
        remaining.set(value.id, {
          what: `${locationOf(value)}: ${result.why}, so the old value stays preserved`,
          key: keyText(value.key),
        })
      })
      context.restored?.(restored)
    }
    if (refused > 0 && refused < waiting) {
      waiting = refused
      continue
    }
    await preserved.setAllAside([...remaining.keys()])
    for (const { what, key } of remaining.values()) context.report(what, key)
    return
  }
}
