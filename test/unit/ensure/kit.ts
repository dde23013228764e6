import { createMigrator, graphOf, type Migrator, type MigratorOptions } from '@org/migrate-core'
import { expect } from 'vitest'
import { type Release, release } from '../../faults/rolling-update/chain.mjs'
import type { Ground } from './ground.ts'

/** The migrator of a release that knows the first so many revisions. */
export function migratorOf(
  ground: Pick<Ground, 'dialect'>,
  of: number | Release,
  options: Partial<MigratorOptions> = {},
): Migrator {
  return createMigrator({
    dialect: ground.dialect(),
    tiers: [graphOf(release(typeof of === 'number' ? { knows: of } : of))],
    ...options,
  })
}

export async function versions(ground: Pick<Ground, 'sql'>): Promise<readonly string[]> {
  return (await ground.sql('SELECT version_num FROM migrate_version')).map((row) => String(row.version_num)).sort()
}

/** Each revision as often as the history says it was applied. */
export async function appliedOnce(ground: Pick<Ground, 'sql'>, ...revisions: readonly string[]): Promise<void> {
  const rows = await ground.sql("SELECT revision FROM migrate_history WHERE direction = 'up'")
  expect(rows.map((row) => String(row.revision)).sort()).toEqual([...revisions])
}

/** A promise that a test resolves by hand. */
export function promised(): { readonly fulfilled: Promise<void>; readonly fulfil: () => void } {
  let fulfil: () => void = () => undefined
  const fulfilled = new Promise<void>((resolve) => {
    fulfil = resolve
  })
  return { fulfilled, fulfil }
}
