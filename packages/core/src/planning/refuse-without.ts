import { MigrateError } from '../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'

/** Throws TIER_UNKNOWN for an optional tier that the database was begun without. */
export function refuseWithout({ without, applied }: BookkeepingInspection, tier: string | undefined): void {
  if (tier === undefined || !without.has(tier)) return
  const tiers = [...applied.keys()].filter((name) => !without.has(name))
  const message = `The history of this database began without tier ${tier}: its steps never run here.`
  throw new MigrateError('TIER_UNKNOWN', { tier, tiers }, message, { remedy: 'Run the command without --tier.' })
}
