import { holding, isText, type OptionCheck, oneOf, optional, type TableRef } from '@org/migrate-core/dialect'
import { isTexts, listOf } from '@org/migrate-core/internal'
import type { AppliedMigration, ToolHistory } from './recogniser.ts'

const isRefs = listOf(holding<TableRef>({ name: isText, schema: optional(isText) }))

export const isWithTables: OptionCheck = listOf(holding<Pick<ToolHistory, 'tables'>>({ tables: isRefs }))

/** What `recogniseTools` gives of one tool. */
export const isToolHistory: OptionCheck = holding<ToolHistory>({
  tool: isText,
  version: optional(isText),
  tables: isRefs,
  records: oneOf('each', 'mark', 'last'),
  applied: listOf(holding<AppliedMigration>({ name: isText, at: optional(isText), hash: optional(isText) })),
  problems: isTexts,
})
