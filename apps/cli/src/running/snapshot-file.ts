import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isCurrentSnapshot, isSnapshotText, makeSnapshot } from '@org/migrate-autogenerate'
import { isMigrateError, MigrateError, type Migrator } from '@org/migrate-core'
import { codeOf } from '@org/migrate-core/dialect'
import { messageOf } from '../configuration/config.ts'
import type { CommandContext } from '../context.ts'
import { isProtected } from '../protection.ts'
import { oneLine } from '../reporters/formatting.ts'
import type { Project } from '../wiring.ts'
import { requireReplaceable, writeOutput } from './output-file.ts'

/** The file that the configuration names for this database; undefined: none. */
export function snapshotFileOf({ loaded, dialect }: Pick<Project, 'loaded' | 'dialect'>): string | undefined {
  const { snapshot } = loaded.config
  const byDialect: { readonly [dialect: string]: string | undefined } = typeof snapshot === 'object' ? snapshot : {}
  const file = typeof snapshot === 'string' ? snapshot : byDialect[dialect.name]
  return file === undefined ? undefined : resolve(loaded.folder, file)
}

/** Undefined where there is no such file. Throws INVALID_OPTION where it cannot be read. */
export function readSnapshot(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    const why = messageOf(cause)
    const message = `${file} cannot be read: ${why}`
    throw new MigrateError('INVALID_OPTION', { option: 'snapshot', why }, message, { cause })
  }
}

/** Throws FILE_NOT_WRITTEN, before a run, for a file that may not be replaced or has no folder: the database would be upgraded, and the command fail. */
export async function requireSnapshotReplaceable(project: Project): Promise<void> {
  const file = snapshotFileOf(project)
  if (file !== undefined && !isProtected(project)) await requireReplaceable(file, isSnapshotText)
}

/**
 * Writes the snapshot of the revisions where it is not theirs already. Not on a protected database: the shadow databases would be made
 * on its server. One that can't be made or written is a note. Throws ABORTED.
 */
export async function updateSnapshot(context: CommandContext, project: Project, migrator: Migrator): Promise<void> {
  const file = snapshotFileOf(project)
  if (file === undefined || isProtected(project)) return
  if (await isCurrentSnapshot(migrator, readSnapshot(file))) return
  try {
    const { text, without, withoutRows } = await makeSnapshot(migrator, { signal: context.signal })
    await writeOutput(context, file, text, isSnapshotText)
    context.report.note(`wrote ${file}`)
    for (const each of without) context.report.note(`it does not hold ${oneLine(each)}`)
    for (const each of withoutRows)
      context.report.note(`it does not hold the rows of ${oneLine(each)}, which a data step or SQL writes`)
  } catch (error) {
    // The database is where it should be; `check` reports the file until it is written.
    if (!isMigrateError(error) || error.code === 'ABORTED') throw error
    context.report.note(error.code === 'FILE_NOT_WRITTEN' ? error.message : `${file} was not written: ${error.message}`)
    context.report.note(error.remedy)
  }
}
