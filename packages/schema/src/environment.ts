/** What Open WebUI's environment variables say of its database: `@org/migrate-schema/environment`. Opens and reads nothing. */
import {
  isRecord,
  isText,
  type OptionCheck,
  optional,
  requireArguments,
  requireOptions,
} from '@org/migrate-core/dialect'
import type { Environment, OpenWebuiSettings } from './environment/settings.ts'
import { type Source, sourceOf } from './environment/source.ts'
import { flag, invalidVariable, type Reading, serverPool, sqliteSettings } from './environment/variables.ts'

export type {
  Environment,
  OpenWebuiSettings,
  SqlitePragmas,
  SqliteSettings,
} from './environment/settings.ts'

export interface EnvironmentSettings {
  readonly settings: OpenWebuiSettings
  /** For people, without any password: which variables count, what is not used, what fell back to its default. */
  readonly notes: readonly string[]
}

export interface EnvironmentOptions {
  /** Where `webui.db` is where DATA_DIR says nothing; default `data` in the working directory. */
  readonly dataFolder?: string
}

/** As `process.env`: what is not set is absent. */
const isEnvironment: OptionCheck = (value) =>
  isRecord(value) ??
  Object.values(value as object)
    .map(optional(isText))
    .find((why) => why !== undefined)

function keyOf({ env, note }: Reading, { dialect, encrypted }: Source): string | undefined {
  const password = env.DATABASE_PASSWORD
  if (encrypted) {
    if (password !== undefined && password.trim() !== '') return password
    const why = 'the database is encrypted, and this is its key; it is not set, or blank'
    throw invalidVariable('DATABASE_PASSWORD', why, 'Set DATABASE_PASSWORD to the key of the file.')
  }
  if (dialect === 'sqlite' && password) note('DATABASE_PASSWORD is not used: the database is a file without encryption')
  return undefined
}

function schemaOf({ env }: Reading, { dialect }: Source): string | undefined {
  const schema = env.DATABASE_SCHEMA
  if (!schema) return undefined
  if (dialect === 'postgres') return schema
  const why = 'only PostgreSQL has schemas within a database, and the database is of another kind'
  throw invalidVariable('DATABASE_SCHEMA', why, 'Leave DATABASE_SCHEMA out.')
}

/**
 * Reads the variables by their names, with their defaults. A number that is none falls back to its default, and a note says so.
 *
 * Throws INVALID_OPTION and INVALID_URL, which name the variable and repeat no value of one.
 *
 * ```ts
 * const { settings, notes } = readEnvironment(process.env)
 * ```
 */
export function readEnvironment(env: Environment, options: EnvironmentOptions = {}): EnvironmentSettings {
  requireArguments('readEnvironment', { env }, { env: isEnvironment })
  requireOptions('readEnvironment', options, { dataFolder: isText })
  const notes: string[] = []
  const reading: Reading = { env, note: (text) => notes.push(text) }
  const dataFolder = env.DATA_DIR || (options.dataFolder ?? 'data')
  const databaseSource = sourceOf(reading, dataFolder)
  const { dialect, url, source, encrypted } = databaseSource
  const key = keyOf(reading, databaseSource)
  const schema = schemaOf(reading, databaseSource)
  const file = dialect === 'sqlite'
  const settings: OpenWebuiSettings = {
    dialect,
    url,
    source,
    dataFolder,
    ...(key === undefined ? {} : { key }),
    ...(schema === undefined ? {} : { schema }),
    pool: file ? {} : serverPool(reading),
    // A server has none of it: a wrong word there has no effect.
    sqlite: file ? sqliteSettings(reading, encrypted) : { journalMode: 'delete', pragmas: {} },
    migrate: flag(reading, 'ENABLE_DB_MIGRATIONS', true),
    sessionSharing: flag(reading, 'DATABASE_ENABLE_SESSION_SHARING', false),
    resetConfigOnStart: flag(reading, 'RESET_CONFIG_ON_START', false),
    persistentConfig: flag(reading, 'ENABLE_PERSISTENT_CONFIG', true),
  }
  return { settings, notes }
}
