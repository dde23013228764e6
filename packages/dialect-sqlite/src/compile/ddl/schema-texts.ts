import {
  findTable,
  MigrateError,
  put,
  putTable,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { markReadFromText } from '../../ddl/read-from-text.ts'
import { spellReferences } from '../../introspect/references.ts'
import { readTable } from '../../introspect/tables.ts'
import { readView } from '../../introspect/views.ts'
import { sameName } from '../../sql/tokenize.ts'
import { indexSource, tableSource, viewSource } from './stored-text.ts'

/** The schema on both sides of an operation. */
export interface SchemaChange {
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

/** The table of `model` as its texts say; what texts cannot say (that it is opaque) is carried over. */
export function rereadTable(
  model: SchemaModel,
  table: TableModel,
  source: string,
  indexes: readonly string[] = indexTexts(table),
): TableModel {
  const read = spellReferences(readTable(source, indexes), model.tables)
  return table.opaque === undefined ? read : markReadFromText({ ...read, opaque: table.opaque })
}

/** The schema with one table's text edited; the model of the table follows the text. */
export function withEditedTable(
  { before, after }: SchemaChange,
  ref: TableRef,
  edit: (source: string) => string,
): SchemaModel {
  const table = requireTable(before, ref)
  return putTable(after, rereadTable(after, table, edit(tableSource(table))))
}

/**
 * The texts of other tables whose foreign keys refer to `ref` edited. Not only of those that core changed: a foreign key may
 * write the table's name and its columns' in another case.
 */
export function withEditedReferrers(
  { before, after }: SchemaChange,
  ref: TableRef,
  edit: (source: string) => string,
): SchemaModel {
  let result = after
  for (const [key, table] of before.tables) {
    if (sameName(table.ref.name, ref.name) || table.opaque === 'virtual' || !after.tables.has(key)) continue
    const refers = table.constraints.some(
      (item) => item.kind === 'foreignKey' && sameName(item.references.table.name, ref.name),
    )
    if (refers) result = putTable(result, rereadTable(after, table, edit(tableSource(table))))
  }
  return result
}

/** Views and triggers with their texts edited. */
export function withEditedBodies(
  model: SchemaModel,
  edit: (text: string, kind: 'view' | 'trigger') => string,
): SchemaModel {
  let result = model
  for (const [key, view] of model.views) {
    const source = viewSource(view)
    const text = edit(source, 'view')
    if (text !== source)
      result = put(result, 'views', key, { ...readView(text), ...(view.broken ? { broken: true } : {}) })
  }
  for (const [key, trigger] of model.triggers) {
    const definition = edit(trigger.definition, 'trigger')
    if (definition !== trigger.definition) result = put(result, 'triggers', key, { ...trigger, definition })
  }
  return result
}
