import type { Tier } from '@org/migrate-core'
import { isFlag, requireOptions } from '@org/migrate-core/dialect'
import { graph, sequential } from '@org/migrate-core/node'
import { originalHistory } from './foreign-history/alembic.ts'

export interface OpenWebuiTiersOptions {
  /** Whether the sequential tier runs first. Default true; the schema at the end is the same without it. */
  readonly legacy?: boolean
}

/**
 * Open WebUI's migrations: 18 sequential steps with their table `migratehistory`, then the 21 revisions of the graph. A
 * database that the original program has stamped is refused with FOREIGN_HISTORY.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: sqliteDialect({ url }), tiers: openWebuiTiers() })
 * ```
 */
export function openWebuiTiers(options: OpenWebuiTiersOptions = {}): readonly Tier[] {
  requireOptions('openWebuiTiers', options, { legacy: isFlag })
  const revisions = graph(new URL('./revisions/', import.meta.url), { foreignHistory: originalHistory })
  if (options.legacy === false) return [revisions]
  return [sequential(new URL('./legacy/', import.meta.url), { optional: true }), revisions]
}
