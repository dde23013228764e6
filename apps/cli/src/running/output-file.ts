import { randomUUID } from 'node:crypto'
import { existsSync, type Stats, statSync } from 'node:fs'
import { chmod, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { present, thrownMessage } from '@org/migrate-core/dialect'
import type { CommandContext } from '../context.ts'

function refused(
  file: string,
  why: string,
  options: { readonly remedy?: string; readonly cause?: unknown } = {},
): MigrateError {
  return new MigrateError('FILE_NOT_WRITTEN', { file, why }, `${file} was not written: ${why}`, options)
}

/** Throws FILE_NOT_WRITTEN where something is at the path that may not be replaced, or its folder is missing. */
export async function requireReplaceable(file: string, isOurs: (existing: string) => boolean): Promise<void> {
  const remedy = 'Move it away, or name another file.'
  const facts = factsOf(file, (cause) => refused(file, thrownMessage(cause), { cause }))
  // A device, such as /dev/stdout, would be replaced by the file.
  if (facts?.isFile() === false) throw refused(file, 'it is there, and no regular file', { remedy })
  if (facts === undefined) {
    const folder = dirname(file)
    if (factsOf(folder, (cause) => refused(file, thrownMessage(cause), { cause })) === undefined)
      throw refused(file, `there is no folder ${folder}`, { remedy: 'Make the folder, or name another file.' })
    return
  }
  const existing = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw refused(file, 'there is something there that cannot be read', { cause })
  })
  if (existing.trim() !== '' && !isOurs(existing))
    throw refused(file, 'it is there, and not written by this command, or it was edited', { remedy })
}

/** The path of a file that the caller names. With `--all` each database has a file of its own, `report.audit.html`; a folder is for all of them. */
export function outputPath({ settings: { all, database }, caller }: CommandContext, out: string): string {
  const path = resolve(caller.folder, out)
  if (!all || database === undefined || (existsSync(path) && statSync(path).isDirectory())) return path
  return /\.[^./\\]+$/.test(path) ? path.replace(/(\.[^./\\]+)$/, `.${database}$1`) : `${path}.${database}`
}

/**
 * Writes what a command made into the file that the caller names; gives its path. An existing file is replaced where `isOurs` takes its text
 * for work of ours, or it is empty: a slip of the name must not cost a source. Throws FILE_NOT_WRITTEN.
 */
export async function writeOutput(
  { caller }: CommandContext,
  path: string,
  text: string,
  isOurs: (existing: string) => boolean,
): Promise<string> {
  const file = resolve(caller.folder, path)
  await requireReplaceable(file, isOurs)
  // Whole or not at all: half of a script looks like one.
  const existing = statSync(file, { throwIfNoEntry: false })
  // A link stays a link, and what only its owner may read stays so.
  const target = existing === undefined ? file : await realpath(file)
  const temporaryFile = `${target}.${randomUUID()}.part`
  try {
    await writeFile(temporaryFile, text, { flag: 'wx', ...present({ mode: existing?.mode }) })
    if (existing !== undefined) await chmod(temporaryFile, existing.mode)
    await rename(temporaryFile, target)
    return file
  } catch (cause) {
    // Where it could not even be made there is nothing to remove.
    await rm(temporaryFile, { force: true }).catch(() => {})
    throw refused(file, thrownMessage(cause), { cause })
  }
}

/** Where a script goes: a file as it is named; in a folder the next of its numbered files, as Wrangler and others have them: `0003_head.sql`. */
export async function scriptFile(out: string, to: string | readonly string[] = 'head'): Promise<string> {
  // A path that is too long for the file system does not exist.
  if (!existsSync(out) || !statSync(out).isDirectory()) return out
  const numbers = (await readdir(out)).flatMap((name) => /^(\d+)_.*\.sql$/i.exec(name)?.[1] ?? [])
  const next = Math.max(0, ...numbers.map(Number)) + 1
  const name = [to]
    .flat()
    .join('_')
    .replaceAll(/[^\w.-]+/g, '_')
  return join(out, `${String(next).padStart(numbers.at(-1)?.length ?? 4, '0')}_${name}.sql`)
}

function factsOf(file: string, toError: (cause: unknown) => MigrateError): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch (cause) {
    throw toError(cause)
  }
}
