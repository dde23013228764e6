import { resolve } from 'node:path'
import { loadSnapshot } from '@org/migrate-autogenerate'
import { MigrateError } from '@org/migrate-core'
import type { CommandContext } from '../../context.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { run } from '../../running/run.ts'
import { readSnapshot, snapshotFileOf } from '../../running/snapshot-file.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'

/** Throws USAGE, INVALID_OPTION. */
function fileToLoad({ caller }: CommandContext, project: Project, named: string | undefined) {
  const file = named === undefined ? snapshotFileOf(project) : resolve(caller.folder, named)
  if (file === undefined) {
    throw usage(
      `no file is named, and ${project.loaded.file} has no \`snapshot\` for ${project.dialect.name}`,
      "Name the file, or write `snapshot: './schema.sql'` into the configuration.",
    )
  }
  const text = readSnapshot(file)
  if (text !== undefined) return { file, text }
  const why = 'there is no such file'
  throw new MigrateError('INVALID_OPTION', { option: 'file', why }, `${file} is not loaded: ${why}`, {
    remedy: 'Write it with `migrate upgrade` on a database of your own; `snapshot` of the configuration names it.',
  })
}

/** Brings an empty database to the schema of a snapshot in one step, and records its revisions. */
export async function load(context: CommandContext, named: string | undefined): Promise<ExitCode> {
  const labels = { command: 'load', done: 'recorded', nothing: 'loaded, now' }
  return run(context, labels, (migrator, { signal, onEvent }, project) => {
    const { file, text } = fileToLoad(context, project, named)
    return loadSnapshot(migrator, text, { file, signal, onEvent })
  })
}
