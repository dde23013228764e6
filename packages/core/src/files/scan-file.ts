import { type RevisionFile, textOf } from './folder.ts'
import { scanHeader } from './header-scan.ts'
import type { Scan } from './scanned-file.ts'
import { hashOfSql, readSqlFolder } from './sql-folder.ts'
import { scanSqlHeader } from './sql-header.ts'

/** Reads a revision, without running it. Throws REVISION_UNREADABLE, HEADER_INVALID, REVISION_FILE_INVALID. */
export function scanFile({ path, folder }: RevisionFile): Scan {
  if (folder !== undefined) return scanSqlFolder(folder)
  const text = textOf(path)
  return { scanned: scanHeader(text, path), text }
}

function scanSqlFolder(folder: string): Scan {
  const files = readSqlFolder(folder)
  const { message, ...scanned } = scanSqlHeader(files.up.text, files.up.file)
  return { scanned, hash: hashOfSql(files), ...(message === undefined ? {} : { message }) }
}
