import {
  type Dialect,
  findColumn,
  findTable,
  type Operation,
  type SchemaModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { renamedTable } from '@org/migrate-core/internal'

/** A schema before some operations, under the names that its tables and columns have after them. */
export interface SchemaBefore {
  readonly schema: SchemaModel
  /** The former names of tables, by their keys of today. */
  readonly tables: ReadonlyMap<string, string>
  /** The former names of columns by those of today, by the key of their table. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** Applies the renames among these operations, and nothing else. */
export function schemaBefore({ model }: Dialect, before: SchemaModel, operations: readonly Operation[]): SchemaBefore {
  let schema = before
  const tables = new Map<string, string>()
  const columns = new Map<string, Map<string, string>>()
  for (const operation of operations) {
    const renamed = renamedTable(operation)
    if (renamed !== undefined && findTable(schema, renamed.from) !== undefined) {
      const [from, to] = [tableKey(renamed.from), tableKey(renamed.to)]
      tables.set(to, tables.get(from) ?? renamed.from.name)
      columns.set(to, columns.get(from) ?? new Map())
      for (const each of [tables, columns]) each.delete(from)
      schema = model.apply(schema, operation)
    }
    if (operation.kind !== 'renameColumn') continue
    const table = findTable(schema, operation.table)
    if (table === undefined || findColumn(table, operation.column) === undefined) continue
    const key = tableKey(operation.table)
    const names = columns.get(key) ?? new Map<string, string>()
    names.set(operation.to, names.get(operation.column) ?? operation.column)
    names.delete(operation.column)
    columns.set(key, names)
    schema = model.apply(schema, operation)
  }
  return { schema, tables, columns }
}
