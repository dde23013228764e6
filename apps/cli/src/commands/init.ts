import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import { graph, makeFile } from '@org/migrate-core/node'
import { configNames } from '../configuration/config.ts'
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
  readonly dialect?: Database
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
  if (existsSync(migrations)) await refuseOtherFiles(migrations)
  const created: string[] = []
  const untouched: string[] = []
  try {
    for (const [name, text] of Object.entries(projectFiles(wishes))) {
      const file = name === configNames[0] && config !== undefined ? config : join(home, name)
      if (existsSync(file)) untouched.push(file)
      else {
        makeFile(file, text)
        created.push(file)
      }
    }
    if (existsSync(migrations)) untouched.push(migrations)
    else created.push(makeFolder(migrations))
  } catch (error) {
    for (const file of created) rmSync(file)
    throw error
  }
  const document = { config: config ?? join(home, configNames[0]), migrations, created: created, untouched: untouched }
  context.report.answer(document, () =>
    [
      ...created.map((path) => `created ${path}`),
      ...untouched.map((path) => `skipped ${path}: it already exists`),
    ].join('\n'),
  )
  return exitCodes.done
}

/** The folder of another tool often has the usual name. No command would run with its files. */
async function refuseOtherFiles(folder: string): Promise<void> {
  try {
    await graph(folder).source.headers()
  } catch (cause) {
    // What else is wrong with revisions is reported by the commands that read them.
    if (!isMigrateError(cause, 'HEADER_INVALID') || cause.details.why !== 'missing') return
    const why = `it has files that are not revisions, such as ${basename(cause.details.file)}`
    throw new MigrateError(
      'FILE_NOT_WRITTEN',
      { file: folder, why },
      `${folder} can't be the folder of revisions: ${why}`,
      {
        remedy: 'Name another folder: `migrate init --folder revisions`.',
        cause,
      },
    )
  }
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
  const defaults: ProjectWishes = {
    database: settings.dialect ?? (url === undefined ? 'sqlite' : databaseOf(url)),
    folder: settings.folder ?? 'migrations',
    template: settings.template ?? 'service',
    home: caller.folder,
  }
  if (every.json || every.quiet) return defaults
  const terminal = caller.terminal()
  if (terminal === undefined) return defaults
  const { chosen, written } = await import('../prompts.ts')
  const database =
    settings.dialect === undefined && url === undefined
      ? await chosen(terminal, {
          message: 'Which database?',
          choices: databases.map((value) => ({ value, description: value })),
        })
      : defaults.database
  const folder =
    settings.folder ??
    (await written(terminal, { message: 'In which folder will revisions lie?', initialValue: defaults.folder }))
  const template =
    settings.template ??
    (await chosen(terminal, {
      message: 'What is made?',
      choices: [
        { value: 'service', description: 'a configuration in a service that is there' },
        { value: 'package', description: 'a package of a monorepo, which services import' },
      ],
    }))
  return { ...defaults, database, folder, template }
}
