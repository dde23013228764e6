import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createMigrator, MigrateError, type Migrator, type Tier } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import type { Caller } from './caller.ts'
import { isWritableByAll, type LoadedConfig, loadConfig, migrationsFolder } from './config.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** A migrator on the database and the revisions that configuration and options name. */
export interface Opened {
  readonly migrator: Migrator
  /** The database for people: an absolute path, or a URL without its password. */
  readonly database: string
  readonly notes: readonly string[]
  /** What is not as it should be, and no error. */
  readonly warnings: readonly string[]
  readonly tiers: readonly Tier[]
  readonly loaded: LoadedConfig
  readonly place: DatabasePlace
  /** The tier that targets name: `--tier`, else the last one. */
  readonly tier: Tier
}

interface DialectPackage {
  readonly package: string
  readonly factory: string
  readonly schemes: readonly string[]
  /** Whether a database of it has schemas. */
  readonly schemas?: true
  /** Whether a row of a table may be the lock there. */
  readonly tableLock?: true
  /** Whether a database of it is a file that may be encrypted. */
  readonly encrypted?: true
}

const dialects: readonly DialectPackage[] = [
  {
    package: '@org/migrate-dialect-sqlite',
    factory: 'sqliteDialect',
    schemes: ['sqlite', 'sqlite+sqlcipher', 'file'],
    encrypted: true,
  },
  {
    package: '@org/migrate-dialect-postgres',
    factory: 'postgresDialect',
    schemes: ['postgres', 'postgresql'],
    schemas: true,
    tableLock: true,
  },
  {
    package: '@org/migrate-dialect-mysql',
    factory: 'mysqlDialect',
    schemes: ['mysql', 'mariadb'],
  },
]
const supported = [
  'sqlite:<path>',
  'sqlite:///relative.db',
  'sqlite:////absolute.db',
  'postgresql://user@host/database',
  'mysql://user@host/database',
  'mariadb://user@host/database',
]

/**
 * Throws CONFIG_NOT_FOUND, CONFIG_FAILED, CONFIG_INVALID, INVALID_URL, DIALECT_NOT_INSTALLED, TIER_UNKNOWN and what the
 * dialect says of the URL. Nothing is opened yet.
 */
export async function open(settings: Settings, caller: Caller, secrets: Secrets): Promise<Opened> {
  const loaded = await loadConfig({
    cwd: caller.cwd,
    caller: caller.folder,
    named: settings.config,
    context: { x: settings.x, command: settings.command, env: caller.env },
  })
  const { config } = loaded
  const where = databasePlace(settings, caller, loaded)
  const { url } = where
  secrets.learnFrom(url)
  const key = config.key ?? (/^sqlite\+sqlcipher:/i.test(url) ? caller.env.DATABASE_PASSWORD : undefined)
  if (key !== undefined) secrets.learn(key)
  const tiers = config.tiers ?? [graphTier(loaded)]
  const place = { url, baseDirectory: caller.folder, schema: config.schema, lock: config.lock, key }
  const dialect = await dialectFor(place, loaded.file)
  const {
    url: _url,
    migrationUrl: _migrationUrl,
    lock: _lock,
    key: _key,
    schema: _schema,
    migrations: _migrations,
    recursive: _recursive,
    newFiles: _newFiles,
    tiers: _tiers,
    notes = [],
    ignoreForeignHistory = [],
    ...options
  } = config
  const ignored = [...ignoreForeignHistory, ...settings.ignoreForeignHistory]
  return {
    migrator: createMigrator({
      ...options,
      dialect,
      tiers,
      ignoreForeignHistory: ignored,
      arguments: Object.assign(Object.create(null), options.arguments, settings.x),
    }),
    database: dialect.database,
    notes,
    warnings: openToAll([
      loaded.folder,
      ...tiers.flatMap(({ source }) => source.locations?.folders ?? [source.description]),
    ]),
    tiers,
    tier: chosenTier(tiers, settings.tier),
    loaded,
    place: { ...where, key },
  }
}

function graphTier({ config, folder }: LoadedConfig): Tier {
  const { migrations = [], recursive = false } = config
  const listed = typeof migrations === 'string' || migrations instanceof URL ? [migrations] : migrations
  return graph(
    listed.map((each) => migrationsFolder(each, folder)),
    { recursive },
  )
}

/** The folders among these that anybody can put a file into. */
function openToAll(places: readonly string[]): readonly string[] {
  return [...new Set(places)]
    .filter((place) => isAbsolute(place) && isWritableByAll(place))
    .map((place) => `${place} can be written to by every user of this machine, and what lies there is run`)
}

