import { createMigrator, MigrateError, type Migrator, type MigratorOptions, type Tier } from '@org/migrate-core'
import { isDialect, isText, type OptionCheck, shaped, type UnloadedDialect } from '@org/migrate-core/dialect'
import { contextOf, graphsOfFiles, planRoute } from '@org/migrate-core/internal'

/** A tier that all members share, as tables in `public` beside the schemas of tenants. */
export interface SharedTier {
  /** Its name among `tiers`. */
  readonly tier: string
  readonly dialect: UnloadedDialect
}

export const isSharedTier: OptionCheck = shaped({ tier: isText, dialect: isDialect })

interface SplitTiers {
  readonly ofMembers: readonly Tier[]
  /** The migrator of the shared tier. */
  readonly shared?: Migrator
}

/** Throws INVALID_OPTION where the tier is not among them, or none is left for the members. */
export function splitTiers(options: Omit<MigratorOptions, 'dialect'>, shared: SharedTier | undefined): SplitTiers {
  const { tiers } = options
  if (shared === undefined) return { ofMembers: tiers }
  const tier = tiers.find(({ name }) => name === shared.tier)
  const ofMembers = tiers.filter((each) => each !== tier)
  if (tier === undefined || ofMembers.length === 0) {
    const why = tier === undefined ? `there is no tier ${shared.tier}` : 'the members need a tier of their own'
    throw new MigrateError('INVALID_OPTION', { option: 'shared', why }, `The option \`shared\`: ${why}.`)
  }
  return { ofMembers, shared: createMigrator({ ...options, tiers: [tier], dialect: shared.dialect }) }
}

/**
 * Before the shared tier changes: where the files of the members have no such target, or no such tier, each of them would be refused behind
 * it. Throws UNKNOWN_REVISION, MULTIPLE_HEADS, TIER_UNKNOWN and the like.
 */
export async function requireRoute(
  ofMembers: Migrator,
  target: string | undefined,
  tier: string | undefined,
): Promise<void> {
  const { resolved } = contextOf('upgrade', ofMembers)
  planRoute(await graphsOfFiles(resolved), target, { direction: 'up', ...(tier === undefined ? {} : { tier }) })
}

/** An answer about the members, with that about the shared tier. */
export function withShared<S, T extends object>(shared: S | undefined, ofMembers: T): T & { readonly shared?: S } {
  return shared === undefined ? ofMembers : { ...ofMembers, shared }
}
