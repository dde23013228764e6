import { refOfKey } from '../../model/edit.ts'
import type { RestoreResult } from '../../operations/step-database.ts'
import { countOn, insertKept, keyText, placeOf, type RestoreContext, readCells, writeCells } from './cells.ts'
import { valueHash } from './encode.ts'
import { downgradeStep, type KeptValue } from './store.ts'

const pageSize = 500

type Ending = 'restored' | 'changed' | 'missing'

async function restoreCell(context: RestoreContext, kept: KeptValue): Promise<Ending> {
  const present = await readCells(context, kept, [kept.column])
  if (present === undefined) return 'missing'
  if (valueHash(present[kept.column] ?? null) !== kept.writtenHash) return 'changed'
  await writeCells(context, kept, [[kept.column, kept.value]])
  return 'restored'
}

async function restoreRow(context: RestoreContext, kept: KeptValue): Promise<Ending> {
  if ((await readCells(context, kept, kept.key.keys())) !== undefined) return 'changed'
  await insertKept(context, kept)
  return 'restored'
}

const endings: { readonly [E in Exclude<Ending, 'restored'>]: string } = {
  changed: 'changed since, so the present value stays and the old one stays kept',
  missing: 'the row is gone, so the old value stays kept',
}

/** Of one column, or, without `column`, of whole rows; with `step`, only what that step kept. */
export interface KeptPlace {
  /** Its key. */
  readonly table: string
  readonly column?: string
  readonly step?: string
}

/**
 * Gives back what steps of this revision kept in one place. Newest first: where several cells of a row were kept, the key that
 * was changed first is changed back last.
 */
export async function restoreKept(context: RestoreContext, what: KeptPlace): Promise<RestoreResult> {
  const counts: { [E in Ending]: number } = { restored: 0, changed: 0, missing: 0 }
  const step = what.step === undefined ? { otherThan: downgradeStep } : { step: what.step }
  const select = { table: what.table, column: what.column ?? '', ...step }
  let after: bigint | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.kept.page(context.owner, select, options)
    for (const kept of page) {
      await context.breathe()
      const ending = kept.column === '' ? await restoreRow(context, kept) : await restoreCell(context, kept)
      counts[ending] += 1
      if (ending === 'restored') await context.kept.remove(kept.id)
      else {
        await context.kept.setAside(kept.id)
        context.report(`${placeOf(kept)}: ${endings[ending]}`, keyText(kept.key))
      }
    }
    after = page.at(-1)?.id
    if (page.length < pageSize) break
  }
  if (what.column === undefined || what.column === '') await countRows(context, what.table, counts.restored)
  return counts
}

async function countRows(context: RestoreContext, key: string, restored: number): Promise<void> {
  if (restored === 0 || context.dialect.afterNumbers === undefined) return
  const { tables } = await context.dialect.introspect(context.session, { tables: [refOfKey(key)], only: 'tables' })
  await countOn(context, tables.values())
}

/** The places of which a step kept something, newest first: what `down: 'restore'` gives back. */
export async function keptPlaces(context: RestoreContext, step: string): Promise<readonly KeptPlace[]> {
  const places = new Map<string, KeptPlace>()
  let after: bigint | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.kept.page(context.owner, { step }, options)
    for (const { table, column } of page) places.set(JSON.stringify([table, column]), { table, column, step })
    after = page.at(-1)?.id
    if (page.length < pageSize) return [...places.values()]
  }
}
