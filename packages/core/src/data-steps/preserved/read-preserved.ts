import { refOfKey } from '../../model/edit.ts'
import type { PreservedCell } from '../../operations/step-database.ts'
import { valueHash } from './encode.ts'
import type { RestoreContext, TableRestoreContext } from './pages/restore-context.ts'
import { readCells } from './restore/cells.ts'
import { downgradeStep } from './store.ts'

/** Hands over values of a column that steps of the owner preserved, where the cell still holds what the step put there. */
export async function readPreserved(
  context: RestoreContext,
  what: { readonly table: string; readonly column: string },
  step: (cell: PreservedCell) => Promise<void>,
): Promise<number> {
  const { dialect, session, preserved, owner } = context
  let read = 0
  let tableContext: TableRestoreContext | undefined
  for await (const value of preserved.each(owner, { ...what, otherThan: downgradeStep })) {
    await context.breathe()
    tableContext ??= {
      ...context,
      model: await dialect.introspection.schema(session, { tables: [refOfKey(what.table)], only: 'tables' }),
    }
    const present = await readCells(tableContext, value, [what.column])
    if (present === undefined || valueHash(present[what.column] ?? null) !== value.writtenHash) continue
    await step({ key: Object.fromEntries(value.key), value: value.value })
    read += 1
  }
  return read
}
