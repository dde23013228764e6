import type { Dialect } from '@org/migrate-core/dialect'
import { requireUrl } from '@org/migrate-core/dialect'
import type { CommandContext } from '../../context.ts'
import { dialectFor } from '../../dialect-packages.ts'
import type { Project } from '../../wiring.ts'

/** The database of the project, and those that `--on` names. Nothing is opened. */
export async function databasesOf(
  { caller }: CommandContext,
  { dialect, loaded }: Project,
  urls: readonly string[] = [],
): Promise<readonly Dialect[]> {
  const { schema, lock, driver } = loaded.config
  const named: Dialect[] = []
  for (const url of urls) {
    const options = { url: requireUrl(url, '--on'), baseDirectory: caller.folder, key: undefined }
    const first = await dialectFor({ ...options, schema: undefined, lock: undefined }, loaded.file)
    const isAlike = first.name === dialect.name
    named.push(isAlike ? await dialectFor({ ...options, schema, lock, driver }, loaded.file) : first)
  }
  return [dialect, ...named]
}
