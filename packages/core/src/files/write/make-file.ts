import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { MigrateError } from '../../errors/migrate-error.ts'
import { isFunction, isText, requireArguments } from '../../errors/option-check.ts'

const reasons: { readonly [code: string]: string } = {
  EEXIST: 'it is there already',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'there is no room on the disk',
  ENOTDIR: 'a part of the path is no folder',
  ENAMETOOLONG: 'the name is too long for the file system',
}

export function notWritten(file: string, cause: unknown): MigrateError<'FILE_NOT_WRITTEN'> {
  const { code = '', message, syscall } = cause as NodeJS.ErrnoException
  // What is in the way of a folder is no folder.
  const why = reasons[syscall === 'mkdir' && code === 'EEXIST' ? 'ENOTDIR' : code] ?? message
  return new MigrateError('FILE_NOT_WRITTEN', { file, why }, `${file} cannot be written: ${why}`, { cause })
}

/** The highest folder of a path that is not there yet. */
function firstMissing(folder: string): string | undefined {
  let missing: string | undefined
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing = at
  return missing
}

/** Folders that were made for what then could not be made. Folders with files of another program stay. */
function removeEmpty(first: string | undefined, last: string): void {
  if (first === undefined) return
  for (let folder = last; folder.length >= first.length; folder = dirname(folder)) {
    if (!existsSync(folder)) continue
    if (readdirSync(folder).length > 0) return
    rmdirSync(folder)
  }
}

/**
 * Makes a file with its folders, and never writes over one. Where that fails nothing is left behind.
 *
 * Throws FILE_NOT_WRITTEN.
 */
export function makeFile(file: string, text: string): void {
  requireArguments('makeFile', { file, text }, { file: isText, text: isText })
  const folder = dirname(file)
  const missing = firstMissing(folder)
  let isOurs = false
  try {
    mkdirSync(folder, { recursive: true })
    const descriptor = openSync(file, 'wx')
    isOurs = true
    try {
      writeFileSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    if (isOurs) rmSync(file, { force: true })
    removeEmpty(missing, folder)
    throw notWritten(file, cause)
  }
}

/**
 * Runs work that makes files in a folder; where it fails, the files that it reported and folders that were made for them are removed.
 */
export async function withCreatedFiles<T>(
  folder: string,
  work: (report: (files: readonly string[]) => void) => Promise<T>,
): Promise<T> {
  requireArguments('withCreatedFiles', { folder, work }, { folder: isText, work: isFunction })
  const missing = firstMissing(folder)
  const created: string[] = []
  try {
    return await work((files) => created.push(...files))
  } catch (error) {
    for (const file of created) {
      // A revision in SQL is a folder.
      rmSync(file, { force: true, recursive: true })
      removeEmpty(firstOf(dirname(file), folder), dirname(file))
    }
    removeEmpty(missing, folder)
    throw error
  }
}

/** The folder of the revision itself, where that is a folder below the one of the revisions. */
function firstOf(own: string, folder: string): string | undefined {
  return own.length > folder.length && own.startsWith(folder) ? own : undefined
}
