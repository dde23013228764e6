import { readdirSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { isText, type OptionChecks, requireArguments, requireOptions } from '../../errors/option-check.ts'
import { isGraph } from '../../graph/argument-checks.ts'
import type { RevisionHeader } from '../../graph/revision.ts'
import type { RevisionGraph } from '../../graph/revision-graph.ts'
import { foldedName } from '../folder-names.ts'
import type { RevisionLocations } from '../revision-source.ts'
import { isDraft, isLocations, namingChecks } from './argument-checks.ts'
import type { Draft } from './draft.ts'
import { type FileNaming, fileNameOf } from './file-name.ts'
import { notWritten } from './make-file.ts'
import { invalid } from './tokens.ts'

export interface RevisionPathSettings extends FileNaming {
  /** The folder, absolute: one of the locations, or below one where sub-folders are read. Default: where the first parent lies. */
  readonly folder?: string
  /** Default `.ts`. */
  readonly extension?: string
}

const pathChecks: OptionChecks<RevisionPathSettings> = { ...namingChecks, folder: isText, extension: isText }

function isWithin(folder: string, path: string): boolean {
  const relativePath = relative(folder, path)
  return (
    relativePath === '' ||
    !(relativePath === '..' || relativePath.startsWith(`..${sep}`) || resolve(relativePath) === relativePath)
  )
}

function chosenFolder({ folders, recursive }: RevisionLocations, folder: string): string {
  const chosen = resolve(folder)
  const isRead = folders.some((each) => (recursive ? isWithin(each, chosen) : resolve(each) === chosen))
  if (isRead) return chosen
  throw invalid('versionPath', `${chosen} is none of the folders that are read: ${folders.join(', ')}`)
}

/** The location that a parent lies in; the innermost, where one lies in another. */
function parentsFolder(
  { folders }: RevisionLocations,
  graph: RevisionGraph<RevisionHeader>,
  parents: readonly string[],
): string | undefined {
  for (const parent of parents) {
    const { source } = graph.get(parent)
    const [location] = folders.filter((each) => isWithin(each, source)).sort((a, b) => b.length - a.length)
    if (location !== undefined) return resolve(location)
  }
  return undefined
}

function folderOf(
  locations: RevisionLocations,
  graph: RevisionGraph<RevisionHeader>,
  draft: Draft,
  folder: string | undefined,
): string {
  if (folder !== undefined) return chosenFolder(locations, folder)
  const [first, ...rest] = locations.folders
  if (first !== undefined && rest.length === 0) return resolve(first)
  const parentFolder = parentsFolder(locations, graph, draft.parents)
  if (parentFolder !== undefined) return parentFolder
  throw invalid('versionPath', `a new root may lie in any of ${locations.folders.join(', ')}: say in which`)
}

/**
 * The path of a new revision's file.
 *
 * Throws INVALID_OPTION for a folder that is not read, and for a name that is none; FILE_NOT_WRITTEN where there is a file that
 * some file systems would take for the same.
 */
export function revisionPath(
  draft: Draft,
  graph: RevisionGraph<RevisionHeader>,
  locations: RevisionLocations,
  settings: RevisionPathSettings = {},
): string {
  requireArguments(
    'revisionPath',
    { draft, graph, locations },
    { draft: isDraft, graph: isGraph, locations: isLocations },
  )
  const { folder, extension = '.ts', ...naming } = requireOptions('revisionPath', settings, pathChecks)
  const home = folderOf(locations, graph, draft, folder)
  const parentFiles = draft.parents.map((parent) => graph.get(parent).source)
  const file = join(home, `${fileNameOf(draft, naming, locations.recursive, parentFiles)}${extension}`)
  const folded = foldedName(basename(file, extension))
  const existing = namesIn(dirname(file)).find((name) => foldedName(name.slice(0, name.lastIndexOf('.'))) === folded)
  if (existing !== undefined) throw notWritten(file, new Error(`${join(dirname(file), existing)} has that name`))
  return file
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.includes('.'))
  } catch {
    // A folder that is not there holds nothing; one that cannot be read is told of when the file is written.
    return []
  }
}
