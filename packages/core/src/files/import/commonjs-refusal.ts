import { readFileSync } from 'node:fs'
import { thrownCode, thrownMessage } from '../../errors/thrown-value.ts'
import { missingExport } from './missing-export.ts'

/** What jiti can load: CommonJS in a module. */
const commonJs = /\b(?:require|module|exports|__dirname|__filename) is not defined|Named export '.*' not found/
/** `require` of a Node that strips types adds no `.ts` to a path: https://nodejs.org/api/typescript.html */
const codes = ['ERR_UNKNOWN_FILE_EXTENSION', 'MODULE_NOT_FOUND']
const commonJsText = /\bmodule\.exports\b|\bexports(?:\.[\w$]+|\[)/

/**
 * Whether Node refused CommonJS that it took for a module. A name that a file of CommonJS does not export to a module is a part of that; of
 * a module jiti would give undefined for it, without a word.
 */
export function isCommonJs(error: unknown): boolean {
  if (codes.includes(thrownCode(error)) || commonJs.test(thrownMessage(error))) return true
  const missing = missingExport(error)
  return missing !== undefined && commonJsText.test(readFileSync(missing.from, 'utf8'))
}