/** Where the database is, with its secrets, and who says so. */
export interface DatabasePlace {
  readonly url: string
  readonly key: string | undefined
  readonly from: 'flag' | 'file' | 'environment' | 'default'
  /** The option or the variable. */
  readonly by?: string
}

/** `--url`, the configuration (a URL for migrating before the service's), DATABASE_URL, else a file in `data/` beside the configuration. */
function databasePlace(
  settings: Settings,
  caller: Caller,
  { config, folder }: LoadedConfig,
): Omit<DatabasePlace, 'key'> {
  if (settings.url) return { url: settings.url, from: 'flag', by: '--url' }
  const url = config.migrationUrl || config.url
  if (url) return { url, from: 'file' }
  const variable = caller.env.DATABASE_URL
  if (variable) return { url: variable, from: 'environment', by: 'DATABASE_URL' }
  return { url: `sqlite:${join(folder, 'data', 'database.db')}`, from: 'default' }
}

function chosenTier(tiers: readonly Tier[], name: string | undefined): Tier {
  const tier = name === undefined ? tiers.at(-1) : tiers.find((candidate) => candidate.name === name)
  if (tier !== undefined) return tier
  const names = tiers.map((candidate) => candidate.name)
  throw new MigrateError(
    'TIER_UNKNOWN',
    { tier: name ?? '', tiers: names },
    `There is no tier ${name ?? ''}: the configuration has ${names.join(', ')}`,
  )
}

function packageFor(url: string): DialectPackage {
  // One letter before the colon is a Windows drive; no scheme at all is a path.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase() ?? 'sqlite'
  const family = scheme.replace(/\+.*$/, '')
  const found = dialects.find(({ schemes }) => schemes.includes(scheme) || schemes.includes(family))
  if (found !== undefined) return found
  throw new MigrateError(
    'INVALID_URL',
    { why: `its scheme is ${scheme}`, supported },
    `There is no dialect for the scheme \`${scheme}\`; supported: ${supported.join(', ')}`,
  )
}

interface DialectOptions {
  readonly url: string
  readonly baseDirectory: string
  readonly schema: string | undefined
  readonly lock: 'session' | 'table' | undefined
  readonly key: string | undefined
}

async function dialectFor(options: DialectOptions, configFile: string): Promise<Dialect> {
  const wanted = packageFor(options.url)
  if (options.schema !== undefined && wanted.schemas !== true) {
    const why = `${wanted.schemes[0]} knows no schemas within a database`
    throw new MigrateError(
      'INVALID_OPTION',
      { option: 'schema', why },
      `The schema ${options.schema} was asked for, but ${why}`,
    )
  }
  const { lock, key, ...place } = options
  if (lock === 'table' && wanted.tableLock !== true) {
    const why = `only PostgreSQL has the choice; a cluster of ${wanted.schemes[0]} is recognised by itself`
    throw new MigrateError('INVALID_OPTION', { option: 'lock', why }, `\`lock: 'table'\` was asked for, but ${why}`)
  }
  if (key !== undefined && key.trim() !== '' && wanted.encrypted !== true) {
    const why = `only an encrypted SQLite file has one; the password of ${wanted.schemes[0]} is part of the URL`
    throw new MigrateError('INVALID_OPTION', { option: 'key', why }, `A \`key\` was given, but ${why}`)
  }
  const factory = (await importDialect(wanted, configFile))[wanted.factory]
  if (typeof factory !== 'function') throw new Error(`${wanted.package} exports no ${wanted.factory}`)
  return (factory as (options: object) => Dialect)({
    ...place,
    ...(lock === 'table' ? { lock } : {}),
    ...(key === undefined ? {} : { key }),
  })
}

/** The copy beside us, else the project's own: a command line that is installed globally has none beside it. */
async function importDialect(wanted: DialectPackage, configFile: string): Promise<Record<string, unknown>> {
  try {
    return (await import(wanted.package)) as Record<string, unknown>
  } catch (error) {
    if (!isAbsence(error, wanted.package)) throw error
  }
  const path = resolvable(wanted.package, configFile)
  if (path !== undefined) return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  throw new MigrateError(
    'DIALECT_NOT_INSTALLED',
    { dialect: wanted.schemes[0] ?? '', package: wanted.package },
    `The package ${wanted.package}, which this URL needs, is not installed`,
    { remedy: `Run \`npm install ${wanted.package}\` (or \`pnpm add ${wanted.package}\`).` },
  )
}

/** The package itself is not there, as against something that it imports. */
function isAbsence(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}

function resolvable(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}
