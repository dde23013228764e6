import type { TableModel } from '@org/migrate-core/dialect'

const tables = new WeakSet<TableModel>()

/** Notes that a table's model was read from its `source` and the sources of its indexes. Models never change. */
export function markReadFromText(table: TableModel): TableModel {
  tables.add(table)
  return table
}

/** Whether a model is known to say what its texts say, so that they need not be read again to find out. */
export function isReadFromText(table: TableModel): boolean {
  return tables.has(table)
}
