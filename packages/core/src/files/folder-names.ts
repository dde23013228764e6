import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigrateError } from '../errors/migrate-error.ts'
import { type OptionCheck, requireArgument } from '../errors/option-check.ts'

const module = /.\.[mc]?[jt]s$/

/** Declarations, tests, files of editors and merges: what may lie beside revisions without being one. */
const ignoredNames = /\.d\.[mc]?ts$|\.(?:test|spec)\.[mc]?[jt]s$|^[.#]|~$/

/** In the folder of a revision in SQL: the first that exists says what its statements do to the schema. */
export const effectsNames: readonly string[] = ['effects.ts', 'effects.mts', 'effects.js', 'effects.mjs']

/** What the names of new revisions begin with: `20261121T184500_`, UTC. */
export const nameTimestamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)_/

/** Folders that are not gone into: hidden ones, and packages that were installed. */
export function isPassedBy(folder: string): boolean {
  return folder.startsWith('.') || folder === 'node_modules'
}

/** SQL beside the revisions: a file that a data step reads, or one of another tool. */
export const isFlatSql = (name: string): boolean => name.endsWith('.sql') && !ignoredNames.test(name)

/** Whether a file of this name is read as a revision. */
export function isModuleName(name: string): boolean {
  return module.test(name) && !ignoredNames.test(name)
}

/**
 * The absolute path of a folder of migrations.
 *
 * Throws INVALID_OPTION: what a relative path is relative to depends on who started the process.
 */
export const isFolder: OptionCheck = (value) =>
  typeof value === 'string' || value instanceof URL ? undefined : 'a `file:` URL or an absolute path is expected'

/** Without a slash at its end: one name, one index. */
export function absoluteFolder(directory: URL | string): string {
  requireArgument('a folder of revisions', 'directory', directory, isFolder)
  if (directory instanceof URL || directory.startsWith('file:')) return resolve(fileURLToPath(directory))
  if (isAbsolute(directory)) return resolve(directory)
  throw new MigrateError(
    'INVALID_OPTION',
    { option: 'directory', why: `${directory} is not an absolute path` },
    `\`${directory}\` is not an absolute path`,
    { remedy: 'Pass an absolute path or a file: URL, such as `new URL("./migrations/", import.meta.url)`.' },
  )
}

const beyondAscii = /[^ -~]/

/** Equal for names that some file systems take for one. */
export function foldedName(name: string): string {
  return (beyondAscii.test(name) ? name.normalize('NFC') : name).toLowerCase()
}
