import { findTable, refText, type SqlFragment, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import type { Composition, Steps } from './composition.ts'

/** A table and its columns as they are called before the revision has done anything. */
export interface OriginalTable {
  readonly ref: TableRef
  readonly table: TableModel
  columnOf(name: string): string | undefined
}

export function originalTable(composition: Composition, ref: TableRef): OriginalTable | undefined {
  const table = findTable(composition.start, composition.before.tables.get(refText(ref)) ?? ref)
  if (table === undefined) return undefined
  const columnNames = new Set(table.columns.map((column) => column.name))
  return {
    ref: table.ref,
    table,
    columnOf(column) {
      const before = composition.before.columns.get(`${refText(ref)}.${column}`) ?? column
      return columnNames.has(before) ? before : undefined
    },
  }
}

/** The old names of all of these columns, or undefined where one of them comes with the revision. */
export function oldNames(original: OriginalTable, columns: readonly string[]): readonly string[] | undefined {
  const names = columns.flatMap((column) => original.columnOf(column) ?? [])
  return names.length === columns.length ? names : undefined
}

/** Before everything where all that it reads is there by then; else at this place. */
export function* check(isFirst: boolean, label: string, query: SqlFragment): Steps {
  // An expression of the author may have several lines.
  const what = label.replaceAll(/\s+/g, ' ')
  const operation = { kind: 'expectNone', what, query: query.text } as const
  yield isFirst ? { kind: 'rowCheck', operation } : operation
}
