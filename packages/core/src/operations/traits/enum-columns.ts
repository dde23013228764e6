import { refText, tableKey } from '../../model/edit.ts'
import type { ColumnModel, EnumModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { invalid, sameColumns } from './objects.ts'

/** The named enum of a column. One without a schema of its own stands in that of the table. */
export function enumOf(table: TableRef, { type }: ColumnModel): TableRef | undefined {
  if (type.kind !== 'enum' || type.name === undefined) return undefined
  const schema = type.schema ?? table.schema
  return schema === undefined || schema === '' ? { name: type.name } : { schema, name: type.name }
}

/** A table of another schema says the schema of the connection by its name, which no enum of the model does; the values are the same then. */
export function isOfEnum({ enums }: SchemaModel, table: TableModel, column: ColumnModel, ref: TableRef): boolean {
  const own = enumOf(table.ref, column)
  if (own === undefined || own.name !== ref.name) return false
  const { type } = column
  if (own.schema === ref.schema) return true
  if (ref.schema !== undefined || type.kind !== 'enum' || type.schema === undefined) return false
  return !enums.has(tableKey(own)) && sameColumns(type.values, enums.get(tableKey(ref))?.values ?? [])
}

export const usesEnum = (model: SchemaModel, table: TableModel, ref: TableRef): boolean =>
  table.columns.some((column) => isOfEnum(model, table, column, ref))

/** A partition has the columns of its table, and goes with it. */
export function columnsOfEnum(model: SchemaModel, ref: TableRef): readonly string[] {
  return [...model.tables.values()].flatMap((table) =>
    table.columns.flatMap((column) =>
      table.opaque !== 'partition' && isOfEnum(model, table, column, ref)
        ? [`column ${refText(table.ref)}.${column.name}`]
        : [],
    ),
  )
}

/** A column repeats the values of its enum: throws INVALID_OPERATION where it says others. */
export function checkEnumUse(model: SchemaModel, table: TableRef, column: ColumnModel, operation: string): void {
  const ref = enumOf(table, column)
  const enumModel = ref === undefined ? undefined : model.enums.get(tableKey(ref))
  if (ref === undefined || enumModel === undefined || column.type.kind !== 'enum') return
  if (sameColumns(enumModel.values, column.type.values)) return
  throw invalid(
    operation,
    `the column ${column.name} says that the enum ${refText(ref)} has the values ${column.type.values.join(', ')}; it has ${enumModel.values.join(', ')}`,
  )
}

/** The same from the enum's side, for columns that were there before it. */
export function checkEnumColumns(model: SchemaModel, enumModel: EnumModel, operation: string): void {
  const after: SchemaModel = { ...model, enums: new Map([[tableKey(enumModel.ref), enumModel]]) }
  for (const table of model.tables.values()) {
    for (const column of table.columns) checkEnumUse(after, table.ref, column, operation)
  }
}
