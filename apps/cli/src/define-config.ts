import type { CheckOptions } from '@org/migrate-autogenerate'
import type { MigratorOptions, SeedFunction, Tier } from '@org/migrate-core'
import type { Autogenerate } from './autogenerate/settings.ts'
import type { FleetSettings } from './fleet/settings.ts'
import type { NewFiles } from './new-files/settings.ts'

/** What `migrate.config.ts` exports as default. Give `migrations` or `tiers`. */
export interface MigrateConfig extends Partial<Omit<MigratorOptions, 'dialect' | 'tiers'>> {
  /** The database; relative paths start at the caller's folder. Left out: DATABASE_URL. */
  readonly url?: string | undefined
  /**
   * A file of variables, relative to the config, for those that are not set: DATABASE_URL. It is read after the config; `--dotenv` is read
   * before it.
   */
  readonly envFile?: string | undefined
  /** Where to migrate, where that is another address: a direct one, while `url` goes through a pooler. */
  readonly migrationUrl?: string | undefined
  /** `table`: a row with a lease is the lock, for a PostgreSQL that can only be reached through a pooler. Default `session`. */
  readonly lock?: 'session' | 'table' | undefined
  /** The package that speaks to the database. Default: the first one that is installed, in the order of the dialect's page. */
  readonly driver?: string | undefined
  /** The key of an encrypted SQLite file. Default: DATABASE_PASSWORD. */
  readonly key?: string | undefined
  /**
   * Whether `dev` and `reset` refuse the database. Default: unless it is a file or on this machine. `false` is said of the database
   * of the configuration, and doesn't hold for one that `--url` names.
   */
  readonly protected?: boolean
  /** The schema that everything is made in, on PostgreSQL; other databases are refused with it. Default: that of the connection. */
  readonly schema?: string | undefined
  /**
   * Several databases, by their names for `--database`. What is said of one of them goes over what is said beside them, a key at a time;
   * each has its `url`.
   */
  readonly databases?: { readonly [name: string]: NamedDatabase }
  /** Many databases with one history, for `migrate fleet`. */
  readonly fleet?: FleetSettings
  /** The folder of revisions, or several, relative to the config. */
  readonly migrations?: string | URL | readonly (string | URL)[]
  /** Read the sub-folders of `migrations` too. */
  readonly recursive?: boolean
  /** Sources of revisions in the order to run, the graph last. */
  readonly tiers?: readonly Tier[]
  /** How new revision files are called and look, and what is run on them. */
  readonly newFiles?: NewFiles
  /** The declared schema that revisions are written from, and how. */
  readonly autogenerate?: Autogenerate
  /**
   * Rows for development: a function, or a folder of modules in the order of their names, whose default export is one. Each runs in a
   * transaction of its own, and again on a database that has its rows.
   */
  readonly seed?: string | SeedFunction
  /**
   * The file of the schema at head as SQL, relative to the config, or one for each dialect. `upgrade` and `dev` write it, `check` compares it,
   * `load` makes it of an empty database.
   */
  readonly snapshot?: string | { readonly sqlite?: string; readonly postgres?: string; readonly mysql?: string }
  /** What `check` takes for a problem: see `CheckOptions`. */
  readonly check?: Pick<CheckOptions, 'edits'>
  /** Lines for people, printed to stderr before a run: where settings came from. */
  readonly notes?: readonly string[]
}

/** What `databases` says of one of them: every key of the configuration but those of the whole. */
export type NamedDatabase = Omit<MigrateConfig, 'databases' | 'envFile' | 'fleet'>

/** What a configuration that is a function is told. */
export interface ConfigContext {
  /** The `-x key=value` of the command line; a bare key is ''. */
  readonly x: Readonly<Record<string, string>>
  /** The command that was called: `upgrade`, `status`, `lock release`. */
  readonly command: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Types the configuration, or the function that makes it for each call; gives back what it is given.
 *
 * ```ts
 * export default defineConfig({ url: process.env.DATABASE_URL, migrations: './migrations' })
 * ```
 *
 * ```ts
 * export default defineConfig(({ x }) => ({ url: x.stage === 'live' ? live : staging, migrations: './migrations' }))
 * ```
 */
export function defineConfig<
  C extends MigrateConfig | ((context: ConfigContext) => MigrateConfig | Promise<MigrateConfig>),
>(config: C): C {
  return config
}
