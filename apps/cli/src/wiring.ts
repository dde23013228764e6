import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { createMigrator, MigrateError, type Migrator, type MigratorOptions, type Tier } from '@org/migrate-core'
import { type Dialect, noDatabase, requireUrl } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import type { Caller } from './caller.ts'
import { isWritableByAll, type LoadedConfig, loadConfig, migrationsFolder } from './configuration/config.ts'
import { dialectFor } from './dialect-packages.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** Where the database is, with its secrets, and what named it. */
export interface ConnectionTarget {
  readonly url: string
  readonly key: string | undefined
  readonly from: 'flag' | 'file' | 'environment'
  /** The option or the variable. */
  readonly by?: string
}

/**
 * `--url`, the configuration (a URL for migrating before the service's), else DATABASE_URL. What is named and has no value is an
 * error and never passed over: the next one could be another database.
 *
 * Throws NO_DATABASE.
 */
export function resolveConnectionTarget(settings: Settings, caller: Caller, loaded: LoadedConfig): ConnectionTarget {
  const address = addressOf(settings, caller, loaded)
  return { ...address, key: loaded.config.key ?? keyOf(address.url, caller) }
}

/** What the environment has for such a URL: a key, or the token of an API. */
export function keyOf(url: string, { env }: Pick<Caller, 'env'>): string | undefined {
  const scheme = /^[^:]*/.exec(url)?.[0].toLowerCase()
  if (scheme === 'sqlite+sqlcipher') return env.DATABASE_PASSWORD
  if (scheme === 'd1') return env.CLOUDFLARE_API_TOKEN || undefined
  return scheme === 'libsql' ? env.TURSO_AUTH_TOKEN || undefined : undefined
}

function addressOf(settings: Settings, { env }: Caller, { config, file }: LoadedConfig): Omit<ConnectionTarget, 'key'> {
  if (settings.url !== undefined) return { url: requireUrl(settings.url, '--url'), from: 'flag', by: '--url' }
  const url = config.migrationUrl || config.url
  if (url?.trim()) return { url, from: 'file' }
  if ('url' in config) throw emptyInFile(file, env)
  const from = 'DATABASE_URL'
  if (env[from]?.trim()) return { url: env[from], from: 'environment', by: from }
  throw noDatabase(`there is no --url, ${file} has no \`url\`, and ${from} is ${emptiness(env[from])}`, {
    from,
    variable: from,
  })
}

const emptiness = (value: string | undefined): string => (value === undefined ? 'not set' : 'empty')

