import { tableKey } from '../../../model/edit.ts'
import { uniqueKeyOf } from '../../../model/keys.ts'
import type { Row } from '../../../model/sql-value.ts'
import type { Statement } from '../../../sql/statement.ts'
import { baseText } from '../base-text.ts'
import { columnKey } from '../drops.ts'
import { restoreInServer } from '../in-server/restore-rows.ts'
import type { RestoreContext, StepRestoreContext, TableRestoreContext } from '../pages/restore-context.ts'
import { change } from '../silence.ts'
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

/** Columns that the server numbers by itself and of which something was preserved: the statements that let them be written. */
async function numbered({ dialect, preserved, owner, model }: TableRestoreContext) {
  const switches: { readonly open: Statement; readonly close: Statement }[] = []
  for (const table of dialect.rows?.ownNumbers === undefined ? [] : model.tables.values()) {
    for (const { name, identity } of table.columns) {
      if (identity?.mode !== 'always') continue
      // A row that comes back whole is found by its key, so that only other columns of it may have to be rewritten.
      const columns = uniqueKeyOf(table)?.includes(name) ? [name] : [name, '']
      const select = { step: downgradeStep, table: tableKey(table.ref) }
      const held = await Promise.all(columns.map((column) => preserved.has(owner, { ...select, column })))
      const statements = dialect.rows?.ownNumbers?.column(table, name)
      if (statements !== undefined && held.includes(true)) switches.push(statements)
    }
  }
  return switches
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
  const tables = await context.preserved.tables(context.owner, downgradeStep)
  await restoreTo(context, tables, async (tableContext) => {
    const numbers = await numbered(tableContext)
    await change(
      tableContext,
      numbers.map(({ open }) => open),
    )
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
    await change(
      tableContext,
      numbers.map(({ close }) => close),
    )
  })
}

/**
 * Sets aside what downgrades of revisions preserved that a squashed one replaces: by which names it would have to come back is not known any
 * more.
 */
export async function leaveReplaced(context: StepRestoreContext, replaced: readonly string[]): Promise<void> {
  const { preserved, owner, report, breathe } = context
  for (const revision of replaced) {
    for await (const page of preserved.pages({ ...owner, revision }, { step: downgradeStep })) {
      await breathe()
      await preserved.setAllAside(page.map(({ id }) => id))
      const why = `the downgrade of ${revision}, which this revision replaces, preserved it, and there it stays`
      for (const value of page) report(`${locationOf(value)}: ${why}`, keyText(value.key))
    }
  }
}
