import { type ColumnModel, findColumn, findTable, mayName, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { type ColumnDifference, partsOf, type TablePart } from '../differences/table-difference.ts'
import { ofNewEnums, ownChanges, retyped } from './changed-columns.ts'
import { type Composition, type Steps, type TableChange, tableNow } from './composition.ts'
import { originalTable } from './originals.ts'
import { computedText, dropPart } from './table-part.ts'

/**
 * Whether the column is computed from one that gets another type, for which its expression may mean nothing before, or from one that is
 * computed itself before: PostgreSQL lets none read such a column.
 */
export const isComputedFrom = ({ generated }: ColumnModel, changed: readonly ColumnDifference[]): boolean =>
  generated !== undefined && retyped(changed).some(mayName(generated.expression))

/** Whether the column goes where one that it is computed from changes: for good, or until that has changed. */
function isDroppedForChange(composition: Composition, column: ColumnModel, desired: ColumnModel | undefined): boolean {
  const { generatedColumns } = composition.dialect.capabilities
  if (column.generated === undefined || generatedColumns === 'rebuilt') return false
  if (desired === undefined) return true
  return desired.generated !== undefined && generatedColumns !== 'recomputed'
}

/** The generated columns of a table that cannot stay as they are while others change: also those of an enum that becomes a new type. */
function computedFromChanged(composition: Composition, table: TableModel): readonly ColumnModel[] {
  const { dialect, differences } = composition
  const difference = differences.get(tableKey(table.ref))
  if (difference === undefined) return []
  const ofEnums = ofNewEnums(dialect, difference)
  const changed = [...ownChanges(dialect, difference), ...ofEnums]
  return table.columns.filter(
    (column) =>
      isComputedFrom(column, changed) ||
      (column.generated !== undefined && ofEnums.some(({ name }) => name === column.name)),
  )
}

/** Those that go, for good or for the time being. */
export function computedAway(composition: Composition, table: TableModel): readonly ColumnModel[] {
  const desired = findTable(composition.to, table.ref)
  return computedFromChanged(composition, table).filter((column) =>
    isDroppedForChange(composition, column, desired && findColumn(desired, column.name)),
  )
}

/** What an index or a constraint says of columns, in one text. */
function columnText(part: TablePart): string {
  const { elements, include = [] } = part.kind === 'index' ? part.index : { elements: [] }
  const plain = part.kind === 'constraint' && 'columns' in part.constraint ? part.constraint.columns : []
  return [...plain, ...elements.map(({ column }) => column), ...include, computedText(part)].join(' ')
}

/**
 * What stands on a column that goes for the time being. The server would drop it with the column; it comes back with what is left to change.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN
 */
function* withoutParts(table: TableModel, column: string): Steps {
  for (const part of partsOf(table)) {
    if (mayName(columnText(part))(column)) yield* dropPart(table.ref, part)
  }
}

/** Drops those columns and what stands on them. One that is plain afterwards keeps its values. */
export function* dropComputed(composition: Composition, table: TableModel): Steps {
  const desired = findTable(composition.to, table.ref)
  const away = computedAway(composition, table)
  for (const column of computedFromChanged(composition, table)) {
    const { name } = column
    const stays = desired !== undefined && findColumn(desired, name) !== undefined
    if (away.includes(column)) {
      if (stays) yield* withoutParts(tableNow(composition, table.ref), name)
      yield { kind: 'dropColumn', table: table.ref, column: name }
    } else if (stays && composition.dialect.capabilities.generatedColumns === undefined) {
      yield { kind: 'alterColumn', table: table.ref, column: name, change: { generated: null } }
    }
  }
}

const isVirtual = ({ generated }: ColumnModel): boolean => generated?.stored === false

/**
 * Takes away what stands on a column that is recreated to become virtual, or to be that no more: MySQL and MariaDB would take it out of its
 * indexes and keys without a word. https://dev.mysql.com/doc/refman/8.4/en/alter-table-generated-columns.html
 */
export function* withoutIndexes(change: TableChange, { actual, declared }: ColumnDifference): Steps {
  if (change.composition.dialect.capabilities.generatedColumns !== 'recomputed') return
  if (isVirtual(actual) !== isVirtual(declared)) yield* withoutParts(change.now, actual.name)
}

/**
 * Generated columns that are computed from one that changes so: PostgreSQL takes no such change under them. They go and come
 * again; one that is plain afterwards keeps its values. https://www.postgresql.org/docs/current/ddl-generated-columns.html
 * MySQL and MariaDB recompute them, as long as the expression means something for the new type: only those that go anyway go first.
 */
export function* withoutComputed(change: TableChange): Steps<readonly ColumnModel[]> {
  const { composition, difference } = change
  const { ref, added } = difference
  yield* dropComputed(composition, change.now)
  const original = originalTable(composition, ref)
  const present = new Set([...change.now.columns, ...added].map(({ name }) => name))
  const desired = findTable(composition.to, ref)?.columns ?? []
  return desired.filter(({ name }) => !present.has(name) && original?.columnOf(name) !== undefined)
}
