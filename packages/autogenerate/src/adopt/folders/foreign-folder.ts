import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { MigrateError } from '@org/migrate-core'
import { sha256, sqlText } from '@org/migrate-core/internal'

/** A text of another tool's migration, with line feeds alone and no byte order mark. */
export interface ForeignText {
  /** The file, for people and errors. */
  readonly file: string
  readonly text: string
  /** The tool runs it outside a transaction. */
  readonly nonTransactional?: true
}

/** A migration as another tool's folder has it. */
export interface FolderMigration {
  /** drizzle-kit's tag, or the name of the file or folder without its extension. */
  readonly name: string
  /** The digits that it begins with, and by which plain files are ordered. */
  readonly version?: string
  /** When it was written, as far as the folder tells; ISO 8601. */
  readonly at?: string
  readonly up: ForeignText
  readonly down?: ForeignText
  /** SHA-256 of the file, in hex, as the tools compute it. */
  readonly hash: string
  /** The same for its text with the line ends of other systems: git may have changed them since. */
  readonly otherHashes: readonly string[]
}

/** A folder of another tool's migrations, in the order in which that tool runs them. */
export interface MigrationFolder {
  readonly tool: string
  readonly migrations: readonly FolderMigration[]
  /** Files of SQL that belong to none of them, and are never run by the tool. */
  readonly strays: readonly string[]
}

const remedy = 'Correct it as the tool of the folder expects it, or name the right folder. Nothing was written.'

export function invalidFolder(file: string, why: string, cause?: unknown): MigrateError<'REVISION_FILE_INVALID'> {
  const options = cause === undefined ? { remedy } : { remedy, cause }
  return new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}`, options)
}

/** Throws REVISION_FILE_INVALID; `missing` says what it is that is not there. */
export function readForeign(file: string, missing: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw invalidFolder(file, code === 'ENOENT' ? missing : `cannot be read: ${message}`, cause)
  }
  if (!isUtf8(bytes)) throw invalidFolder(file, 'is no UTF-8')
  return bytes.toString('utf8')
}

/** The names in a folder, sorted. Throws MIGRATIONS_NOT_FOUND. */
export function namesIn(directory: string): { readonly files: readonly string[]; readonly folders: readonly string[] } {
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'))
    const names = (folders: boolean): readonly string[] =>
      entries
        .filter((entry) => entry.isDirectory() === folders)
        .map(({ name }) => name)
        .sort()
    return { files: names(false), folders: names(true) }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : 'cannot be read'
    throw new MigrateError('MIGRATIONS_NOT_FOUND', { directory }, `The folder ${directory} ${why}`, { cause })
  }
}

/** The hashes of a text as it lies there, and as it would be with other line ends. */
export function hashesOf(text: string): Pick<FolderMigration, 'hash' | 'otherHashes'> {
  const hash = sha256(text)
  const feeds = text.replace(/\r\n?/g, '\n')
  const variants = [feeds, feeds.replaceAll('\n', '\r\n')].map(sha256)
  return { hash, otherHashes: variants.filter((other) => other !== hash) }
}

export function foreignText(file: string, text: string, nonTransactional = false): ForeignText {
  return { file, text: sqlText(text), ...(nonTransactional ? { nonTransactional } : {}) }
}

const stamp = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?!\d)/

/** The moment in a name that begins with fourteen digits; tools write it in UTC. */
export function timestampInName(name: string): { readonly at?: string } {
  const [, year, month, day, hour, minute, second] = stamp.exec(name) ?? []
  if (year === undefined) return {}
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(date.getTime()) ? {} : { at: date.toISOString() }
}
