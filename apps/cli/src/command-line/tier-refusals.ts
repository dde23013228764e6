/** Why a command, with the options that it was given, has no use for `--tier`. */
export interface TierRefusal {
  readonly why: string
  /** `project`: it runs without a configuration. `fleet`: it takes the members and the database that they share. */
  readonly of?: 'project' | 'fleet'
}

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
