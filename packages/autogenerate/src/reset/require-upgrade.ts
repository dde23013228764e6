import type { Migrator } from '@org/migrate-core'
import { contextOf, graphsOfFiles, loadParts, planRoute, recordUpgrade } from '@org/migrate-core/internal'

/**
 * Proves before anything is dropped that the files lead an empty database to a head: all of them can be imported and recorded.
 *
 * Throws MULTIPLE_HEADS, and what importing and recording the revisions throws.
 */
export async function requireUpgrade(migrator: Migrator): Promise<void> {
  const { resolved } = contextOf('requireUpgrade', migrator)
  const { dialect } = await loadParts(resolved)
  const tiers = await graphsOfFiles(resolved, { readAll: true })
  const { steps } = planRoute(tiers, undefined, { direction: 'up' })
  for (const { tier, step } of steps) await recordUpgrade(dialect, tier, step.revision)
}
