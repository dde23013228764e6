import type { Row } from '../../../model/sql-value.ts'
import { baseText } from '../base-text.ts'
import { columnKey } from '../drops.ts'
import { restoreInServer } from '../in-server/restore-rows.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import { downgradeStep, type PreservedValue } from '../store.ts'
import type { CreatedObject } from '../upgrade.ts'
import { upgradeDigest } from '../upgrade-digests.ts'
import { type Judge, restoreEach, restoreTo } from '../write-preserved.ts'
import { keyText, locationOf } from './cells.ts'
import { cellsOf, differenceOf } from './write-together.ts'

/** An interrupted upgrade has made it, and since then something else has come into it. */
function isNewer(value: PreservedValue, { holds }: CreatedObject, present: Row): boolean {
  if (holds === 'anything' || differenceOf(cellsOf(value), present).differing.length === 0) return false
  const { column } = value
  const now = present[column] ?? null
  return column === '' || (now !== null && (holds === undefined || String(now) !== String(holds.literal)))
}

const judgeWith =
  (found: ReadonlySet<string>, before: ReadonlyMap<string, CreatedObject>): Judge =>
  (value, present) => {
    const created = before.get(columnKey(value.table, value.column))
    if (created !== undefined && present !== undefined && isNewer(value, created, present))
      return { reason: 'superseded', why: 'newer data has come since the upgrade was interrupted' }
    // What is in it the upgrade did not put there: it is newer. Where it is empty there is nothing to lose.
    const isFound = found.has(columnKey(value.table, value.column)) && present !== undefined
    if (isFound && (value.column === '' || (present[value.column] ?? null) !== null))
      return { reason: 'superseded', why: 'it was there already when the upgrade came to make it' }
    return value.base?.startsWith(baseText.replay('')) && value.base !== baseText.replay(upgradeDigest(value, present))
      ? { reason: 'superseded', why: 'computed from newer data now' }
      : undefined
  }

/**
 * After a revision was upgraded again: restores, by key, what its downgrade had to drop. What was dropped last comes first,
 * parents before children; what still refers to a later row waits for another round. What the database does not take (its
 * parent is gone meanwhile, another row has its unique value) stays preserved and is reported.
 *
 * @param found tables and columns, by `columnKey`, that the upgrade did not make
 * @param before those that it made in a run that was interrupted
 */
export async function restoreDropped(
  context: RestoreContext,
  found: ReadonlySet<string>,
  before: ReadonlyMap<string, CreatedObject>,
): Promise<void> {
  const written = await context.preserved.preservedColumns(context.owner, { step: downgradeStep })
  await restoreTo(context, written, async (tableContext) => {
    // A row that the upgrade recreated takes the preserved values.
    const onRestored = (value: PreservedValue, { replaced }: { readonly replaced: boolean }): void => {
      if (!replaced) return
      const what = `${locationOf(value)}: restored as it was before the downgrade, not as computed now`
      context.report(what, keyText(value.key))
    }
    const newestFirst = { descending: true, judge: judgeWith(found, before), onRestored }
    await restoreEach(tableContext, { step: downgradeStep, column: '' }, newestFirst)
    for (const of of await context.preserved.preservedColumns(context.owner, { step: downgradeStep }))
      if (of.column !== '') await restoreInServer(tableContext, { ...of, step: downgradeStep })
    await restoreEach(tableContext, { step: downgradeStep }, newestFirst)
  })
}
