import { findColumn, findTable, nameOfKey, refOfKey } from '../../model/edit.ts'
import type { PreservedCell } from '../../operations/step-database.ts'
import { valueHash } from './encode.ts'
import type { RestoreContext, TableRestoreContext } from './pages/restore-context.ts'
import { readCells } from './restore/cells.ts'
import { downgradeStep } from './store.ts'

/**
 * Values keep the names of their table and column from when they were preserved. Where what they name is not there, another name may be
 * meant: that none was read is reported then.
 */
async function reportRenamed(
  { dialect, session, preserved, owner, report }: RestoreContext,
  what: { readonly table: string; readonly column: string },
): Promise<void> {
  const columns = await preserved.preservedColumns(owner, { otherThan: downgradeStep })
  if (columns.length === 0) return
  const refs = columns.map(({ table }) => refOfKey(table))
  const model = await dialect.introspection.schema(session, { tables: refs, only: 'tables' })
  for (const { table, column } of columns) {
    const present = findTable(model, refOfKey(table))
    if (present !== undefined && (column === '' || findColumn(present, column) !== undefined)) continue
    report(
      `no value of ${nameOfKey(what.table)}.${what.column} was read; values are preserved of a table or column that was renamed or dropped since`,
      column === '' ? nameOfKey(table) : `${nameOfKey(table)}.${column}`,
    )
  }
}

/** Hands over values of a column that steps of the owner preserved, where the cell still holds what the step put there. */
export async function readPreserved(
  context: RestoreContext,
  what: { readonly table: string; readonly column: string },
  step: (cell: PreservedCell) => Promise<void>,
): Promise<number> {
  const { dialect, session, preserved, owner } = context
  let [read, isEmpty] = [0, true]
  let tableContext: TableRestoreContext | undefined
  for await (const value of preserved.each(owner, { ...what, otherThan: downgradeStep })) {
    await context.breathe()
    isEmpty = false
    tableContext ??= {
      ...context,
      model: await dialect.introspection.schema(session, { tables: [refOfKey(what.table)], only: 'tables' }),
    }
    const present = await readCells(tableContext, value, [what.column])
    if (present === undefined || valueHash(present[what.column] ?? null) !== value.writtenHash) continue
    await step({ key: Object.fromEntries(value.key), value: value.value })
    read += 1
  }
  if (isEmpty) await reportRenamed(context, what)
  return read
}
