import { refOfKey } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { RestoreResult } from '../../operations/step-database.ts'
import {
  countOn,
  insertPreserved,
  keyText,
  locationOf,
  type RestoreContext,
  type Restoring,
  readCells,
  writeCells,
} from './cells.ts'
import { valueHash } from './encode.ts'
import { downgradeStep, type PreservedValue } from './store.ts'

const pageSize = 500

type Ending = 'restored' | 'changed' | 'missing'

async function restoreCell(context: Restoring, preserved: PreservedValue): Promise<Ending> {
  const present = await readCells(context, preserved, [preserved.column])
  if (present === undefined) return 'missing'
  if (valueHash(present[preserved.column] ?? null) !== preserved.writtenHash) return 'changed'
  await writeCells(context, preserved, [[preserved.column, preserved.value]])
  return 'restored'
}

async function restoreRow(context: Restoring, preserved: PreservedValue): Promise<Ending> {
  if ((await readCells(context, preserved, preserved.key.keys())) !== undefined) return 'changed'
  await insertPreserved(context, preserved)
  return 'restored'
}

const endings: { readonly [E in Exclude<Ending, 'restored'>]: string } = {
  changed: 'changed since, so the present value stays and the old one stays preserved',
  missing: 'the row is gone, so the old value stays preserved',
}

/** Of one column, or, without `column`, of whole rows; with `step`, only what that step preserved. */
export interface PreservedSelection {
  /** Its key. */
  readonly table: string
  readonly column?: string
  readonly step?: string
}

/**
 * Restores what steps of this revision preserved in one place. Newest first: where several cells of a row were preserved, the key that
 * was changed first is changed back last.
 */
export async function restorePreserved(context: RestoreContext, what: PreservedSelection): Promise<RestoreResult> {
  const counts: { [E in Ending]: number } = { restored: 0, changed: 0, missing: 0 }
  const step = what.step === undefined ? { otherThan: downgradeStep } : { step: what.step }
  const select = { table: what.table, column: what.column ?? '', ...step }
  let after: bigint | undefined
  let restoring: Restoring | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.preserved.page(context.owner, select, options)
    for (const preserved of page) {
      await context.breathe()
      restoring ??= { ...context, model: await readTable(context, what.table) }
      const ending =
        preserved.column === '' ? await restoreRow(restoring, preserved) : await restoreCell(restoring, preserved)
      counts[ending] += 1
      if (ending === 'restored') await context.preserved.remove(preserved.id)
      else {
        await context.preserved.setAside(preserved.id)
        context.report(`${locationOf(preserved)}: ${endings[ending]}`, keyText(preserved.key))
      }
    }
    after = page.at(-1)?.id
    if (page.length < pageSize) break
  }
  const isWhole = what.column === undefined || what.column === ''
  if (isWhole && counts.restored > 0 && restoring !== undefined) await countOn(context, restoring.model.tables.values())
  return counts
}

function readTable({ dialect, session }: RestoreContext, key: string): Promise<SchemaModel> {
  return dialect.introspect(session, { tables: [refOfKey(key)], only: 'tables' })
}

/** The places of which a step preserved something, newest first: what `down: 'restore'` restores. */
export async function preservedSelections(
  context: RestoreContext,
  step: string,
): Promise<readonly PreservedSelection[]> {
  const places = new Map<string, PreservedSelection>()
  let after: bigint | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.preserved.page(context.owner, { step }, options)
    for (const { table, column } of page) places.set(JSON.stringify([table, column]), { table, column, step })
    after = page.at(-1)?.id
    if (page.length < pageSize) return [...places.values()]
  }
}
