import { holding, isText, isTexts, listOf, type OptionCheck, oneOf, optional } from '../errors/option-check.ts'
import type { FolderMigration, ForeignText } from '../load/foreign/foreign-folder.ts'
import type { TableRef } from '../model/schema-model.ts'
import type { AppliedMigration, ToolHistory } from './recogniser.ts'

const isForeignText = holding<ForeignText>({ file: isText, text: isText, nonTransactional: optional(oneOf(true)) })

/** What the readers of folders give. */
export const isMigrations: OptionCheck = listOf(
  holding<FolderMigration>({
    name: isText,
    version: optional(isText),
    at: optional(isText),
    up: isForeignText,
    down: optional(isForeignText),
    hash: isText,
    otherHashes: isTexts,
  }),
)

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
