import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MigrateError } from '../../errors/migrate-error.ts'
import { isText, isTexts, requireArguments } from '../../errors/option-check.ts'
import { locateHeader, scanHeader } from '../header-scan.ts'
import { withSqlParents } from '../sql-header.ts'
import { notWritten } from './make-file.ts'
import { parentsLiteral, revisesText } from './revision-text.ts'

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** `Revises` with what the file follows now: a comment that says something else is not ours to change. */
function revisesPattern(parents: readonly string[]): RegExp {
  const parentsPattern = parents.length === 0 ? '<base>|null|base' : parents.map(escaped).join('\\s*,\\s*')
  return new RegExp(`(\\bRevises:?[ \\t]+)(?:${parentsPattern})(?![\\w.])`)
}

/**
 * The text of a revision file with other parents: the constant `downRevision`, and `Revises` in the comment above it where that says
 * the same; in SQL the line `-- revises:`. Everything else stays as it is.
 *
 * Throws HEADER_INVALID.
 */
function withParents(text: string, file: string, parents: readonly string[]): string {
  if (file.endsWith('.sql')) return withSqlParents(text, file, parents)
  const before = scanHeader(text, file).parents
  const { from, to } = locateHeader(text, file, 'downRevision')
  const literal = parentsLiteral(parents)
  const inQuotes = text.slice(from, to).includes('"') ? literal.replaceAll("'", '"') : literal
  const above = text.slice(0, from).replace(revisesPattern(before), `$1${revisesText(parents).replaceAll('$', '$$$$')}`)
  return above + inQuotes + text.slice(to)
}

/**
 * Writes other parents into a revision file; a concurrent reader reads the old text or the new one.
 *
 * Throws HEADER_INVALID, REVISION_UNREADABLE, FILE_NOT_WRITTEN.
 */
export function rewriteParents(file: string, parents: readonly string[]): void {
  requireArguments('rewriteParents', { file, parents }, { file: isText, parents: isTexts })
  const bytes = bytesOf(file)
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) throw unreadable(file, 'is no UTF-8, and would not be the same afterwards')
  replaceFile(file, withParents(text, file, parents))
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw unreadable(file, `cannot be read: ${(cause as Error).message}`, cause)
  }
}

function unreadable(file: string, why: string, cause?: unknown): MigrateError {
  return new MigrateError('REVISION_UNREADABLE', { file, why }, `${file} ${why}`, { cause })
}

function replaceFile(file: string, text: string): void {
  let temporary: string | undefined
  try {
    const real = realpathSync(file)
    // Hidden, so that it is not read as a revision.
    temporary = join(dirname(real), `.${basename(real)}.new`)
    writeFileSync(temporary, text)
    chmodSync(temporary, statSync(real).mode)
    renameSync(temporary, real)
  } catch (cause) {
    if (temporary !== undefined) rmSync(temporary, { force: true })
    throw notWritten(file, cause)
  }
}
