import type { ConstraintModel, Dialect, IndexModel, SchemaModel, TableModel } from '@org/migrate-core/dialect'
import { isSame } from '@org/migrate-core/internal'

/** What a table has besides its columns, constraints and indexes, and what counts there. */
const isSameAround = (declared: TableModel, actual: TableModel): boolean =>
  declared.opaque === actual.opaque &&
  declared.comment === actual.comment &&
  isSame(declared.options, actual.options) &&
  isSame(declared.rowSecurity, actual.rowSecurity) &&
  isSame(declared.policies, actual.policies)

/** Every server gives a name to a constraint that is declared without one. */
function isSameConstraint(declared: ConstraintModel, actual: ConstraintModel): boolean {
  // Which columns it refers to is known only with the other table.
  if (declared.kind === 'foreignKey' && declared.references.columns.length === 0) return false
  if (declared.name !== undefined) return isSame(declared, actual)
  return isSame(declared, actual.name === undefined ? actual : { ...actual, name: undefined })
}

function isSameIndex(declared: IndexModel, actual: IndexModel): boolean {
  return isSame(declared.source === actual.source ? declared : { ...declared, source: actual.source }, actual)
}

/** Whether each of one list has its counterpart in the other, which mostly stands in the same position. */
function isPaired<T>(declared: readonly T[], actual: readonly T[], isPair: (one: T, other: T) => boolean): boolean {
  if (declared.length !== actual.length) return false
  const left = [...actual]
  return declared.every((one, at) => {
    const same = left[at]
    const found = same !== undefined && isPair(one, same) ? at : left.findIndex((other) => other && isPair(one, other))
    if (found === -1) return false
    delete left[found]
    return true
  })
}

/**
 * Whether a table is declared in the very facts that the database shows of it, each column in its position. Then the normal forms of both
 * are the same too, and nothing has to be made of either. False says nothing.
 */
export function isLiterallyEqual(declared: TableModel, actual: TableModel): boolean {
  return (
    declared.columns.length === actual.columns.length &&
    declared.columns.every((column, at) => isSame(column, actual.columns[at])) &&
    isPaired(declared.constraints, actual.constraints, isSameConstraint) &&
    isPaired(declared.indexes, actual.indexes, isSameIndex) &&
    isSameAround(declared, actual)
  )
}

/** The tables of a declaration that say what the database shows: as they were declared, or in normal form. */
export function equalTables(dialect: Dialect, declared: SchemaModel, actual: SchemaModel): ReadonlySet<string> {
  const equal = new Set<string>()
  for (const [key, table] of declared.tables) {
    const shown = actual.tables.get(key)
    if (shown === undefined) continue
    if (isLiterallyEqual(table, shown) || isLiterallyEqual(dialect.model.normalise(table), shown)) equal.add(key)
  }
  return equal
}
