import type { PlannedOperation } from '../compile/plan.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { findTable, refText } from '../model/edit.ts'
import type { SchemaModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'

/** The table whose readers wait for the end of the transaction once this has run; an index is built beside readers. */
function changed(operation: Operation): TableRef | undefined {
  switch (operation.kind) {
    case 'addColumn':
    case 'dropColumn':
    case 'alterColumn':
    case 'renameColumn':
    case 'addConstraint':
    case 'dropConstraint':
    case 'renameTable':
    case 'alterTableOptions':
      return operation.table
  }
  return undefined
}

/** Data steps that run while readers of a table wait, a line for each. `before`: the tables as the step finds them. */
export function waitNotes(
  { capabilities }: Dialect,
  before: SchemaModel,
  operations: readonly PlannedOperation[],
): readonly string[] {
  if (capabilities.changesBlockReaders !== true) return []
  const since = new Map<string, string>()
  const notes: string[] = []
  for (const { operation, describe, skipped } of operations) {
    if (skipped !== undefined) continue
    const table = changed(operation)
    // One that this step creates has no readers.
    if (table !== undefined && findTable(before, table) !== undefined && !since.has(refText(table))) {
      since.set(refText(table), describe)
    }
    if (operation.kind !== 'run' || since.size === 0) continue
    for (const [name, first] of since) {
      notes.push(
        `readers and writers of ${name} wait from "${first}" until the revision commits, while the data step "${operation.label}" runs: about 20 s for a million rows that it writes`,
      )
    }
  }
  return notes
}
