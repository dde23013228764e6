import type { Tier } from '@org/migrate-core'
import type { Settings } from '../settings.ts'
import { usage } from '../usage.ts'
import type { LoadedProject } from '../wiring.ts'

/** What a command on one database of a fleet works with. */
interface OneDatabase {
  readonly tiers: readonly Tier[]
  /** Those of the command, with the database of the tier. */
  readonly settings: Settings
}

/**
 * The tiers that one database has. In a fleet with a shared tier that is this one alone, on the database that it may name, or those of a
 * member: none has both. Throws USAGE where nothing says which.
 */
export function ofOneDatabase({ loaded: { config }, tiers, tier }: LoadedProject, settings: Settings): OneDatabase {
  const { tier: shared, url } = config.fleet?.shared ?? {}
  if (!tiers.some(({ name }) => name === shared)) return { tiers, settings }
  if (settings.tier === undefined)
    throw usage(
      `the tier ${shared} is of the database that the members of the fleet share, and they have the other tiers`,
      `Name the tier: \`--tier ${shared}\`, or another one with the \`--url\` of a member. \`migrate fleet\` takes all of them.`,
    )
  if (tier.name !== shared) return { tiers: tiers.filter(({ name }) => name !== shared), settings }
  return { tiers: [tier], settings: url === undefined || settings.url !== undefined ? settings : { ...settings, url } }
}
