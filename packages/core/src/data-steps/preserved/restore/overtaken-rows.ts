import type { ColumnChanges } from '../../../bookkeeping/column-changes.ts'
import { sha256 } from '../../../model/canonical.ts'
import { findTable, tableKey } from '../../../model/edit.ts'
import type { SchemaModel } from '../../../model/schema-model.ts'
import type { Operation } from '../../../operations/operation.ts'
import { preservingLabel } from '../../../operations/preserved-label.ts'
import { baseText } from '../base-text.ts'
import { valueHash } from '../encode.ts'
import { eachGroup, type PreservedGroup } from '../groups.ts'
import { storedColumns } from '../losses.ts'
import type { RestoreContext, StepRestoreContext } from '../pages/restore-context.ts'
import { conditionKey, hasColumns, rowsBy } from '../rows.ts'
import type { PreservedValue } from '../store.ts'
import { followed } from '../upgrade.ts'
import { readCells, setAside } from './cells.ts'

interface RowDigests {
  /** By the id of the preserved value; none where its row is gone. */
  readonly digests: ReadonlyMap<bigint, string>
  /** Whether the table or one of its columns does not bear the name that it had behind the upgrade. */
  readonly isOtherTable: boolean
}

/**
 * Digests of the rows of preserved values as they are.
 *
 * @param columnsAfter the columns that the upgrade left: what another branch has added since is no change of a row. Absent: not known
 */
async function rowDigests(
  context: RestoreContext,
  model: SchemaModel,
  after: readonly Operation[],
  { ref: first, entries }: PreservedGroup,
  columnsAfter?: ColumnChanges,
): Promise<RowDigests> {
  const { ref, column } = followed(after, first)
  const table = findTable(model, ref)
  if (table === undefined) return { digests: new Map(), isOtherTable: true }
  const { dialect, session, breathe } = context
  const recorded = columnsAfter?.get(tableKey(ref)) ?? undefined
  const columns = storedColumns(table)
    .filter((name) => recorded?.includes(name) !== false)
    .sort()
  const isOtherTable = recorded !== undefined && !hasColumns(dialect, table, recorded)
  const named = entries.map((entry) => {
    const key = new Map([...entry.key].map(([name, value]) => [column(name), value]))
    return { ...entry, table: tableKey(ref), key }
  })
  const conditions = named.map(({ key }) => key)
  if (!conditions.every((key) => hasColumns(dialect, table, key.keys())))
    return { digests: new Map(), isOtherTable: true }
  const rows = await rowsBy(dialect, session, ref, table, columns, conditions, breathe)
  const digests = new Map<bigint, string>()
  for (const entry of named) {
    const found = rows.get(conditionKey(entry.key))?.[0]
    // A key may be shown in another form than it was written in: a row that is not there is looked for by itself.
    const row = found ?? (await readCells({ ...context, model }, entry, columns))
    if (row === undefined) continue
    const cells = columns.map((name) => `${JSON.stringify(name)}=${valueHash(row[name] ?? null)}`)
    digests.set(entry.id, sha256(cells.join('\n')))
  }
  return { digests, isOtherTable }
}

/** The preserving operations of an upgrade, each with those that came after it. */
function preserving(
  upgrade: readonly Operation[],
): readonly { readonly label: string; readonly after: readonly Operation[] }[] {
  return upgrade.flatMap((operation, at) => {
    const label = preservingLabel(operation)
    return label === undefined ? [] : [{ label, after: upgrade.slice(at + 1) }]
  })
}

/** The end of an upgrade: beside each preserved value goes what its row is now. Only a row that is still that takes the value back. */
export async function recordRows(
  context: StepRestoreContext,
  model: SchemaModel,
  upgrade: readonly Operation[],
): Promise<void> {
  const { preserved, owner } = context
  for (const { label, after } of preserving(upgrade)) {
    await preserved.setBase(owner, { step: label, column: '' }, baseText.none)
    const record = async (group: PreservedGroup): Promise<void> => {
      if (group.column === '') return
      const { digests } = await rowDigests(context, model, after, group)
      await preserved.setWritten(new Map(group.entries.map(({ id }) => [id, digests.get(id) ?? ''])))
    }
    await eachGroup(context, record, { step: label })
  }
}

/** Whether the upgrade drops the table later: only its downgrade makes rows of it again, so none of them is newer than a value. */
function isDroppedBy(after: readonly Operation[], { ref }: PreservedGroup): boolean {
  return after.some((operation, at) => {
    if (operation.kind !== 'dropTable') return false
    return tableKey(followed(after.slice(0, at), ref).ref) === tableKey(operation.table)
  })
}

/** Why a value does not come back into the row that its key finds. */
function reasonOf({ digests, isOtherTable }: RowDigests, { id }: PreservedValue): string {
  if (isOtherTable) return 'its table has lost columns that it had behind the upgrade, or their names'
  return digests.has(id) ? 'the row has changed since the upgrade' : 'the row is gone'
}

/** The beginning of a downgrade: sets aside what newer data has overtaken since the upgrade, and reports it. */
export async function holdOvertaken(
  context: RestoreContext,
  model: SchemaModel,
  upgrade: readonly Operation[],
  columnsAfter: ColumnChanges | undefined,
): Promise<void> {
  for (const { label, after } of preserving(upgrade)) {
    const hold = async (group: PreservedGroup): Promise<void> => {
      if (group.column === '' || isDroppedBy(after, group)) return
      const rows = await rowDigests(context, model, after, group, columnsAfter)
      const overtaken = group.entries.filter(({ id, writtenHash }) => rows.digests.get(id) !== writtenHash)
      await setAside(context, overtaken, (value) => `${reasonOf(rows, value)}, so the old value stays preserved`)
    }
    await eachGroup(context, hold, { step: label })
  }
}
