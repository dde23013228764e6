import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { MigrateError } from '../errors/migrate-error.ts'

/**
 * What is no UTF-8 comes as U+FFFD, and would be stored as it: the text of a table's rows is not ours to change. Throws REVISION_UNREADABLE.
 */
export function requireUtf8(file: string, text: string): void {
  if (!text.includes('\uFFFD') || isUtf8(readFileSync(file))) return
  const why = 'is no UTF-8'
  throw new MigrateError('REVISION_UNREADABLE', { file, why }, `${file} ${why}`, { remedy: 'Save the file as UTF-8.' })
}
