import type { SqlFragment } from '../../compile/sql-tag.ts'
import { findTable, refText } from '../../model/edit.ts'
import type { TableModel, TableRef } from '../../model/schema-model.ts'
import { emit, type Work } from './work.ts'

/** A table and its columns as they are called before the revision has done anything. */
export interface Stood {
  readonly ref: TableRef
  readonly table: TableModel
  columnOf(name: string): string | undefined
}

export function stoodBefore(work: Work, ref: TableRef): Stood | undefined {
  const table = findTable(work.start, work.before.tables.get(refText(ref)) ?? ref)
  if (table === undefined) return undefined
  const known = new Set(table.columns.map((column) => column.name))
  return {
    ref: table.ref,
    table,
    columnOf(column) {
      const before = work.before.columns.get(`${refText(ref)}.${column}`) ?? column
      return known.has(before) ? before : undefined
    },
  }
}

/** The old names of all of these columns, or undefined where one of them comes with the revision. */
export function oldNames(stood: Stood, columns: readonly string[]): readonly string[] | undefined {
  const names = columns.flatMap((column) => stood.columnOf(column) ?? [])
  return names.length === columns.length ? names : undefined
}

/** Before everything where all that it reads is there by then; else at this place. */
export function check(work: Work, isFirst: boolean, words: string, query: SqlFragment): void {
  // An expression of the author may have several lines.
  const what = words.replaceAll(/\s+/g, ' ')
  const operation = { kind: 'expectNone', what, query: query.text } as const
  if (isFirst) work.checks.push({ kind: 'operation', operation })
  else emit(work, operation)
}
