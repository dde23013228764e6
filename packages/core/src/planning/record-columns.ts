import type { ColumnChanges } from '../bookkeeping/column-changes.ts'
import { namedTables } from '../compile/named-tables.ts'
import type { CatalogNames } from '../dialect/introspection.ts'
import type { Session } from '../dialect/session.ts'
import { ownTables } from '../history/own-tables.ts'
import { findTable, refOfKey, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type Operation } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutableStep } from './prepare.ts'

/** What operations leave of the tables that they name. */
export function columnsOf(operations: readonly Operation[], after: SchemaModel): ColumnChanges {
  return new Map(
    namedTables(operations).map((ref) => [
      tableKey(ref),
      findTable(after, ref)?.columns.map((column) => column.name) ?? null,
    ]),
  )
}

/** What opaque SQL did is seen in the catalog alone. */
function differences(
  resolved: ResolvedOptions,
  before: CatalogNames['columns'],
  after: CatalogNames['columns'],
): ColumnChanges {
  const own = new Set(ownTables(resolved).map(({ ref }) => ref.name))
  const changes = new Map<string, readonly string[] | null>()
  for (const [key, columns] of after) {
    if (own.has(refOfKey(key).name)) continue
    if (before.get(key)?.join('\n') !== columns.join('\n')) changes.set(key, columns)
  }
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, null)
  return changes
}

export interface ObservedColumns {
  /** The columns of all tables before the step, where the catalog alone tells what it changes. */
  readonly before?: CatalogNames['columns']
  /** The columns of the tables that the step changed. Undefined where they are not known. */
  changes(after: SchemaModel): Promise<ColumnChanges | undefined>
}

/**
 * Observes a step before it runs, and gives what tells its changes afterwards: the columns of the tables that it named, from the
 * model; where it has opaque SQL, what differs in the catalog besides. A resumed step has done part of its SQL already: the journal
 * has the columns from before it.
 */
export async function observeColumns(
  resolved: ResolvedOptions,
  session: Session,
  { recorded, operations: pending, resumed }: ExecutableStep,
): Promise<ObservedColumns> {
  const operations = operationsOf(recorded ?? pending)
  const read = resolved.dialect.introspection.columnNames
  if (!operations.some(isOpaque)) return { changes: async (after) => columnsOf(operations, after) }
  const before = resumed === undefined ? (await read?.(session))?.columns : resumed.columnsBefore
  if (read === undefined || before === undefined) return { changes: async () => undefined }
  return {
    before,
    changes: async (after) =>
      new Map([...columnsOf(operations, after), ...differences(resolved, before, (await read(session)).columns)]),
  }
}
