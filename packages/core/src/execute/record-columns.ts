import { tablesNamed } from '../compile/tables-named.ts'
import type { CatalogNames } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { findTable, refOfKey, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type Operation } from '../operations/operation.ts'
import type { ColumnChanges } from './bookkeeping/columns-after.ts'
import type { Settled } from './options.ts'
import type { PreparedStep } from './prepare.ts'

/** What operations leave of the tables that they name. */
export function columnsOf(operations: readonly Operation[], after: SchemaModel): ColumnChanges {
  return new Map(
    tablesNamed(operations).map((ref) => [
      tableKey(ref),
      findTable(after, ref)?.columns.map((column) => column.name) ?? null,
    ]),
  )
}

function ownTables({ names, tiers }: Settled): ReadonlySet<string> {
  return new Set([...Object.values(names), ...tiers.map((tier) => tier.store.table.ref.name)])
}

/** What opaque SQL did is seen in the catalog alone. */
function differences(settled: Settled, before: CatalogNames, after: CatalogNames): ColumnChanges {
  const own = ownTables(settled)
  const changes = new Map<string, readonly string[] | null>()
  for (const [key, columns] of after.columns) {
    if (own.has(refOfKey(key).name)) continue
    if (before.columns.get(key)?.join('\n') !== columns.join('\n')) changes.set(key, columns)
  }
  for (const key of before.columns.keys()) if (!after.columns.has(key)) changes.set(key, null)
  return changes
}

/**
 * Observes a step before it runs, and gives what tells its changes afterwards: the columns of the tables that it named, from the
 * model; where it has opaque SQL, what differs in the catalog besides. Undefined where that cannot be told.
 */
export async function observeColumns(
  settled: Settled,
  session: Session,
  prepared: PreparedStep,
): Promise<(after: SchemaModel) => Promise<ColumnChanges | undefined>> {
  const operations = (prepared.recorded ?? prepared.operations).map((each) => each.operation)
  const read = settled.dialect.columnNames
  if (!operations.some(isOpaque)) return async (after) => columnsOf(operations, after)
  // A resumed step has done part of its SQL already.
  if (read === undefined || prepared.resumed !== undefined) return async () => undefined
  const before = await read(session)
  return async (after) =>
    new Map([...columnsOf(operations, after), ...differences(settled, before, await read(session))])
}
