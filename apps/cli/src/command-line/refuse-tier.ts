import type { CommandContext } from '../context.ts'
import { usage } from '../usage.ts'

/** Why a command, with the options that it was given, has no use for `--tier`. */
export interface TierRefusal {
  readonly why: string
  /** `project`: it runs without a configuration. `fleet`: it takes the members and the database that they share. */
  readonly of?: 'project' | 'fleet'
}

export const leaveTierOut = 'Leave --tier out.'

export const everyTier: TierRefusal = { why: 'it concerns every tier of the database' }
export const noTier: TierRefusal = { why: 'it reads no revisions', of: 'project' }
export const fleetTiers: TierRefusal = { why: 'it concerns every tier of the fleet', of: 'fleet' }

/** Of `--plan` and `--last-run`: what runs is known, and with it the tiers. */
export function plannedTiers({
  plan,
  lastRun,
}: {
  readonly plan?: string
  readonly lastRun?: true
}): TierRefusal | undefined {
  if (plan !== undefined) return { why: '--plan runs what is planned, of whichever tier' }
  return lastRun ? { why: '--last-run takes back what the last run applied, of whichever tier' } : undefined
}

/** Throws USAGE for a tier that the command would pass by, and TIER_UNKNOWN. A project of one tier may name it anywhere. */
export async function refuseTier(context: CommandContext, { why, of }: TierRefusal): Promise<void> {
  const { tier, command } = context.settings
  if (tier === undefined) return
  const refused = (): Error => usage(`\`migrate ${command}\` takes no --tier: ${why}`, leaveTierOut)
  if (of === 'project') throw refused()
  const { tiers, loaded } = await context.openFiles()
  const { shared } = loaded.config.fleet ?? {}
  // There the tier says which database is meant.
  const namesDatabase = of !== 'fleet' && tiers.some(({ name }) => name === shared?.tier)
  if (tiers.length > 1 && !namesDatabase) throw refused()
}
