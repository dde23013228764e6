import { holding, isText, type OptionCheck, oneOf, optional } from '@org/migrate-core/dialect'
import { isTexts, listOf } from '@org/migrate-core/internal'
import type { FolderMigration, ForeignText } from './foreign-folder.ts'

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
