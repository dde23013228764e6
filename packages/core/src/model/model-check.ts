import { isRecord, isTexts, type OptionCheck } from '../errors/option-check.ts'
import { isReadonlyMap } from './chunked-map.ts'
import type { SchemaModel, TableModel } from './schema-model.ts'

/** A schema model as `toModel`, `replay` and `introspect` give it: what its maps hold was made by them. */
export const isSchemaModel: OptionCheck = (value) => {
  const wrong = isRecord(value)
  if (wrong !== undefined) return wrong
  const { schemas, extensions, tables, views, triggers, enums, sequences } = value as {
    readonly [K in keyof SchemaModel]?: unknown
  }
  const maps = { tables, views, triggers, enums, sequences }
  for (const [name, map] of Object.entries(maps)) if (!isReadonlyMap(map)) return `its \`${name}\` are no Map`
  const why = isTexts(schemas) ?? isTexts(extensions)
  return why === undefined ? undefined : `its schemas or extensions: ${why}`
}

/** A table model, or a declared table's `model`. */
export const isTableModel: OptionCheck = (value) => {
  const { ref, columns, constraints, indexes, options } = (isRecord(value) === undefined ? value : {}) as {
    readonly [K in keyof TableModel]?: unknown
  }
  const holds =
    [columns, constraints, indexes].every(Array.isArray) && [ref, options].every((one) => isRecord(one) === undefined)
  return holds ? undefined : 'the model of a table is expected'
}
