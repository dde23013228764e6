import { findTable, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { findCounterpart } from '@org/migrate-core/internal'
import type { TableDifference } from '../differences/table-difference.ts'
import { type Composition, isStrict } from './composition.ts'
import { computedAway } from './generated-columns.ts'
import { type Detour, foreignKeyOf, heldFacts, isForeignKey, isKeyOver, losesColumn, referenced } from './keys.ts'

function changesUnderKey(
  composition: Composition,
  difference: TableDifference | undefined,
  columns: readonly string[],
): boolean {
  const facts = heldFacts(composition)
  return (
    difference?.changed.some((each) => columns.includes(each.name) && facts.some((fact) => each.facts.has(fact))) ??
    false
  )
}

/** A generated column goes, and comes back, where one that it is computed from changes. */
function isRecreated(composition: Composition, table: TableModel, columns: readonly string[]): boolean {
  return computedAway(composition, table).some(({ name }) => columns.includes(name))
}

/** A key of the table that a foreign key needs is dropped or recreated. */
function losesKey(difference: TableDifference | undefined, columns: readonly string[]): boolean {
  return difference?.partsRemoved.some(isKeyOver(columns)) ?? false
}

/** A column without a collation of its own takes that of its table, which changes. */
function followsTable(difference: TableDifference | undefined, table: TableModel, columns: readonly string[]): boolean {
  if (difference?.options.collation === undefined) return false
  return table.columns.some(({ name, collation }) => collation === undefined && columns.includes(name))
}

/**
 * Foreign keys that stay, and that the server would not let us change something under: the type of a column on either side, the key
 * that they refer to, the index that serves them. On SQLite, which lets us, those that would refer to no column.
 */
export function detours(composition: Composition): readonly Detour[] {
  return [...composition.model.tables.values()].flatMap((table) =>
    table.constraints.filter(isForeignKey).flatMap((key): readonly Detour[] => {
      const own = composition.differences.get(tableKey(table.ref))
      const other = composition.differences.get(tableKey(key.references.table))
      if (own === undefined && other === undefined) return []
      const going = own?.partsRemoved.flatMap((part) => foreignKeyOf(part) ?? []) ?? []
      if (findCounterpart(composition.model, { ...table, constraints: going }, key, 'either') !== undefined) return []
      if (!isStrict(composition)) return losesColumn(composition, table.ref, key) ? [{ table: table.ref, key }] : []
      const columns = referenced(composition.model, key)
      const target = findTable(composition.model, key.references.table)
      const isTouched =
        changesUnderKey(composition, own, key.columns) ||
        changesUnderKey(composition, other, columns) ||
        (target !== undefined && isRecreated(composition, target, columns)) ||
        losesKey(other, columns) ||
        followsTable(own, table, key.columns) ||
        (target !== undefined && followsTable(other, target, columns))
      return isTouched ? [{ table: table.ref, key }] : []
    }),
  )
}
