import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import type { CommandContext } from '../context.ts'

/** Writes what a command made into the file that the caller names; gives its path. Throws FILE_NOT_WRITTEN. */
export function writeOutput({ caller }: CommandContext, path: string, content: string): string {
  const file = resolve(caller.folder, path)
  try {
    writeFileSync(file, content)
    return file
  } catch (cause) {
    const why = thrownMessage(cause)
    throw new MigrateError('FILE_NOT_WRITTEN', { file, why }, `${file} cannot be written: ${why}`, { cause })
  }
}
