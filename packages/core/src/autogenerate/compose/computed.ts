import { findColumn, findTable } from '../../model/edit.ts'
import type { ColumnModel, TableRef } from '../../model/schema-model.ts'
import type { ColumnDifference } from '../table-difference.ts'
import { mayName } from '../view-order.ts'
import { emit, tableNow, type Work } from './work.ts'

/** Columns that are of another type, or computed otherwise, before the revision. */
export const retyped = (changed: readonly ColumnDifference[]): readonly string[] =>
  changed.flatMap(({ name, facts }) => (facts.has('type') || facts.has('generated') ? [name] : []))

/**
 * Whether the column is computed from one that gets another type, for which its expression may mean nothing before, or from one that is
 * computed itself before: PostgreSQL lets none read such a column.
 */
export const isComputedFrom = ({ generated }: ColumnModel, changed: readonly ColumnDifference[]): boolean =>
  generated !== undefined && retyped(changed).some(mayName(generated.expression))

/**
 * Generated columns that are computed from one that changes so: PostgreSQL takes no such change under them. They go and come
 * again; one that is plain afterwards keeps its values. https://www.postgresql.org/docs/current/ddl-generated-columns.html
 * MySQL and MariaDB compute them anew, as long as the expression means something for the new type: only those that go anyway go first.
 */
export function withoutComputed(
  work: Work,
  ref: TableRef,
  changed: readonly ColumnDifference[],
): readonly ColumnModel[] {
  const { alterColumn } = work.dialect.capabilities
  if (alterColumn === 'rebuild') return []
  const wanted = findTable(work.to, ref)
  return tableNow(work, ref).columns.flatMap((stood) => {
    const { name } = stood
    if (!isComputedFrom(stood, changed)) return []
    const column = wanted && findColumn(wanted, name)
    if (column !== undefined && alterColumn === 'redefine') return []
    if (column !== undefined && column.generated === undefined) {
      emit(work, { kind: 'alterColumn', table: ref, column: name, change: { generated: null } })
      return []
    }
    emit(work, { kind: 'dropColumn', table: ref, column: name })
    return column ?? []
  })
}
