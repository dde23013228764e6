import { namedTables } from '../../../compile/named-tables.ts'
import type { Dialect } from '../../../dialect/dialect.ts'
import { refOfKey, tableKey } from '../../../model/edit.ts'
import type { TableRef } from '../../../model/schema-model.ts'
import type { Operation, OperationKind } from '../../../operations/operation.ts'
import { preservingLabel } from '../../../operations/preserved-label.ts'
import { baseText, printOf } from '../base-text.ts'
import { noRow, readBelow, rowPrints } from '../digests.ts'
import { type DroppedObject, followNames } from '../drops.ts'
import { eachGroup, type PreservedGroup } from '../groups.ts'
import { recordRowPrints } from '../in-server/row-prints.ts'
import { preservedKeyOf } from '../losses.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import { isUntouched, namePrint } from '../row-print.ts'
import { setAside } from './cells.ts'

/** They leave the values of the columns that still bear their names. */
const leavesValues: ReadonlySet<OperationKind> = new Set<OperationKind>([
  ...(['createTable', 'addColumn', 'dropColumn', 'renameColumn', 'expectNone'] as const),
  ...(['addConstraint', 'dropConstraint', 'renameConstraint', 'createIndex', 'dropIndex', 'renameIndex'] as const),
])

/** Whether operations may have written to rows of a table, but for columns that they made, took away or named otherwise. */
export function mayWrite(operations: readonly Operation[], table: TableRef): boolean {
  const key = tableKey(table)
  return operations.some((operation) => {
    if (operation.kind === 'sql') return true
    if (operation.kind === 'run' && operation.to === undefined) return true
    const tables =
      operation.kind === 'run' ? (operation.to ?? []).map((target) => target.table) : namedTables([operation])
    return !leavesValues.has(operation.kind) && tables.some((each) => tableKey(each) === key)
  })
}

/** The prints of names that they gave to columns of a table or took from them: another column may bear such a name now. */
function passedNames(operations: readonly Operation[], table: TableRef): ReadonlySet<string> {
  const names = operations.flatMap((operation): readonly string[] => {
    const { kind } = operation
    if (kind !== 'addColumn' && kind !== 'dropColumn' && kind !== 'renameColumn') return []
    if (tableKey(operation.table) !== tableKey(table)) return []
    if (kind === 'renameColumn') return [operation.column, operation.to]
    return [kind === 'addColumn' ? operation.column.name : operation.column]
  })
  return new Set(names.map(namePrint))
}

/** Whether what a step still has to drop, and the key of its rows, bear the names from before the operations that are done. */
export function bearsFirstNames(dialect: Dialect, done: readonly Operation[], dropped: DroppedObject): boolean {
  const { table, column } = dropped
  const names = followNames(done)
  const key = tableKey(table.ref)
  const all =
    column === undefined ? table.columns.map(({ name }) => name) : [column, ...(preservedKeyOf(dialect, dropped) ?? [])]
  return names.table(key) === key && all.every((name) => names.column(key, name) === name)
}

/** Behind an operation of an upgrade that took values away: what their rows are now, for the run that resumes the upgrade if this one stops. */
export async function recordTaken(context: RestoreContext, label: string): Promise<void> {
  const { preserved, owner } = context
  const below = await readBelow(context, [], await preserved.tables(owner, label))
  for (const { table, column } of await preserved.preservedColumns(owner, { step: label })) {
    if (column === '') continue
    const select = { step: label, table, column }
    await recordRowPrints(context, below, select)
    const record = async ({ entries }: PreservedGroup): Promise<void> => {
      const prints = await rowPrints(below, entries)
      await preserved.setBases(new Map([...prints].map(([id, print]) => [id, baseText.row(print)])))
    }
    await eachGroup(context, record, { ...select, undecided: true })
  }
}

/**
 * Before an interrupted upgrade is resumed, or taken back: what other sessions have overtaken since it took values away stays preserved, and
 * is reported. What the upgrade itself may have written tells nothing.
 *
 * @param done what the upgrade has done
 */
export async function holdWritten(context: RestoreContext, done: readonly Operation[]): Promise<void> {
  const { preserved, owner } = context
  for (const [at, operation] of done.entries()) {
    const label = preservingLabel(operation)
    const after = done.slice(at + 1)
    const tables = label === undefined ? [] : await preserved.tables(owner, label)
    const telling = tables.filter((key) => !mayWrite(after, refOfKey(key)))
    if (label === undefined || telling.length === 0) continue
    const below = await readBelow(context, [], telling)
    for (const table of telling) {
      const passed = passedNames(after, refOfKey(table))
      const hold = async ({ entries }: PreservedGroup): Promise<void> => {
        const known = entries.filter(({ base, column }) => column !== '' && printOf(base) !== undefined)
        const prints = await rowPrints(below, known)
        const overtaken = known.filter(({ id, base }) => {
          const now = prints.get(id) ?? ''
          return now === noRow || !isUntouched(printOf(base) ?? '', now, (name) => !passed.has(name))
        })
        await setAside(context, overtaken, ({ id }) => {
          const what = prints.get(id) === noRow ? 'was deleted' : 'has changed'
          return `the row ${what} since the upgrade was interrupted, so the old value stays preserved`
        })
      }
      await eachGroup(context, hold, { step: label, table })
    }
  }
}
