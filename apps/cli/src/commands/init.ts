import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
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
import { freeFolder, type ProjectFacts, recogniseProject } from '../new-files/recognise/recognise-project.ts'

export interface InitSettings {
  readonly dialect?: Database
  readonly folder?: string
  readonly template?: Template
  /** False: no files declare it, whatever was recognised. */
  readonly schema?: readonly string[] | false
}

/** A command to type next, and what it does. */
interface NextCommand {
  readonly line: string
  readonly description: string
}

const generate: NextCommand = {
  line: 'migrate revision --autogenerate -m "first tables"',
  description: 'the revision of what the schema declares',
}
const upgrade: NextCommand = { line: 'migrate upgrade', description: 'apply it' }
const status: NextCommand = { line: 'migrate status', description: 'which revisions are applied' }

/** The three commands that come after `init`. */
function nextCommands(facts: ProjectFacts, schema: readonly string[]): readonly NextCommand[] {
  const history = facts.tools.find(({ migrations }) => migrations !== undefined)
  if (history !== undefined) {
    return [
      { line: 'migrate adopt --dry-run', description: `what ${history.tool} has made` },
      { line: 'migrate adopt', description: 'take the database over, with a first revision' },
      schema.length > 0
        ? { line: 'migrate revision --autogenerate --dry-run', description: 'what the schema declares beyond it' }
        : { line: 'migrate pull --out src/schema.ts', description: 'declarations of the current schema' },
    ]
  }
  if (schema.length > 0) return [generate, upgrade, status]
  return [
    { line: 'migrate revision -m "first tables"', description: 'an empty revision, to be written by hand' },
    upgrade,
    status,
  ]
}

/** A configuration and a folder for revisions, where the caller stands. What is there is never overwritten. */
export async function init(context: CommandContext, settings: InitSettings): Promise<ExitCode> {
  const facts = recogniseProject(context.caller.folder, context.caller.env)
  for (const line of facts.lines) context.report.note(`recognised ${line}`)
  const home = context.caller.folder
  const config = configNames.map((name) => join(home, name)).find((file) => existsSync(file))
  const folder = config === undefined ? settings.folder : await configuredFolder(context, config, settings.folder)
  const wishes = await wishesOf(context, { ...settings, ...present({ folder }) }, facts)
  const migrations = resolve(home, wishes.folder)
  if (existsSync(migrations) && !statSync(migrations).isDirectory()) {
    const why = 'a file has that name'
    throw new MigrateError('FILE_NOT_WRITTEN', { file: migrations, why }, `${migrations} cannot be made: ${why}`)
  }
  if (existsSync(migrations)) await refuseOtherFiles(migrations, config)
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
  const next = nextCommands(facts, wishes.schema)
  const document = {
    config: config ?? join(home, configNames[0]),
    migrations,
    created,
    untouched,
    recognised: facts,
    next: next.map(({ line }) => line),
  }
  const width = Math.max(...next.map(({ line }) => line.length))
  context.report.answer(document, () =>
    [
      ...created.map((path) => `created ${path}`),
      ...untouched.map((path) => `skipped ${path}: it already exists`),
      ...next.map(({ line, description }) => `next: ${line.padEnd(width)}  ${description}`),
    ].join('\n'),
  )
  return exitCodes.done
}

/** The folder of revisions that an existing configuration names; that of the option, where the configuration doesn't tell. */
async function configuredFolder(
  context: CommandContext,
  config: string,
  wished: string | undefined,
): Promise<string | undefined> {
  const project = await context.openFiles().catch((error: unknown) => {
    // The commands that need it report what is wrong with it.
    if (isMigrateError(error)) return undefined
    throw error
  })
  const folders = project?.loaded.file === config ? (project.tier.source.locations?.folders ?? []) : []
  const [configured] = folders
  if (configured === undefined || wished === undefined) return configured ?? wished
  if (folders.includes(resolve(context.caller.folder, wished))) return wished
  const why = `it exists, and its folder of revisions is ${configured}`
  throw new MigrateError('FILE_NOT_WRITTEN', { file: config, why }, `${config} can't be written: ${why}`, {
    remedy: `Write \`migrations: ${JSON.stringify(wished)}\` into it, or leave --folder out.`,
  })
}

