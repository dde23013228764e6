import { MigrateError } from '@org/migrate-core'
import { findTable, put, putTable, type SchemaModel, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import { readTable } from '../introspect/tables.ts'
import { readView } from '../introspect/views.ts'
import { indexSource, tableSource, viewSource } from './stored.ts'

/** The schema on both sides of an operation. */
export interface Around {
  readonly before: SchemaModel
  /** What core's `apply` made of it: checked, but with the texts of what changed gone. */
  readonly after: SchemaModel
}

export function requireTable(model: SchemaModel, ref: TableRef): TableModel {
  const table = findTable(model, ref)
  if (table !== undefined) return table
  throw new MigrateError('OBJECT_MISSING', { object: `table ${ref.name}` }, `there is no table ${ref.name}`)
}

export const indexTexts = (table: TableModel): readonly string[] =>
  table.indexes.map((index) => indexSource(table, index))

/** The table as its texts say; what texts cannot say (that it is opaque) is carried over. */
export function reread(table: TableModel, source: string, indexes: readonly string[]): TableModel {
  const read = readTable(source, indexes)
  return table.opaque === undefined ? read : { ...read, opaque: table.opaque }
}

/** The schema with one table's text edited; the model of the table follows the text. */
export function edited({ before, after }: Around, ref: TableRef, edit: (source: string) => string): SchemaModel {
  const table = requireTable(before, ref)
  return putTable(after, reread(table, edit(tableSource(table)), indexTexts(table)))
}

/** Tables that core changed beside the one that was asked for get their texts edited too. */
export function editedOthers(before: SchemaModel, after: SchemaModel, edit: (source: string) => string): SchemaModel {
  let result = after
  for (const [key, table] of after.tables) {
    const old = before.tables.get(key)
    if (old === undefined || old === table || old.opaque === 'virtual') continue
    result = putTable(result, reread(old, edit(tableSource(old)), indexTexts(old)))
  }
  return result
}

/** Views and triggers with their texts edited. */
export function editedBodies(
  model: SchemaModel,
  edit: (text: string, kind: 'view' | 'trigger') => string,
): SchemaModel {
  let result = model
  for (const [key, view] of model.views) {
    const source = viewSource(view)
    const text = edit(source, 'view')
    if (text !== source) result = put(result, 'views', key, readView(text))
  }
  for (const [key, trigger] of model.triggers) {
    const definition = edit(trigger.definition, 'trigger')
    if (definition !== trigger.definition) result = put(result, 'triggers', key, { ...trigger, definition })
  }
  return result
}
