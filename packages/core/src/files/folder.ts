import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { sep } from 'node:path'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { foldedName, isFlatSql, isModuleName, isPassedBy } from './folder-names.ts'

export interface RevisionFile {
  readonly name: string
  /** The name without its extension. */
  readonly stem: string
  readonly path: string
  /** Of a revision in SQL, whose path is that of its up.sql. */
  readonly folder?: string
}

/** Whether a folder is a revision in SQL. With down.sql alone it is one that has lost its other half. */
function isSqlRevision(folder: string): boolean {
  return existsSync(`${folder}${sep}up.sql`) || existsSync(`${folder}${sep}down.sql`)
}

/** What the paths of its entries begin with. */
export const withSeparator = (folder: string): string => (folder.endsWith(sep) ? folder : folder + sep)

/**
 * The module files of a folder in name order, and where there may be revisions in SQL, the folders that are some, and files of SQL, which are
 * none; behind them, where asked for, those of its sub-folders. A link to a folder is not followed.
 *
 * Throws MIGRATIONS_NOT_FOUND, FILE_NAME_INVALID.
 */
export function revisionFiles(directory: string, recursive = false, withSql = false): readonly RevisionFile[] {
  const files: RevisionFile[] = []
  const start = withSeparator(directory)
  const { modules, folders, sql } = namesIn(directory)
  for (const name of modules.sort()) {
    files.push({ name, stem: name.slice(0, name.lastIndexOf('.')), path: start + name })
  }
  const subfolders: string[] = []
  for (const name of folders.sort()) {
    const folder = start + name
    if (withSql && isSqlRevision(folder)) files.push({ name, stem: name, path: `${folder}${sep}up.sql`, folder })
    else subfolders.push(folder)
  }
  refuseCollisions(files)
  if (withSql) for (const name of sql) files.push({ name, stem: name, path: start + name })
  return recursive ? [...files, ...subfolders.flatMap((folder) => revisionFiles(folder, true, withSql))] : files
}

function namesIn(directory: string) {
  const sql: string[] = []
  const modules: string[] = []
  const folders: string[] = []
  for (const entry of entriesOf(directory)) {
    if (entry.isDirectory() && !isPassedBy(entry.name)) folders.push(entry.name)
    if (isFlatSql(entry.name)) sql.push(entry.name)
    if (!isModuleName(entry.name)) continue
    const target = behindLink(entry, directory + sep + entry.name)
    if (target?.isDirectory()) continue
    // A pipe waits for a writer, and a device may never end: they are not begun with.
    if (target?.isFile() === false) throw unreadable(directory + sep + entry.name, 'is no regular file')
    modules.push(entry.name)
  }
  return { modules, folders, sql }
}

/** What a link leads to; undefined where it leads nowhere: reading it says what is wrong. */
function behindLink(entry: Dirent, path: string): Pick<Dirent, 'isDirectory' | 'isFile'> | undefined {
  if (!entry.isSymbolicLink()) return entry
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

function unreadable(file: string, why: string, cause?: unknown): MigrateError {
  const options = { cause }
  return new MigrateError('REVISION_UNREADABLE', { file, why }, `${file} ${why}`, options)
}

/** Opening a pipe for reading waits for a writer without it (open(2)); Windows does not have the flag. */
const readWithoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Throws REVISION_UNREADABLE, also for a pipe or a device: reading one may never end. */
export function textOf(file: string): string {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, readWithoutWaiting)
    if (!fstatSync(descriptor).isFile()) throw unreadable(file, 'is no regular file')
    return readFileSync(descriptor, 'utf8')
  } catch (cause) {
    if (isMigrateError(cause)) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'is not there (any more), or is a link that leads nowhere' : `cannot be read: ${message}`
    throw unreadable(file, why, cause)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const why = code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : 'cannot be read'
    throw new MigrateError('MIGRATIONS_NOT_FOUND', { directory }, `The folder of migrations ${directory} ${why}`, {
      cause,
    })
  }
}

function refuseCollisions(files: readonly RevisionFile[]): void {
  if (new Set(files.map(({ stem }) => foldedName(stem))).size === files.length) return
  const byFoldedName = new Map<string, RevisionFile>()
  for (const file of files) {
    const folded = foldedName(file.stem)
    const other = byFoldedName.get(folded)
    byFoldedName.set(folded, file)
    if (other === undefined) continue
    const isSameStem = other.stem === file.stem
    throw new MigrateError(
      'FILE_NAME_INVALID',
      { files: [other.path, file.path], why: isSameStem ? 'duplicates' : 'same-but-for-case' },
      isSameStem
        ? `${other.path} and ${file.name} are two forms of one revision`
        : `The names of ${other.path} and ${file.name} differ only in case or in Unicode form`,
      {
        remedy: isSameStem
          ? 'Keep one of them: the source, or what was compiled from it in a folder of its own.'
          : 'Rename one of the files: some file systems cannot hold both.',
      },
    )
  }
}
