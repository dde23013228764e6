import { readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MigrateError } from '../errors/migrate-error.ts'

const module = /^(.+)\.[mc]?[jt]s$/
/** Declarations, tests, files of editors and merges: what may lie beside revisions without being one. */
const beside = /\.d\.[mc]?ts$|\.(?:test|spec)\.[mc]?[jt]s$|^[.#]|~$/

export interface RevisionFile {
  readonly name: string
  /** The name without its extension. */
  readonly stem: string
  readonly path: string
}

/**
 * The absolute path of a folder of migrations.
 *
 * Throws PATH_NOT_ABSOLUTE: what a relative path is relative to depends on who started the process.
 */
export function absoluteFolder(directory: URL | string): string {
  if (directory instanceof URL || directory.startsWith('file:')) return fileURLToPath(directory)
  if (isAbsolute(directory)) return directory
  throw new MigrateError('PATH_NOT_ABSOLUTE', { path: directory }, `\`${directory}\` is not an absolute path`)
}

/**
 * The module files of a folder in name order, sub-folders left out.
 *
 * Throws MIGRATIONS_NOT_FOUND, FILE_NAME_COLLISION.
 */
export function revisionFiles(directory: string): readonly RevisionFile[] {
  const files: RevisionFile[] = []
  for (const entry of entriesOf(directory)) {
    const stem = module.exec(entry.name)?.[1]
    if (stem === undefined || entry.isDirectory() || beside.test(entry.name)) continue
    files.push({ name: entry.name, stem, path: join(directory, entry.name) })
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1))
  refuseCollisions(files)
  return files
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
  const seen = new Map<string, RevisionFile>()
  for (const file of files) {
    const folded = file.stem.normalize('NFC').toLowerCase()
    const other = seen.get(folded)
    seen.set(folded, file)
    if (other === undefined) continue
    const twins = other.stem === file.stem
    throw new MigrateError(
      'FILE_NAME_COLLISION',
      { files: [other.path, file.path] },
      twins
        ? `${other.path} and ${file.name} are two forms of one revision`
        : `The names of ${other.path} and ${file.name} differ only in case or in Unicode form`,
      twins ? { remedy: 'Keep one of them: the source, or what was compiled from it in a folder of its own.' } : {},
    )
  }
}
