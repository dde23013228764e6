import { planSequential } from '../graph/selection/plan-sequential.ts'
import { planStamp } from '../graph/selection/plan-stamp.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { selectTier, type TierGraph, tierGraphs } from '../planning/route.ts'

/** The tiers as their files have them, with nothing applied. No database is asked. */
async function unapplied(resolved: ResolvedOptions): Promise<readonly TierGraph[]> {
  return tierGraphs(
    resolved,
    { applied: new Map(), present: new Set(), empty: true, without: new Set(), interrupted: [] },
    async () => undefined,
    'refuse',
  )
}

function appliedAt(each: TierGraph, from: string): readonly string[] {
  if (from === 'base') return []
  if (each.tier.kind === 'graph') return planStamp(each.graph, [], from).to
  return planSequential(each.names, [], from, 'up').steps.map((step) => step.revision)
}

/**
 * The tiers with what is assumed of the database: the addressed one stands at `from`. The tiers before it have gone their whole way,
 * unless an upgrade begins at `base`: then nothing at all is there. Those behind it have nothing.
 */
export async function assumedTiers(
  resolved: ResolvedOptions,
  { from, tier, direction }: { readonly from: string; readonly tier?: string; readonly direction: 'up' | 'down' },
): Promise<readonly TierGraph[]> {
  const tiers = await unapplied(resolved)
  const addressed = selectTier(tiers, tier)
  const at = tiers.indexOf(addressed)
  const applied = appliedAt(addressed, from)
  const nothing = applied.length === 0 && direction === 'up'
  return tiers.map((each, index) => {
    if (index > at || (nothing && index < at)) return each
    return { ...each, applied: index === at ? applied : each.names }
  })
}
