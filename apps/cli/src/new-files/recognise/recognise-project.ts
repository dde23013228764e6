import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Database } from '../project-files.ts'
import { databaseOfUrl, databasesOfManifest, sqliteUrl } from './databases.ts'
import { textIn } from './source-text.ts'
import { type ToolFacts, toolsIn } from './tools.ts'

/** What the files of a project tell of its database. */
export interface ProjectFacts {
  /** What it most likely is. */
  readonly database?: Database
  /** Its file, where another tool names one of SQLite. */
  readonly url?: string
  /** What each part was recognised by, a line each, for people. No secret is in it. */
  readonly lines: readonly string[]
  /** The file of variables that has DATABASE_URL. */
  readonly envFile?: string
  /** The files that declare the schema. */
  readonly schema: readonly string[]
  readonly casing?: ToolFacts['casing']
  /** The tools whose files are there. */
  readonly tools: readonly ToolFacts[]
}

const envFiles = ['.env', '.env.local', '.env.development']
const usualSchemas = [
  'src/schema',
  'src/db/schema',
  'src/database/schema',
  'src/lib/db/schema',
  'src/server/db/schema',
  'db/schema',
  'schema',
].flatMap((stem) => [`${stem}.ts`, `${stem}.js`, `${stem}.mjs`])

const declares = /from\s+['"](?:drizzle-orm\/(?:sqlite|pg|mysql)-core|@org\/migrate-core)['"]/

function urlIn(text: string | undefined, variable = 'DATABASE_URL'): string | undefined {
  if (text === undefined) return undefined
  return parseEnv(text)[variable] || undefined
}

/** The SQLite file of a tool: a literal, or one that a file of variables names relative to another folder than ours. */
function fileOf(home: string, { database, url, variable }: ToolFacts): string | undefined {
  if (url !== undefined) return url
  if (database !== 'sqlite' || variable === undefined) return undefined
  const named = envFiles.map((name) => urlIn(textIn(home, name), variable.name)).find((each) => each !== undefined)
  const file = sqliteUrl(named, variable.folder)
  return file === sqliteUrl(named) && variable.name === 'DATABASE_URL' ? undefined : file
}

function schemaOf(home: string, tools: readonly ToolFacts[]): readonly string[] {
  const declared = tools.find(({ schema }) => schema !== undefined)?.schema
  if (declared !== undefined) return declared
  const usual = usualSchemas.find((name) => declares.test(textIn(home, name) ?? ''))
  return usual === undefined ? [] : [`./${usual}`]
}

const toolLine = (home: string, facts: ToolFacts): string => {
  const { tool, file, database, schema, migrations } = facts
  return [
    `${file} (${tool})`,
    ...(database === undefined ? [] : [fileOf(home, facts) ?? database]),
    ...(schema === undefined ? [] : [`schema ${schema.join(', ')}`]),
    ...(migrations === undefined ? [] : [`migrations in ${migrations}`]),
  ].join(': ')
}

/** Recognises what is in the folder of a project. Files are read as text; no configuration is run. */
export function recogniseProject(home: string, env: NodeJS.ProcessEnv): ProjectFacts {
  const tools = toolsIn(home)
  const envFile = envFiles.find((name) => urlIn(textIn(home, name)) !== undefined)
  const [file] = tools.flatMap((each) =>
    envFile !== undefined && each.url !== undefined ? [] : (fileOf(home, each) ?? []),
  )
  const [ofEnvironment, ofFile] = [env.DATABASE_URL, envFile && urlIn(textIn(home, envFile))].map((url) =>
    url ? databaseOfUrl(url) : undefined,
  )
  const drivers = databasesOfManifest(textIn(home, 'package.json') ?? '')
  const [driver] = drivers
  const ofTool = tools.find(({ database }) => database !== undefined)?.database
  const database = ofEnvironment ?? ofFile ?? ofTool ?? (drivers.length === 1 ? driver : undefined)
  const schema = schemaOf(home, tools)
  const casing = tools.find((tool) => tool.casing !== undefined)?.casing
  const isToolSchema = tools.some((tool) => tool.schema !== undefined)
  return {
    ...(database === undefined ? {} : { database }),
    ...(file === undefined || database !== 'sqlite' ? {} : { url: file }),
    lines: [
      ...(ofEnvironment === undefined ? [] : [`DATABASE_URL in the environment: ${ofEnvironment}`]),
      ...(envFile === undefined ? [] : [`DATABASE_URL in ${envFile}${ofFile === undefined ? '' : `: ${ofFile}`}`]),
      ...tools.map((each) => toolLine(home, each)),
      ...(drivers.length === 0 ? [] : [`package.json: drivers of ${drivers.join(', ')}`]),
      ...(isToolSchema ? [] : schema.map((file) => `${file}: declares tables`)),
    ],
    ...(envFile === undefined ? {} : { envFile }),
    schema,
    ...(casing === undefined ? {} : { casing }),
    tools,
  }
}

/** A folder that revisions can go to: the usual one, unless another tool has its own there. */
export function freeFolder(home: string, { tools }: ProjectFacts): string {
  const isTaken = tools.some(
    ({ migrations }) =>
      migrations?.replace(/^\.\//, '').split('/')[0] === 'migrations' && existsSync(join(home, 'migrations')),
  )
  return isTaken ? 'revisions' : 'migrations'
}
