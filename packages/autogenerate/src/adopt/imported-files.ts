import { readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRevisionGraph, type GraphNode, type RevisionGraph } from '@org/migrate-core'
import {
  holding,
  isFlag,
  isText,
  type OptionChecks,
  optional,
  requireArguments,
  requireOptions,
  shaped,
} from '@org/migrate-core/dialect'
import {
  absoluteFolder,
  fileNameOf,
  isDate,
  isFolder,
  isGraph,
  isTexts,
  listOf,
  namingChecks,
  sqlHeaderText,
  timestampParts,
} from '@org/migrate-core/internal'
import { type Draft, type FileNaming, makeFile } from '@org/migrate-core/node'

/** A migration of another tool as a revision in SQL, before it has files. */
export interface ImportedRevision {
  readonly revision: string
  /** The one before it; none for the first. */
  readonly parents: readonly string[]
  readonly message: string
  /** When it was written; ISO 8601. */
  readonly at?: string
  /** What the other tool calls it. */
  readonly name: string
  readonly up: string
  /** Absent: the folder has no downgrade, and a downgrade past it is refused until one is written. */
  readonly down?: string
  /** What was done to its text beyond marks between statements that had some, a sentence each: for people to look at. */
  readonly notes: readonly string[]
}

export interface ImportedFilesOptions {
  readonly naming?: FileNaming
  /** Sub-folders are read, so that names may have folders. */
  readonly recursive?: boolean
  /** The revisions that are there already. */
  readonly graph?: RevisionGraph
  /** The date of those that say none, for names that have dates. Default: now. */
  readonly now?: Date
}

const importedChecks: OptionChecks<ImportedFilesOptions> = {
  naming: shaped(namingChecks),
  recursive: isFlag,
  graph: isGraph,
  now: isDate,
}

const isImported = listOf(
  holding<ImportedRevision>({
    revision: isText,
    parents: isTexts,
    message: isText,
    at: optional(isText),
    name: isText,
    up: isText,
    down: optional(isText),
    notes: isTexts,
  }),
)

/** What it was, in a comment of the kind that ends the header: lines of the other tool's text are no facts of the revision. */
function origin(name: string): string {
  return `/* ${name.replaceAll(/[*/\p{Cc}]/gu, '_')} */`
}

function upText(each: ImportedRevision, timeZone: string | undefined): string {
  const { revision, parents, message, at, name, up } = each
  const header = sqlHeaderText({ revision, parents, message, branchLabels: [], dependsOn: [] })
  const created = at === undefined ? '' : `-- created: ${timestampParts(new Date(at), timeZone).iso}\n`
  return `${header}${created}\n${origin(name)}\n${up}`
}

function downText({ revision, down }: ImportedRevision): string {
  return down ?? `-- What takes ${revision} back. Until a statement stands here, a downgrade past it is refused.\n`
}

function foldersOf(
  imported: readonly ImportedRevision[],
  home: string,
  { naming = {}, recursive = false, now = new Date() }: ImportedFilesOptions,
): ReadonlyMap<ImportedRevision, string> {
  const folders = new Map<string, string>()
  return new Map(
    imported.map((each) => {
      const at = each.at === undefined ? now : new Date(each.at)
      const draft: Draft = { ...each, dependsOn: [], branchLabels: [], at }
      // Those before it come first in the list.
      const parentFolders = each.parents.flatMap((parent) => folders.get(parent) ?? [])
      const folder = join(home, fileNameOf(draft, naming, recursive, parentFolders))
      folders.set(each.revision, folder)
      return [each, folder]
    }),
  )
}

/** That they fit to each other and to what is there, before anything is written. */
function refuseUnfit(imported: readonly ImportedRevision[], graph: RevisionGraph | undefined): void {
  const nodes = imported.map(({ revision, parents, name }): GraphNode & { readonly source: string } => ({
    revision,
    parents,
    dependsOn: [],
    branchLabels: [],
    source: name,
  }))
  createRevisionGraph([...(graph?.ids.map((id) => graph.get(id)) ?? []), ...nodes])
}

/** A folder with files of another program stays. */
function removeFolder(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}

/**
 * Makes the folders of revisions that were another tool's migrations, each with `up.sql` and `down.sql`, and gives their paths. Files
 * that are there are never written over; where one cannot be made, none is left.
 *
 * Throws INVALID_OPTION, DUPLICATE_REVISION and the like where they do not fit to the graph,
 * FILE_NOT_WRITTEN.
 *
 * ```ts
 * const folders = makeImportedFiles(importedRevisions(migrations, dialect), '/app/migrations')
 * ```
 */
export function makeImportedFiles(
  imported: readonly ImportedRevision[],
  directory: URL | string,
  options: ImportedFilesOptions = {},
): readonly string[] {
  requireArguments('makeImportedFiles', { imported, directory }, { imported: isImported, directory: isFolder })
  requireOptions('makeImportedFiles', options, importedChecks)
  refuseUnfit(imported, options.graph)
  const folders = foldersOf(imported, absoluteFolder(directory), options)
  const created: string[] = []
  const make = (file: string, text: string): void => {
    makeFile(file, text)
    created.push(file)
  }
  try {
    for (const [each, folder] of folders) {
      make(join(folder, 'up.sql'), upText(each, options.naming?.timeZone))
      make(join(folder, 'down.sql'), downText(each))
    }
  } catch (error) {
    for (const file of created) rmSync(file, { force: true })
    for (const folder of new Set(created.map(dirname))) removeFolder(folder)
    throw error
  }
  return [...folders.values()]
}
