import { isRecord, isText, listOf, type OptionCheck, withMember } from '../errors/option-check.ts'
import { isTableModel } from '../model/model-check.ts'

export const isDeclaredTable: OptionCheck = (value) => {
  // A model alone is a table, too: `columns` are for TypeScript and for Drizzle.
  const { model } = (isRecord(value) === undefined ? value : {}) as { readonly model?: unknown }
  return isTableModel(model) === undefined ? undefined : 'a declared table is expected, as table(…) gives it'
}
export const isDeclaredTables = listOf(isDeclaredTable)

export const isTableName: OptionCheck = (value) =>
  isText(value) === undefined ? undefined : withMember("a table's name", 'name')(value)
