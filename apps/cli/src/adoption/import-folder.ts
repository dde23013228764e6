import { basename, resolve } from 'node:path'
import { importedRevisions, matchFolder, type Survey } from '@org/migrate-autogenerate'
import {
  type MigrationFolder,
  makeImportedFiles,
  readDrizzleFolder,
  readPlainFolder,
} from '@org/migrate-autogenerate/node'
import { MigrateError } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { filesOf } from '../new-files/make-revision.ts'
import { usage } from '../usage.ts'
import type { Project } from '../wiring.ts'

const readers = ['drizzle', 'sql'] as const

export interface ImportWish {
  readonly tool: (typeof readers)[number]
  readonly folder: string
}

function malformedImport(problem: string): MigrateError<'USAGE'> {
  return usage(problem, 'Write it as --import drizzle ./drizzle, or --import sql ./migrations.')
}

/** Throws USAGE. */
export function wishOf(values: readonly string[] | undefined): ImportWish | undefined {
  if (values === undefined) return undefined
  const [word = '', folder, ...more] = values
  const tool = readers.find((each) => each === word)
  if (tool === undefined)
    throw malformedImport(`--import ${word}: there is no such kind of folder; there are ${readers.join(', ')}`)
  if (folder === undefined || more.length > 0) throw malformedImport('--import takes a kind and one folder')
  return { tool, folder }
}

function read({ tool, folder }: ImportWish, context: CommandContext, dialect: string): MigrationFolder {
  const path = resolve(context.caller.folder, folder)
  return tool === 'drizzle' ? readDrizzleFolder(path, { dialect }) : readPlainFolder(path)
}

interface Imported {
  readonly files: readonly string[]
  /** The revision at which the database stands; absent: none of the folder is applied. */
  readonly at?: string
  readonly pending: readonly string[]
  readonly notes: readonly string[]
}

interface FolderPosition {
  readonly at?: string
  readonly pending: readonly string[]
}

/** Flyway runs it again whenever its text changes, after all that have a version: https://documentation.red-gate.com/flyway */
const isRepeated = (file: string): boolean => /^R__.*\.sql$/i.test(basename(file))
const repeatedNote = 'is run by Flyway each time it changes, and was left out: add what it makes in a revision'

/** Where the database stands in the folder. Throws BOOKKEEPING_INVALID where the tool's rows and the folder do not fit together. */
function folderPositionOf({ tools }: Survey, { migrations, strays }: MigrationFolder): FolderPosition {
  const positions = tools.map((history) => ({ history, position: matchFolder(history, migrations) }))
  const best = positions.sort((a, b) => b.position.applied.length - a.position.applied.length)[0]
  if (best === undefined) return { pending: migrations.map(({ name }) => name) }
  const { history, position } = best
  const { unknown, edited, skipped, at, pending } = position
  const left = new Set(strays.map((file) => basename(file)))
  const names = unknown.map(({ name }) => name)
  const [unversioned, absent] = [names.filter((name) => left.has(name)), names.filter((name) => !left.has(name))]
  const whys = [
    ...(absent.length === 0 ? [] : [`the folder has no file for ${absent.join(', ')}`]),
    ...(unversioned.length === 0
      ? []
      : [`${unversioned.join(', ')} has no version, and no place in one line of revisions`]),
    ...(edited.length === 0 ? [] : [`${edited.join(', ')} was edited after it was applied`]),
    ...(skipped.length === 0 ? [] : [`${skipped.join(', ')} was passed by and never run`]),
  ]
  if (whys.length === 0) return { pending, ...(at === undefined ? {} : { at }) }
  const why = whys.join('; ')
  const table = history.tables[0]?.name ?? history.tool
  throw new MigrateError(
    'BOOKKEEPING_INVALID',
    { table, why },
    `${history.tool} and the folder do not fit together: ${why}`,
    {
      remedy:
        whys.length === 1 && unversioned.length > 0
          ? 'Adopt the database without --import, by what is in it.'
          : 'Bring the folder back that was applied; or adopt the database without --import, by what is in it.',
    },
  )
}

/**
 * Writes the migrations of a folder as revisions in SQL. Where they cannot stand in one line with what the database says, nothing is
 * written.
 */
export async function importFolder(
  context: CommandContext,
  project: Project,
  survey: Survey,
  wish: ImportWish,
): Promise<Imported> {
  const folder = read(wish, context, survey.dialect)
  const { at, pending } = folderPositionOf(survey, folder)
  const revisions = importedRevisions(folder.migrations, project.dialect)
  const { graph, locations } = await filesOf(project)
  const { template: _template, hooks: _hooks, ...naming } = project.loaded.config.newFiles ?? {}
  const home = locations.folders[0] ?? ''
  const files = makeImportedFiles(revisions, home, { naming, recursive: locations.recursive, graph })
  const idOf = (name: string): string => revisions.find((each) => each.name === name)?.revision ?? name
  return {
    files,
    ...(at === undefined ? {} : { at: idOf(at) }),
    pending: pending.map(idOf),
    notes: [
      ...revisions.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
      ...folder.strays.map(
        (file) => `${file} ${isRepeated(file) ? repeatedNote : 'is not run by any tool, and was left out'}`,
      ),
    ],
  }
}
