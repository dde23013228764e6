import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { makeFile } from '@org/migrate-core/node'
import { configNames } from '../config.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import {
  type Database,
  databaseOf,
  databases,
  type ProjectWishes,
  projectFiles,
  type Template,
} from '../new-files/project-files.ts'

export interface InitSettings {
  readonly database?: Database
  readonly folder?: string
  readonly template?: Template
}

/** A configuration and a folder for revisions, where the caller stands. What is there is never overwritten. */
export async function init(context: CommandContext, settings: InitSettings): Promise<ExitCode> {
  const wishes = await wishesOf(context, settings)
  const { home } = wishes
  const migrations = resolve(home, wishes.folder)
  const config = configNames.map((name) => join(home, name)).find((file) => existsSync(file))
  if (existsSync(migrations) && !statSync(migrations).isDirectory()) {
    const why = 'a file has that name'
    throw new MigrateError('FILE_NOT_WRITTEN', { file: migrations, why }, `${migrations} cannot be made: ${why}`)
  }
  const made: string[] = []
  const leftAlone: string[] = []
  try {
    for (const [name, text] of Object.entries(projectFiles(wishes))) {
      const file = name === configNames[0] && config !== undefined ? config : join(home, name)
      if (existsSync(file)) leftAlone.push(file)
      else {
        makeFile(file, text)
        made.push(file)
      }
    }
    if (existsSync(migrations)) leftAlone.push(migrations)
    else made.push(makeFolder(migrations))
  } catch (error) {
    for (const file of made) rmSync(file)
    throw error
  }
  const document = { config: config ?? join(home, configNames[0]), migrations, created: made, untouched: leftAlone }
  context.report.answer(document, () =>
    [...made.map((path) => `created ${path}`), ...leftAlone.map((path) => `skipped ${path}: it already exists`)].join(
      '\n',
    ),
  )
  return exitCodes.done
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true })
    return folder
  } catch (cause) {
    const why = (cause as Error).message
    throw new MigrateError('FILE_NOT_WRITTEN', { file: folder, why }, `${folder} cannot be made: ${why}`, { cause })
  }
}

/** What the options say; what they leave open is asked for on a terminal, and else as it is most often. */
async function wishesOf(context: CommandContext, settings: InitSettings): Promise<ProjectWishes> {
  const { caller, settings: every } = context
  const url = every.url || caller.env.DATABASE_URL || undefined
  const known: ProjectWishes = {
    database: settings.database ?? (url === undefined ? 'sqlite' : databaseOf(url)),
    folder: settings.folder ?? 'migrations',
    template: settings.template ?? 'service',
    home: caller.folder,
  }
  if (every.json || every.quiet) return known
  const { chosen, isTerminal, written } = await import('../prompts.ts')
  if (!isTerminal()) return known
  const database =
    settings.database === undefined && url === undefined
      ? await chosen(
          'Which database?',
          databases.map((value) => ({ value, says: value })),
        )
      : known.database
  const folder = settings.folder ?? (await written('In which folder will revisions lie?', known.folder))
  const template =
    settings.template ??
    (await chosen('What is made?', [
      { value: 'service', says: 'a configuration in a service that is there' },
      { value: 'package', says: 'a package of a monorepo, which services import' },
    ]))
  return { ...known, database, folder, template }
}
