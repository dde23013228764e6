import { basename, dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { MigrateError } from '../errors/migrate-error.ts'
import {
  isFlag,
  isRecord,
  isText,
  listOf,
  type OptionCheck,
  type OptionChecks,
  requireArgument,
  requireOptions,
} from '../errors/option-check.ts'
import type { RevisionHeader, RevisionModule } from '../graph/revision.ts'
import { currentFacts, openIndex, removeIndex } from './file-index.ts'
import { type RevisionFile, revisionFiles } from './folder.ts'
import { absoluteFolder, isFolder, nameTimestamp } from './folder-names.ts'
import type { ScannedHeader } from './header-check.ts'
import { importModule } from './import/import-module.ts'
import { originalLocation } from './import/position.ts'
import { checkedRevision, checkedSequential, type Exports } from './module-check.ts'
import type { HeaderOptions, RevisionLocations, RevisionSource } from './revision-source.ts'
import { type Scan, ScannedFile } from './scanned-file.ts'
import type { Tier } from './tier.ts'
import { type GraphTierOptions, graphOf, unknownRevision } from './values.ts'

export interface SequentialTierOptions extends GraphTierOptions {
  /** The table of applied names, in Peewee's shape. Default `migratehistory`. */
  readonly table?: string
  /** A database whose history began without this tier stays without it. Default false. */
  readonly optional?: boolean
}

export interface FolderTierOptions extends GraphTierOptions {
  /** Read the sub-folders too; hidden ones and `node_modules` are passed by, and links to folders are not followed. */
  readonly recursive?: boolean
}

/** Files read before the event loop gets a turn: signals and servers keep working while thousands of files are scanned. */
const batch = 256
const sequentialName = /^\d{3}_[A-Za-z0-9_-]+$/

const graphChecks: OptionChecks<FolderTierOptions> = { name: isText, foreignHistory: isRecord, recursive: isFlag }
const sequentialChecks: OptionChecks<SequentialTierOptions> = {
  name: isText,
  table: isText,
  foreignHistory: isRecord,
  optional: isFlag,
}
const isFolderList = listOf(isFolder)
const isFolders: OptionCheck = (value) => (Array.isArray(value) ? isFolderList(value) : isFolder(value))

/**
 * A tier whose revisions are the files of a folder (a `file:` URL or an absolute path), or of several, linked by their header
 * constants. Where a file lies says nothing of its place in the graph: what it follows and depends on may lie elsewhere. A
 * sub-folder with an `up.sql`, and perhaps a `down.sql`, is a revision too.
 *
 * ```ts
 * graph(new URL('./migrations/', import.meta.url))
 * graph([new URL('./billing/', import.meta.url), new URL('./search/', import.meta.url)], { recursive: true })
 * ```
 *
 * Throws INVALID_OPTION. Reading the folder happens later, and throws MIGRATIONS_NOT_FOUND, FILE_NAME_INVALID,
 * REVISION_UNREADABLE, HEADER_INVALID; importing a revision throws what `RevisionSource.module` says.
 */
export function graph(directories: URL | string | readonly (URL | string)[], given: FolderTierOptions = {}): Tier {
  const { recursive = false, ...options } = requireOptions('graph', given, graphChecks)
  requireArgument('graph', 'directories', directories, isFolders)
  const listed = typeof directories === 'string' || directories instanceof URL ? [directories] : directories
  const locations: RevisionLocations = { folders: listed.map(absoluteFolder), recursive }
  // Loaded where a file has changed: most starts read none.
  let scanFile: ((file: RevisionFile) => Scan | undefined) | undefined
  const source = folderSource(locations, {
    inSql: true,
    headers: async (file) => {
      scanFile ??= (await import('./scan-file.ts')).scanFile
      return scanFile(file)
    },
    check: checkedRevision,
    slug: (file, header) => file.stem.replace(nameTimestamp, '').replace(`${header.revision}_`, ''),
  })
  return graphOf({ ...source, locations }, options)
}

/**
 * A tier of numbered files (`001_initial_schema.ts` …, each exporting `migrate(op)` and perhaps `rollback(op)`) that run
 * in name order. A revision's id is the name of its file without the extension.
 *
 * Throws INVALID_OPTION; reading the folder throws MIGRATIONS_NOT_FOUND, FILE_NAME_INVALID.
 */
export function sequential(directory: URL | string, options: SequentialTierOptions = {}): Tier {
  requireOptions('sequential', options, sequentialChecks)
  requireArgument('sequential', 'directory', directory, isFolder)
  const { name = 'legacy', table = 'migratehistory', foreignHistory, optional } = options
  const source = folderSource(
    { folders: [absoluteFolder(directory)], recursive: false },
    {
      headers: (file, previous) => {
        refuseOtherNames(file)
        const parents = previous === undefined ? [] : [previous.stem]
        return { scanned: { revision: file.stem, parents, branchLabels: [], dependsOn: [], compatibleWith: [] } }
      },
      check: (exports, _header, path) => checkedSequential(exports, path),
      slug: (file) => file.stem.slice(4),
    },
  )
  return {
    name,
    kind: 'sequential',
    source,
    table,
    ...(foreignHistory === undefined ? {} : { foreignHistory }),
    ...(optional === undefined ? {} : { optional }),
  }
}

function refuseOtherNames(file: RevisionFile): void {
  if (sequentialName.test(file.stem)) return
  throw new MigrateError(
    'FILE_NAME_INVALID',
    { files: [file.path], why: 'not-numbered' },
    `${file.path} is not named like a sequential migration`,
    { remedy: 'Name sequential files three digits, underscore, words: 001_initial_schema.ts.' },
  )
}

interface FolderKind {
  /** Folders may be revisions in SQL. */
  readonly inSql?: true
  headers(file: RevisionFile, previous: RevisionFile | undefined): Scan | Promise<Scan | undefined>
  check(exports: Exports, header: ScannedHeader, path: string): RevisionModule
  slug(file: RevisionFile, header: ScannedHeader): string
}

function folderSource(locations: RevisionLocations, kind: FolderKind): RevisionSource {
  const description = locations.folders.join(', ')
  let scannedFiles: Map<string, ScannedFile> | undefined
  /** Most of them are applied, and never asked for: 50,000 headers take half of the memory of as many files. */
  let unread: readonly RevisionHeader[] = []

  async function headers({ readAll = false }: HeaderOptions = {}): Promise<readonly RevisionHeader[]> {
    const index = kind.inSql === true ? openIndex(locations) : undefined
    const revisionHeaders: RevisionHeader[] = []
    const byId = new Map<string, ScannedFile>()
    const indexedHeaders: RevisionHeader[] = []
    let previous: RevisionFile | undefined
    for (const file of filesOf(locations, kind.inSql === true)) {
      const facts = index && currentFacts(file)
      const indexed = readAll ? undefined : index?.find(file, facts)
      if (indexed === undefined) {
        const scan = await kind.headers(file, previous)
        if (scan === undefined) continue
        const entry = new ScannedFile(file, scan, kind.slug(file, scan.scanned))
        byId.set(scan.scanned.revision, entry)
        if (index === undefined) entry.releaseLongText()
        else entry.complete()
        const header = entry.header()
        revisionHeaders.push(header)
        index?.add(file, facts, header)
      } else {
        revisionHeaders.push(indexed)
        indexedHeaders.push(indexed)
      }
      previous = file
      if (revisionHeaders.length % batch === 0) await setImmediate()
    }
    index?.save()
    scannedFiles = byId
    unread = indexedHeaders
    return revisionHeaders
  }

  async function fileOf(revision: string): Promise<ScannedFile> {
    if (scannedFiles === undefined) await headers()
    for (const header of unread) scannedFiles?.set(header.revision, fileOfHeader(header))
    unread = []
    const file = scannedFiles?.get(revision)
    if (file === undefined) throw unknownRevision(revision, description)
    return file
  }

  return {
    description,
    headers,
    originalLocation,
    module: async (revision) => {
      const file = await fileOf(revision)
      const hash = file.hash()
      if (file.folder !== undefined) {
        const { hashOfSql, moduleOfSql, readSqlFolder } = await import('./sql-folder.ts')
        const files = readSqlFolder(file.folder)
        if (hashOfSql(files) !== hash) throw changedMeanwhile(locations, file.path)
        const module = await moduleOfSql(files, revision)
        if (files.effectsFile !== undefined && hashOfSql(readSqlFolder(file.folder)) !== hash)
          throw changedMeanwhile(locations, file.path)
        return module
      }
      const exports = await importModule(file.path, hash)
      if (!(await file.isAsBefore(hash))) throw changedMeanwhile(locations, file.path)
      return kind.check(exports, file.scanned, file.path)
    },
  }
}

/** A file whose header is that of the index. */
function fileOfHeader(header: RevisionHeader): ScannedFile {
  const { source, message, textHash } = header
  const folder = basename(source) === 'up.sql' ? { folder: dirname(source) } : {}
  const known = textHash === undefined ? {} : { hash: textHash }
  return new ScannedFile({ path: source, ...folder }, { scanned: header, message, ...known }, message)
}

/** A folder that is named twice, or lies within another one, is read once. */
function filesOf({ folders, recursive }: RevisionLocations, inSql: boolean): Iterable<RevisionFile> {
  const [first, second] = folders
  if (first !== undefined && second === undefined) return revisionFiles(first, recursive, inSql)
  const byPath = new Map<string, RevisionFile>()
  for (const folder of folders) for (const file of revisionFiles(folder, recursive, inSql)) byPath.set(file.path, file)
  return byPath.values()
}

function changedMeanwhile(locations: RevisionLocations, file: string): MigrateError {
  removeIndex(locations)
  const why = 'the file changed while it was being loaded'
  return new MigrateError('REVISION_IMPORT_FAILED', { file, why }, `${file}: ${why}`, { remedy: 'Run it again.' })
}
