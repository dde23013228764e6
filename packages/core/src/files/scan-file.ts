import { sep } from 'node:path'
import { MigrateError } from '../errors/migrate-error.ts'
import { type RevisionFile, textOf } from './folder.ts'
import { isFlatSql } from './folder-names.ts'
import { scanHeader } from './header-scan.ts'
import type { Scan } from './scanned-file.ts'
import { lineOf } from './source-text.ts'
import { hashOfSql, readSqlFolder } from './sql-folder.ts'
import { hasRevisionLines, scanSqlHeader } from './sql-header.ts'

/** Reads a revision, without running it. Undefined for SQL that is none. Throws REVISION_UNREADABLE, HEADER_INVALID, REVISION_FILE_INVALID. */
export function scanFile({ name, path, folder }: RevisionFile): Scan | undefined {
  if (folder !== undefined) return scanSqlFolder(folder)
  if (isFlatSql(name)) return refuseFlatRevision(path)
  const text = textOf(path)
  try {
    return { scanned: scanHeader(text, path), text }
  } catch (error) {
    // Below the header a marker is an error of the syntax, which names its line.
    refuseConflict(text, path)
    throw error
  }
}

/** A merge that git could not finish: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented */
const conflict = /^<{7} .*$.*?^={7}$.*?^>{7} /ms

/** Where each statement commits by itself, those before the marker would be applied. Throws REVISION_FILE_INVALID. */
function refuseConflict(text: string, file: string): void {
  const start = text.includes('<<<<<<< ') ? text.replaceAll('\r', '').search(conflict) : -1
  if (start === -1) return
  const line = lineOf(text.replaceAll('\r', ''), start)
  const why = 'a conflict of a merge is not resolved'
  throw new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}:${line}: ${why}`, {
    remedy: 'Resolve the conflict in the file, and remove the lines of git.',
  })
}

/** What has the header of a revision is meant to be one: passing it by would be silent. */
function refuseFlatRevision(file: string): undefined {
  if (!hasRevisionLines(textOf(file))) return
  const why = 'a revision in SQL is a folder with an up.sql'
  throw new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}, not a file`, {
    remedy: `Move it to ${file.slice(0, -'.sql'.length)}${sep}up.sql.`,
  })
}

function scanSqlFolder(folder: string): Scan {
  const files = readSqlFolder(folder)
  for (const { text, file } of [files.up, ...(files.down === undefined ? [] : [files.down])]) refuseConflict(text, file)
  const { message, ...scanned } = scanSqlHeader(files.up.text, files.up.file)
  return { scanned, hash: hashOfSql(files), ...(message === undefined ? {} : { message }) }
}
