import { located } from '../../compile/compile.ts'
import { findColumn, findTable, refText } from '../../model/edit.ts'
import type { SchemaModel, TableRef } from '../../model/schema-model.ts'
import type { Operation, StepSource } from '../../operations/operation.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { describe } from '../../operations/table.ts'
import { invalid } from '../../operations/traits/objects.ts'

function sourcesOf(operation: Operation): readonly StepSource[] {
  return operation.kind === 'run' || operation.kind === 'sql' ? (operation.from ?? []) : []
}

/** The tables that steps compute from. */
export function sourceTables(operations: Iterable<Operation>): readonly TableRef[] {
  return [...operations].flatMap(sourcesOf).map(({ table }) => table)
}

/** The tables that data steps declare to write. */
export function targetTables(operations: Iterable<Operation>): readonly TableRef[] {
  return [...operations]
    .flatMap((operation) => (operation.kind === 'run' ? (operation.to ?? []) : []))
    .map(({ table }) => table)
}

/** The first column that a source names and the tables do not have, as `table.column`. */
export function missingColumn(model: SchemaModel, { table: ref, columns, rows }: StepSource): string | undefined {
  const table = findTable(model, ref)
  const named = [...columns, ...Object.keys(rows?.by ?? {})]
  const missing = named.find((column) => table === undefined || findColumn(table, column) === undefined)
  return missing === undefined ? undefined : `${refText(ref)}.${missing}`
}

/**
 * Throws INVALID_OPERATION for a step of an upgrade that says to compute from a column which is not there: what it computes could not be
 * told from what was preserved.
 *
 * @param before the tables before the revision
 */
export function checkSources(before: SchemaModel, recorded: readonly RecordedOperation[]): void {
  for (const each of recorded) {
    for (const source of sourcesOf(each.operation)) {
      const missing = missingColumn(before, source)
      if (missing === undefined) continue
      located(each, () => {
        throw invalid(describe(each.operation), `\`from\` names ${missing}, which is not there before the revision`)
      })
    }
  }
}
