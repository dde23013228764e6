import { existsSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Database } from '../project-files.ts'
import { databaseCalled, databaseOfUrl, sqliteUrl } from './databases.ts'
import { type FoundFile, firstOf, memberText, memberTexts, moduleNames, withoutComments } from './source-text.ts'

/** What the files of another tool tell about a project. They are read as text: nothing of them is run. */
export interface ToolFacts {
  readonly tool: 'drizzle-kit' | 'Prisma' | 'Knex' | 'TypeORM' | 'Alembic'
  /** The file that it was recognised by, relative to the project. */
  readonly file: string
  readonly database?: Database
  /** That of its SQLite file, where it is a literal. A URL of a server may hold a password, and is not taken. */
  readonly url?: string
  /** The variable that has the URL of its database, whose relative paths begin at this folder of the project. */
  readonly variable?: { readonly name: string; readonly folder: string }
  /** The files that declare its schema, where they are TypeScript that we read. */
  readonly schema?: readonly string[]
  readonly casing?: 'snake_case' | 'camelCase'
  /** The folder of its migrations, where that has any. */
  readonly migrations?: string
}

/** A folder in which there is something. */
const filled = (home: string, folder: string): string | undefined => {
  try {
    return readdirSync(join(home, folder)).some((name) => !name.startsWith('.')) ? folder : undefined
  } catch {
    // Absent, or no folder.
    return undefined
  }
}

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined }

function factsOf(facts: Optional<ToolFacts> & Pick<ToolFacts, 'tool' | 'file'>): ToolFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as ToolFacts
}

/** A database, and the URL of its file where that is one of SQLite. */
const sqliteFile = (database: Database | undefined, named: string | undefined, folder?: string) => ({
  database,
  url: database === 'sqlite' ? sqliteUrl(named, folder) : undefined,
})

function drizzleKit(home: string): ToolFacts | undefined {
  const file = firstOf(home, [...moduleNames('drizzle.config'), 'drizzle.config.json'])
  if (file === undefined) return undefined
  const text = withoutComments(file.text)
  const schema = memberTexts(text, 'schema')
  const out = memberText(text, 'out') ?? './drizzle'
  const casing = memberText(text, 'casing')
  const [credentials = ''] = /dbCredentials\s*:\s*\{[^}]*\}/.exec(text) ?? []
  return factsOf({
    tool: 'drizzle-kit',
    file: file.name,
    ...sqliteFile(databaseCalled(memberText(text, 'dialect')), memberText(credentials, 'url')),
    schema: schema.length === 0 ? undefined : schema,
    casing: casing === 'snake_case' || casing === 'camelCase' ? casing : undefined,
    migrations: filled(home, out),
  })
}

const prismaFiles = ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema/schema.prisma']

function prisma(home: string): ToolFacts | undefined {
  const file = firstOf(home, prismaFiles)
  if (file === undefined) return undefined
  const [, source = ''] = /^\s*datasource\s+\w+\s*\{([^}]*)\}/m.exec(file.text) ?? []
  const [, provider] = /^\s*provider\s*=\s*"([^"]*)"/m.exec(source) ?? []
  const [, url] = /^\s*url\s*=\s*"([^"]*)"/m.exec(source) ?? []
  const [, variable] = /^\s*url\s*=\s*env\(\s*"([^"]*)"\s*\)/m.exec(source) ?? []
  const folder = posix.dirname(file.name)
  return factsOf({
    tool: 'Prisma',
    file: file.name,
    ...sqliteFile(databaseCalled(provider), url, folder),
    variable: variable === undefined ? undefined : { name: variable, folder },
    migrations: filled(home, 'prisma/migrations'),
  })
}

/** Knex makes its next migration in the folder that its file names, also where that is still empty. */
const existing = (home: string, folder: string): string | undefined =>
  existsSync(join(home, folder)) ? folder : undefined

function knex(home: string): ToolFacts | undefined {
  const file = firstOf(home, moduleNames('knexfile'))
  if (file === undefined) return undefined
  const text = withoutComments(file.text)
  // Seeds have a directory, too.
  const [migrations = ''] = /migrations\s*:\s*\{[^}]*\}/.exec(text) ?? []
  return factsOf({
    tool: 'Knex',
    file: file.name,
    ...sqliteFile(
      databaseCalled(memberText(text, 'client') ?? memberText(text, 'dialect')),
      memberText(text, 'filename'),
    ),
    migrations: existing(home, memberText(migrations, 'directory') ?? './migrations'),
  })
}

const ormFiles = [
  ...moduleNames('ormconfig'),
  'ormconfig.json',
  'ormconfig.yml',
  'ormconfig.yaml',
  'ormconfig.env',
  'src/data-source.ts',
  'data-source.ts',
]

function ormMember({ name, text }: FoundFile, member: 'type' | 'database'): string | undefined {
  const variable = { type: 'CONNECTION', database: 'DATABASE' }[member]
  if (name.endsWith('.env')) return new RegExp(`^\\s*TYPEORM_${variable}\\s*=\\s*["']?([^"'\\s]+)`, 'm').exec(text)?.[1]
  if (/\.ya?ml$/.test(name)) return new RegExp(`^\\s*${member}:\\s*["']?([^"'\\s]+)`, 'm').exec(text)?.[1]
  return memberText(withoutComments(text), member)
}

function typeOrm(home: string): ToolFacts | undefined {
  const file = firstOf(home, ormFiles)
  if (file === undefined) return undefined
  const folders = ['src/migrations', 'src/migration', 'migrations', 'migration']
  const migrations = folders.find((folder) => filled(home, folder) !== undefined)
  const database = databaseCalled(ormMember(file, 'type'))
  return factsOf({
    tool: 'TypeORM',
    file: file.name,
    ...sqliteFile(database, ormMember(file, 'database')),
    migrations,
  })
}

function alembic(home: string): ToolFacts | undefined {
  const file = firstOf(home, ['alembic.ini', 'alembic/env.py', 'migrations/env.py'])
  if (file === undefined) return undefined
  const isSettings = file.name === 'alembic.ini'
  const setting = (key: string): string | undefined =>
    isSettings ? new RegExp(`^${key}\\s*=\\s*(\\S+)`, 'm').exec(file.text)?.[1] : undefined
  const script = (setting('script_location') ?? '').replace(/^%\(here\)s\/?/, '') || undefined
  const folder = script ?? (isSettings ? 'alembic' : file.name.replace(/\/env\.py$/, ''))
  const versions = `${folder.replace(/\/$/, '')}/versions`
  const url = setting('sqlalchemy\\.url')
  return factsOf({
    tool: 'Alembic',
    file: file.name,
    // Three slashes are relative there too.
    ...sqliteFile(url === undefined ? undefined : databaseOfUrl(url), url?.replace(/^sqlite(?:\+\w+)?:\/\/\//, '')),
    migrations: existsSync(join(home, versions)) ? filled(home, versions) : undefined,
  })
}

const recognisers = [drizzleKit, prisma, knex, typeOrm, alembic] as const

/** The tools whose files are in a project. */
export const toolsIn = (home: string): readonly ToolFacts[] => recognisers.flatMap((recognise) => recognise(home) ?? [])
