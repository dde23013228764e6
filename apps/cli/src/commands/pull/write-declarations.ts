import { existsSync, readFileSync } from 'node:fs'
import { MigrateError } from '@org/migrate-core'
import { makeFile } from '@org/migrate-core/node'
import type { CommandContext } from '../../context.ts'
import { writeOutput } from '../../running/output-file.ts'

function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    // A folder, or not to be read: writing says why.
    return false
  }
}

/** Writes the file. One that is there, with another text, is replaced only where that is said. Throws FILE_NOT_WRITTEN. */
export async function writeDeclarations(
  context: CommandContext,
  file: string,
  text: string,
  force: boolean,
): Promise<'written' | 'unchanged'> {
  if (!existsSync(file)) {
    // Never over one that another process has made in the meantime.
    makeFile(file, text)
    return 'written'
  }
  if (isSame(file, text)) return 'unchanged'
  if (!force) {
    const why = 'it is there, with another text'
    throw new MigrateError('FILE_NOT_WRITTEN', { file, why }, `${file} was not written: ${why}`, {
      remedy: 'Name another file, or replace it with --force: what was added to it by hand is lost.',
    })
  }
  await writeOutput(context, file, text)
  return 'written'
}