/** The folder of another tool often has the usual name. No command would run with its files. */
async function refuseOtherFiles(folder: string, config: string | undefined): Promise<void> {
  try {
    await graph(folder).source.headers()
  } catch (cause) {
    // What else is wrong with revisions is reported by the commands that read them.
    if (!isMigrateError(cause, 'HEADER_INVALID') || cause.details.why !== 'missing') return
    const why = `it has files that are not revisions, such as ${basename(cause.details.file)}`
    const message = `${folder} can't be the folder of revisions: ${why}`
    const remedy =
      config === undefined
        ? 'Name another folder: `migrate init --folder revisions`.'
        : 'Move them away, or name another folder in the configuration.'
    throw new MigrateError('FILE_NOT_WRITTEN', { file: folder, why }, message, { remedy, cause })
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

/** The schema files that were typed or passed. */
const listed = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => text.split(/[\s,]+/)).filter((file) => file !== '')

/**
 * What the options say. What they leave open is proposed from what was recognised, else as it is most often: a terminal prompts for it,
 * elsewhere the proposal is taken.
 */
async function wishesOf(context: CommandContext, settings: InitSettings, facts: ProjectFacts): Promise<ProjectWishes> {
  const { caller, settings: every } = context
  const home = caller.folder
  const url = every.url || caller.env.DATABASE_URL || undefined
  const envFile = every.dotenv ?? (facts.url === undefined ? facts.envFile : undefined)
  const proposal: ProjectWishes = {
    database: settings.dialect ?? (url === undefined ? (facts.database ?? 'sqlite') : databaseOf(url)),
    folder: settings.folder ?? freeFolder(home, facts),
    template: settings.template ?? 'service',
    schema: settings.schema === false ? [] : listed(settings.schema ?? facts.schema),
    ...(facts.casing === undefined ? {} : { casing: facts.casing }),
    // The variable of a file that is relative to another folder would name another file here.
    ...(envFile === undefined ? present({ url: facts.url }) : {}),
    ...envFileOf(envFile),
    home,
  }
  const terminal = every.json || every.quiet ? undefined : caller.terminal()
  if (terminal === undefined) return proposal
  const { chosen, typed, written } = await import('../prompts.ts')
  const database =
    settings.dialect === undefined && url === undefined
      ? await chosen(terminal, {
          message: 'Which database?',
          choices: databases.map((value) => ({ value, description: value })),
          initialValue: proposal.database,
        })
      : proposal.database
  const folder =
    settings.folder ??
    (await written(terminal, {
      message: 'In which folder will revisions lie?',
      initialValue: proposal.folder,
    }))
  const schema =
    settings.schema === undefined
      ? listed([
          await typed(terminal, 'Which files declare the schema? (none: leave it empty)', proposal.schema.join(' ')),
        ])
      : proposal.schema
  const usesEnvFile =
    envFile === undefined ||
    every.dotenv !== undefined ||
    (await chosen(terminal, {
      message: 'Where does DATABASE_URL come from?',
      choices: [
        { value: 'file', description: `${envFile}, which the commands read` },
        { value: 'environment', description: 'the environment of the commands' },
      ],
    })) === 'file'
  const template =
    settings.template ??
    (await chosen(terminal, {
      message: 'What is made?',
      choices: [
        { value: 'service', description: 'a configuration in a service that is there' },
        { value: 'package', description: 'a package of a monorepo, which services import' },
      ],
    }))
  const { envFile: _, ...rest } = proposal
  return { ...rest, ...envFileOf(usesEnvFile ? envFile : undefined), database, folder, schema, template }
}

const envFileOf = (envFile: string | undefined): Pick<ProjectWishes, 'envFile'> =>
  envFile === undefined ? {} : { envFile }
