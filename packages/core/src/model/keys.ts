import type { TableModel } from './schema-model.ts'

/**
 * The columns of a key that tells the rows of a table apart: the primary key, else a unique constraint or a plain unique
 * index whose columns cannot be NULL.
 */
export function uniqueKeyOf(table: TableModel): readonly string[] | undefined {
  const primary = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  if (primary !== undefined) return primary.columns
  const notNull = (columns: readonly string[]): boolean =>
    columns.every((name) => table.columns.some((column) => column.name === name && !column.nullable))
  for (const constraint of table.constraints) {
    if (constraint.kind === 'unique' && notNull(constraint.columns)) return constraint.columns
  }
  for (const index of table.indexes) {
    if (!index.unique || index.where !== undefined) continue
    const columns = index.elements.flatMap((element) =>
      element.column === undefined || element.prefixLength !== undefined ? [] : [element.column],
    )
    if (columns.length === index.elements.length && notNull(columns)) return columns
  }
  return undefined
}