/** The variable that the file reads for its URL, where the text of the file shows it. */
function emptyInFile(file: string, env: NodeJS.ProcessEnv): ReturnType<typeof noDatabase> {
  const text = readFileSync(file, 'utf8')
  const [, dotted, quoted] = /\burl\s*:[^,\n}]*?\benv\b(?:\?)?(?:\.(\w+)|\[\s*['"`](\w+)['"`]\s*\])/.exec(text) ?? []
  const variable = dotted ?? quoted
  if (variable === undefined || env[variable]?.trim())
    return noDatabase(`\`url\` in ${file} has no value`, { from: 'url' })
  return noDatabase(`\`url\` in ${file} is that of ${variable}, which is ${emptiness(env[variable])}`, {
    from: 'url',
    variable,
    remedy: `Set ${variable} to the URL of the database, or name it with --url.`,
  })
}

/** What configuration and options name, as far as the files say it: no dialect is loaded, which is most of what a start costs. */
export interface LoadedProject {
  readonly loaded: LoadedConfig
  readonly tiers: readonly Tier[]
  /** The tier that targets name: `--tier`, else the last one. */
  readonly tier: Tier
  /** What is not as it should be, and no error. */
  readonly warnings: readonly string[]
}

/** A migrator on the database and the revisions that configuration and options name. */
export interface Project extends LoadedProject {
  readonly connectionTarget: ConnectionTarget
  readonly migrator: Migrator
  /** The same with other tiers, or with another dialect. */
  readonly migratorOn: (tiers: readonly Tier[], dialect?: Dialect) => Migrator
  /** That of the URL. */
  readonly dialect: Dialect
  /** The database for people: an absolute path, or a URL without its password. */
  readonly database: string
  readonly notes: readonly string[]
}

/** The configuration with every database that it names. Throws CONFIG_NOT_FOUND, CONFIG_FAILED and CONFIG_INVALID. */
export async function readConfig(settings: Settings, caller: Caller, secrets: Secrets): Promise<LoadedConfig> {
  const { env, cwd, folder: callerFolder } = caller
  const readVariables = async (file: string): Promise<void> => {
    const { readEnvFile } = await import('./configuration/env-file.ts')
    readEnvFile(file, env)
    secrets.learnEnvironment(env)
  }
  // Before the configuration, which may read them.
  if (settings.dotenv !== undefined) await readVariables(resolve(callerFolder, settings.dotenv))
  const context = { x: settings.x, command: settings.command, env }
  const read = await loadConfig({ cwd, caller: callerFolder, named: settings.config, context })
  const { envFile, databases = {} } = read.config
  if (settings.dotenv === undefined && envFile) await readVariables(resolve(read.folder, envFile))
  if (settings.url) secrets.learnFrom(settings.url)
  for (const { url, migrationUrl, key } of [read.config, ...Object.values(databases)]) {
    for (const each of [url, migrationUrl]) if (each) secrets.learnFrom(each)
    secrets.learn(key)
  }
  return read
}

/** Throws what reading the configuration throws, USAGE where it names several databases and the settings none, and TIER_UNKNOWN. */
export async function openFiles(
  settings: Settings,
  secrets: Secrets,
  reading: Promise<LoadedConfig>,
): Promise<LoadedProject> {
  const read = await reading
  const isNamed = settings.database !== undefined || read.config.databases !== undefined
  const loaded = isNamed
    ? (await import('./configuration/named-databases.ts')).forDatabase(read, settings.database)
    : read
  const { config } = loaded
  // It may name another database.
  JSON.stringify(config.autogenerate?.schema, (_, value: unknown) => {
    if (typeof value === 'string') secrets.learnFrom(value)
    return value
  })
  const configured = config.tiers ?? [graphTier(loaded)]
  const tiers = settings.strict ? configured.map(readingAll) : configured
  // A source that a configuration in JavaScript made by hand may lack its description.
  const folders = tiers.flatMap(({ source }) => source.locations?.folders ?? source.description ?? [])
  return {
    loaded,
    tiers,
    tier: chosenTier(tiers, settings.tier),
    warnings: worldWritableWarnings([loaded.folder, ...folders]),
  }
}

/** Throws NO_DATABASE, INVALID_URL, DIALECT_NOT_INSTALLED and what the dialect says of the URL. Nothing is opened yet. */
export async function open(
  settings: Settings,
  caller: Caller,
  secrets: Secrets,
  reading: Promise<LoadedProject>,
): Promise<Project> {
  const files = await reading
  const { loaded } = files
  const { config } = loaded
  const { settings: own = settings, ...project } = {
    ...files,
    ...(config.fleet?.shared && (await import('./fleet/one-database.ts')).ofOneDatabase(files, settings)),
  }
  const named = resolveConnectionTarget(own, caller, loaded)
  const isBinding = /^d1:(?!\/\/)/i.test(named.url)
  const connectionTarget = isBinding ? await (await import('./wrangler.ts')).resolveBinding(named, caller) : named
  secrets.learnFrom(connectionTarget.url)
  secrets.learn(connectionTarget.key)
  const dialect = await dialectFor(
    {
      url: connectionTarget.url,
      baseDirectory: caller.folder,
      schema: config.schema,
      lock: config.lock,
      key: connectionTarget.key,
      driver: config.driver,
    },
    loaded.file,
  )
  const { notes = [] } = config
  const options = migratorOptionsOf(settings, config)
  const migratorOn = (otherTiers: readonly Tier[], other = dialect): Migrator =>
    createMigrator({ ...options, dialect: other, tiers: otherTiers })
  return {
    ...project,
    connectionTarget,
    migrator: migratorOn(project.tiers),
    migratorOn,
    dialect,
    database: dialect.connection.database,
    notes,
  }
}

/** What the configuration and the options say of every migrator, on whichever database. */
export function migratorOptionsOf(
  settings: Settings,
  config: LoadedConfig['config'],
): Omit<MigratorOptions, 'dialect' | 'tiers'> {
  const {
    envFile: _envFile,
    databases: _databases,
    fleet: _fleet,
    url: _url,
    migrationUrl: _migrationUrl,
    lock: _lock,
    key: _key,
    driver: _driver,
    protected: _protected,
    schema: _schema,
    migrations: _migrations,
    recursive: _recursive,
    newFiles: _newFiles,
    autogenerate: _autogenerate,
    seed: _seed,
    snapshot: _snapshot,
    check: _check,
    tiers: _tiers,
    notes: _notes,
    ignoreForeignHistory = [],
    ...options
  } = config
  return {
    ...options,
    ...(settings.lockWait === undefined ? {} : { lockWaitMs: settings.lockWait }),
    ignoreForeignHistory: [...ignoreForeignHistory, ...settings.ignoreForeignHistory],
    arguments: Object.assign(Object.create(null), options.arguments, settings.x),
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

/** The same tier without what the file index remembers. */
function readingAll(tier: Tier): Tier {
  const { source } = tier
  const headers = () => source.headers({ readAll: true })
  return { ...tier, source: { ...source, headers, module: (revision) => source.module(revision) } }
}

/** The folders among these that anybody can put a file into. */
function worldWritableWarnings(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)]
    .filter((path) => isAbsolute(path) && isWritableByAll(path))
    .map((path) => `${path} can be written to by every user of this machine, and what lies there is run`)
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
