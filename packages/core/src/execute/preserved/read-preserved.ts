import { refOfKey } from '../../model/edit.ts'
import type { PreservedCell } from '../../operations/step-database.ts'
import { type RestoreContext, type Restoring, readCells } from './cells.ts'
import { valueHash } from './encode.ts'
import { downgradeStep } from './store.ts'

/** Of values that are handed over together. */
const pageSize = 50

/** Hands over values of a column that steps of the owner preserved, where the cell still holds what the step put there. */
export async function readPreserved(
  context: RestoreContext,
  what: { readonly table: string; readonly column: string },
  step: (cells: readonly PreservedCell[]) => Promise<void>,
): Promise<number> {
  const { dialect, session, preserved, owner } = context
  let read = 0
  let after: bigint | undefined
  let restoring: Restoring | undefined
  for (;;) {
    const options = { limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await preserved.page(owner, { ...what, otherThan: downgradeStep }, options)
    const cells: PreservedCell[] = []
    for (const value of page) {
      await context.breathe()
      restoring ??= {
        ...context,
        model: await dialect.introspect(session, { tables: [refOfKey(what.table)], only: 'tables' }),
      }
      const present = await readCells(restoring, value, [what.column])
      const isUnchanged = present !== undefined && valueHash(present[what.column] ?? null) === value.writtenHash
      if (isUnchanged) cells.push({ key: Object.fromEntries(value.key), value: value.value })
    }
    if (cells.length > 0) await step(cells)
    read += cells.length
    after = page.at(-1)?.id
    if (page.length < pageSize) return read
  }
}
