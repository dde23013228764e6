import { nearNames } from '@org/migrate-core/internal'
import type { MigrateConfig } from '../define-config.ts'
import { usage } from '../usage.ts'
import type { LoadedConfig } from './config.ts'

/** The databases that a configuration names, in its order. Throws USAGE where it names none. */
export function databaseNames({ config, file }: LoadedConfig): readonly string[] {
  if (config.databases !== undefined) return Object.keys(config.databases)
  throw usage(`${file} names no databases`, 'Leave the option out, or give the databases their names in `databases`.')
}

/**
 * The configuration of one database: what is said of it, over what is said of all. Of `migrations` and `tiers` it takes those that are said
 * nearest to it.
 *
 * Throws USAGE where it is not clear which database is meant.
 */
export function forDatabase(loaded: LoadedConfig, name: string | undefined): LoadedConfig {
  const { databases, ...shared } = loaded.config
  const names = databaseNames(loaded)
  const [only] = names
  const chosen = name ?? (names.length === 1 ? only : undefined)
  const own = chosen !== undefined && Object.hasOwn(databases ?? {}, chosen) ? databases?.[chosen] : undefined
  if (own !== undefined) return { ...loaded, config: merged(shared, own) }
  if (name === undefined) {
    throw usage(
      `${loaded.file} names several databases: ${names.join(', ')}`,
      `Add --database ${only}, or --all for each of them.`,
    )
  }
  const [near] = nearNames(name, names)
  const hint = near === undefined ? '' : `: did you mean ${near}?`
  throw usage(`${loaded.file} has no database ${name}${hint}`, `Name one of ${names.join(', ')}.`)
}

function merged(shared: MigrateConfig, own: MigrateConfig): MigrateConfig {
  const { migrations: _migrations, tiers: _tiers, ...remaining } = shared
  return own.migrations === undefined && own.tiers === undefined ? { ...shared, ...own } : { ...remaining, ...own }
}
