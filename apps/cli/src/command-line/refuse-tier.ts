import type { CommandContext } from '../context.ts'
import { usage } from '../usage.ts'
import type { TierRefusal } from './tier-refusals.ts'

export const leaveTierOut = 'Leave --tier out.'

/** Throws USAGE for a tier that the command would pass by, and TIER_UNKNOWN. A project of one tier may name it anywhere. */
export async function refuseTier(context: CommandContext, { why, of }: TierRefusal): Promise<void> {
  const { command } = context.settings
  const refused = (): Error => usage(`\`migrate ${command}\` takes no --tier: ${why}`, leaveTierOut)
  if (of === 'project') throw refused()
  const { tiers, loaded } = await context.openFiles()
  const { shared } = loaded.config.fleet ?? {}
  // There the tier says which database is meant.
  const namesDatabase = of !== 'fleet' && tiers.some(({ name }) => name === shared?.tier)
  if (tiers.length > 1 && !namesDatabase) throw refused()
}
