import { type ColumnModel, findColumn, findTable } from '@org/migrate-core/dialect'
import type { ColumnDifference } from '../differences/table-difference.ts'
import { mayName } from '../differences/view-order.ts'
import type { Steps, TableChange } from './composition.ts'

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
 * MySQL and MariaDB recompute them, as long as the expression means something for the new type: only those that go anyway go first.
 */
export function* withoutComputed(
  { composition, now, difference: { ref } }: TableChange,
  changed: readonly ColumnDifference[],
): Steps<readonly ColumnModel[]> {
  const { generatedColumns } = composition.dialect.capabilities
  if (generatedColumns === 'rebuilt') return []
  const desired = findTable(composition.to, ref)
  const back: ColumnModel[] = []
  for (const current of now.columns) {
    const { name } = current
    if (!isComputedFrom(current, changed)) continue
    const column = desired && findColumn(desired, name)
    if (column !== undefined && generatedColumns === 'recomputed') continue
    if (column !== undefined && column.generated === undefined) {
      yield { kind: 'alterColumn', table: ref, column: name, change: { generated: null } }
      continue
    }
    yield { kind: 'dropColumn', table: ref, column: name }
    if (column !== undefined) back.push(column)
  }
  return back
}
