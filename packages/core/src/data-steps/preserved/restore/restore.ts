import { refOfKey } from '../../../model/edit.ts'
import type { Row } from '../../../model/sql-value.ts'
import type { RestoreResult } from '../../../operations/step-database.ts'
import { valueHash } from '../encode.ts'
import type { RestoreContext, TableRestoreContext } from '../pages/restore-context.ts'
import { makeWritable } from '../silence.ts'
import { downgradeStep, type PreservedSelect, type PreservedValue } from '../store.ts'
import {
  absentOf,
  countOn,
  insertPreserved,
  isUntaken,
  keyText,
  locationOf,
  readLocked,
  reasonsUntaken,
  writeCells,
} from './cells.ts'
import { groupsOf, writeTogether } from './write-together.ts'

type Present = 'changed' | 'missing'
type RestoreOutcome = 'restored' | 'untaken' | 'absent' | Present

/** Why a value must not replace what is there now. */
function judge(preserved: PreservedValue, present: Row | undefined): { readonly reason: Present } | undefined {
  if (preserved.column === '') return present === undefined ? undefined : { reason: 'changed' }
  if (present === undefined) return { reason: 'missing' }
  const isWritten = valueHash(present[preserved.column] ?? null) === preserved.writtenHash
  return isWritten ? undefined : { reason: 'changed' }
}

async function restoreNow(context: TableRestoreContext, preserved: PreservedValue): Promise<RestoreOutcome> {
  const { column, key, value } = preserved
  const judged = judge(preserved, await readLocked(context, preserved, column === '' ? key.keys() : [column]))
  if (judged !== undefined) return judged.reason
  await (column === '' ? insertPreserved(context, preserved) : writeCells(context, preserved, [[column, value]]))
  return 'restored'
}

const outcomeTexts: { readonly [E in Exclude<RestoreOutcome, 'restored'>]: string } = {
  changed: 'changed since, so the present value stays and the old one stays preserved',
  missing: 'the row is gone, so the old value stays preserved',
  absent: 'its table or a column that it needs is not there any more, so the old value stays preserved',
  untaken: `the table does not take it (${reasonsUntaken}), so the old value stays preserved`,
}

/** What the table does not take is taken back to where it was before. */
async function restoreOne(context: TableRestoreContext, preserved: PreservedValue): Promise<RestoreOutcome> {
  if (absentOf(context, preserved).length > 0) return 'absent'
  try {
    return await context.session.savepoint(() => restoreNow(context, preserved))
  } catch (error) {
    if (isUntaken(error)) return 'untaken'
    throw error
  }
}

/** Of one column, or, without `column`, of whole rows; with `step`, only what that step preserved. */
interface PreservedSelection {
  /** Its key. */
  readonly table: string
  readonly column?: string
  readonly step?: string
}

/** Newest first: where several cells of a row were preserved, the key that was changed first is changed back last. */
async function restorePages(
  context: TableRestoreContext,
  select: PreservedSelect,
): Promise<{ readonly [E in RestoreOutcome]: number }> {
  const counts: { [E in RestoreOutcome]: number } = { restored: 0, changed: 0, missing: 0, untaken: 0, absent: 0 }
  for await (const page of context.preserved.pages(context.owner, select, { descending: true })) {
    await context.breathe()
    for (const group of groupsOf(page)) {
      const together = await writeTogether(context, group, judge)
      const aside: bigint[] = []
      for (const preserved of group) {
        const written = together.get(preserved)
        if (written === undefined) await context.breathe()
        const outcome = written?.reason ?? (await restoreOne(context, preserved))
        counts[outcome] += 1
        if (outcome === 'restored') {
          if (written === undefined) await context.preserved.remove(preserved.id)
          continue
        }
        aside.push(preserved.id)
        context.report(`${locationOf(preserved)}: ${outcomeTexts[outcome]}`, keyText(preserved.key))
      }
      await context.preserved.setAllAside(aside)
    }
  }
  return counts
}

/**
 * Restores what steps of this revision preserved in one place, without what the application hung on the table. Where it fails, its
 * transaction or savepoint has to be rolled back.
 */
export async function restorePreserved(context: RestoreContext, what: PreservedSelection): Promise<RestoreResult> {
  const { dialect, session, preserved, owner } = context
  const step = what.step === undefined ? { otherThan: downgradeStep } : { step: what.step }
  const select = { table: what.table, column: what.column ?? '', ...step }
  if (!(await preserved.hasValues(owner, select))) return { restored: 0, changed: 0, missing: 0 }
  const model = await dialect.introspection.schema(session, { tables: [refOfKey(what.table)], only: 'tables' })
  const tableContext: TableRestoreContext = { ...context, model }
  const writable = await makeWritable(tableContext, [select])
  const counts = await restorePages(tableContext, select)
  await writable.restore()
  if (select.column === '' && counts.restored > 0) await countOn(context, model.tables.values())
  return {
    restored: counts.restored,
    changed: counts.changed + counts.untaken,
    missing: counts.missing + counts.absent,
  }
}

/** The places of which a step preserved something, newest first: what `down: 'restore'` restores. */
export async function preservedSelections(
  context: RestoreContext,
  step: string,
): Promise<readonly PreservedSelection[]> {
  const columns = await context.preserved.preservedColumns(context.owner, { step })
  return columns.map((column) => ({ ...column, step }))
}
