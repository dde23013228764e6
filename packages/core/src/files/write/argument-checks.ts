import {
  holding,
  isDate,
  isFlag,
  isNumber,
  isText,
  isTexts,
  type OptionChecks,
  optional,
} from '../../errors/option-check.ts'
import type { Draft } from './draft.ts'
import type { FileNaming } from './file-name.ts'

export const isDraft = holding<Draft>({
  revision: isText,
  parents: isTexts,
  dependsOn: isTexts,
  branchLabels: isTexts,
  replaces: optional(isTexts),
  source: optional(isText),
  message: isText,
  at: isDate,
})

export const isLocations = holding({ folders: isTexts, recursive: isFlag })

export const namingChecks: OptionChecks<FileNaming> = { name: isText, timeZone: isText, slugLength: isNumber }
