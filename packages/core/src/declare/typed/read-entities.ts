import { put, tableKey } from '../../model/edit.ts'
import type {
  EnumModel,
  SchemaModel,
  SequenceModel,
  TableModel,
  TableRef,
  ViewModel,
} from '../../model/schema-model.ts'
import { toModel } from '../to-model.ts'

/** What one thing that a module exports says of the schema. */
export interface Entity {
  readonly table?: TableModel
  readonly view?: ViewModel | undefined
  readonly enum?: EnumModel
  readonly sequence?: SequenceModel
  readonly schema?: string
}

export type Exports = readonly unknown[] | { readonly [name: string]: unknown }

/** A name in a schema, which may be the one that goes without saying. */
export const placed = (name: string, schema: string | undefined): TableRef =>
  schema === undefined ? { name } : { schema, name }

/** The schema of all that is exported; the same thing under two names is one. Throws OBJECT_EXISTS for two tables of one name. */
export function readEntities(exports: Exports, read: (entity: unknown) => Entity | undefined): SchemaModel {
  const exported = new Set<unknown>(Array.isArray(exports) ? exports : Object.values(exports))
  const found = [...exported].map(read).filter((entity) => entity !== undefined)
  let model = toModel(found.flatMap(({ table }) => (table === undefined ? [] : [{ model: table }])))
  const schemas = new Set(model.schemas)
  for (const { view, enum: type, sequence, schema } of found) {
    if (view !== undefined) model = put(model, 'views', tableKey(view.ref), view)
    if (type !== undefined) model = put(model, 'enums', tableKey(type.ref), type)
    if (sequence !== undefined) model = put(model, 'sequences', tableKey(sequence.ref), sequence)
    const named = schema ?? (view ?? type ?? sequence)?.ref.schema
    if (named !== undefined) schemas.add(named)
  }
  return { ...model, schemas: [...schemas].sort() }
}
