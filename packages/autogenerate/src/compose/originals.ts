import {
  findTable,
  join,
  refText,
  type SqlFragment,
  sql,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import type { ColumnDifference } from '../differences/table-difference.ts'
import { withoutCollation } from '../differences/undeclared-parts.ts'
import { retyped } from './changed-columns.ts'
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

export const anded = (parts: readonly SqlFragment[]): SqlFragment => join(parts, ' AND ')

export const changedIn = (composition: Composition, ref: TableRef): readonly ColumnDifference[] =>
  composition.differences.get(tableKey(ref))?.changed ?? []

/** Keys hold for a table's own rows, not for those of its heirs: https://www.postgresql.org/docs/current/ddl-inherit.html#DDL-INHERIT-CAVEATS */
export function ownRows(composition: Composition, ref: TableRef): SqlFragment {
  const table = composition.dialect.sql.quote.table(ref)
  return originalTable(composition, ref)?.table.hasHeirs === true ? sql`ONLY ${table}` : table
}

/** The columns that get another type or collation, by which their values are compared; one without its own has that of the table. */
export function comparedOtherwise(composition: Composition, ref: TableRef): readonly string[] {
  const changed = changedIn(composition, ref)
  const ofTable = composition.differences.get(tableKey(ref))?.options.collation !== undefined
  const columns = ofTable ? (findTable(composition.model, ref)?.columns ?? []) : []
  return [
    ...retyped(changed),
    ...changed.flatMap(({ name, actual, expected }) => (actual.collation === expected.collation ? [] : [name])),
    ...columns.flatMap(({ name, type, collation }) =>
      collation === undefined && !withoutCollation.has(type.kind) ? [name] : [],
    ),
  ]
}
