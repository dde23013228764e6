import { historySource } from '../bookkeeping/history.ts'
import type { Session } from '../dialect/session.ts'
import { planUpgrade } from '../graph/selection/plan-upgrade.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import type { Readiness } from '../options/ensure-options.ts'
import type { TierState } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { headsOf, readTierGraphs } from './plan-route.ts'
import type { Gaps, TierGraph } from './route.ts'

/** Of a program that a newer one has overtaken: what lies on no way to what that left. Where a way cannot be seen, nothing. */
function revisionsNotBelowApplied({ graph, applied, names }: TierGraph): readonly string[] {
  if (!applied.every((revision) => graph.has(revision))) return []
  const below = graph.ancestorsOf(applied)
  return names.filter((revision) => !below.has(revision))
}

export function pendingOf(each: TierGraph): readonly string[] {
  if (each.tier.kind === 'sequential') {
    const applied = new Set(each.applied)
    return each.names.filter((name) => !applied.has(name))
  }
  if (each.unknown.length > 0) return revisionsNotBelowApplied(each)
  return planUpgrade(each.graph, each.applied, 'heads').steps.map(({ revision }) => revision)
}

/** Every applied revision, not only the heads. */
export function appliedIn({ tier, graph, applied }: TierGraph): ReadonlySet<string> {
  if (tier.kind === 'sequential') return new Set(applied)
  return new Set([...applied, ...graph.ancestorsOf(applied.filter((revision) => graph.has(revision)))])
}

/** Applied, and no file has them; those that only the history knows included. */
export function missingIn(each: TierGraph): readonly string[] {
  const { tier, graph, unknown } = each
  if (tier.kind === 'sequential') return unknown
  const lost = unknown.filter((revision) => !graph.has(revision))
  if (graph.size === each.names.length) return lost
  const applied = appliedIn(each)
  return [...lost, ...graph.order.filter((id) => applied.has(id) && graph.get(id).source === historySource)]
}

export interface Position extends Readiness {
  readonly inspection: BookkeepingInspection
  readonly graphs: readonly TierGraph[]
  readonly tiers: readonly TierState[]
}

function stateOf(inspection: BookkeepingInspection, tiers: readonly TierState[], pending: number): Readiness['state'] {
  if (inspection.foreign !== undefined) return 'foreign'
  if (tiers.some((tier) => tier.kind === 'graph' && tier.unknown.length > 0)) return 'ahead'
  if (inspection.interrupted.length > 0) return 'interrupted'
  if (pending === 0) return 'at-head'
  return inspection.empty ? 'empty' : 'behind'
}

/** Where the database stands: the bookkeeping and the headers of the files. */
export async function readPosition(
  resolved: ResolvedOptions,
  session: Session,
  gaps: Gaps = 'refuse',
): Promise<Position> {
  const inspection = await inspectBookkeeping(resolved, session)
  const graphs = await readTierGraphs(resolved, session, inspection, gaps)
  const tiers = graphs.map(
    (each): TierState => ({
      ...headsOf(each, each.applied),
      kind: each.tier.kind,
      pending: pendingOf(each),
      unknown: each.unknown,
      missing: missingIn(each),
    }),
  )
  const pending = tiers.reduce((sum, tier) => sum + tier.pending.length, 0)
  return {
    state: stateOf(inspection, tiers, pending),
    revision: tiers.at(-1)?.heads ?? [],
    pending,
    tiers,
    inspection,
    graphs,
  }
}

/**
 * Whether a program that lacks the newer revisions of the database may work on it: each of them names, in what the history kept of
 * its `compatibleWith`, a revision that the program has. Gives those that do not.
 */
export function incompatible({ graphs }: Position): readonly string[] {
  return graphs.flatMap(({ graph, applied, unknown, tier }) => {
    if (tier.kind !== 'graph') return []
    const lost = unknown.filter((revision) => !graph.has(revision))
    const revisionsInGraph = applied.filter((revision) => graph.has(revision))
    const newer = [...graph.ancestorsOf(revisionsInGraph)].map((revision) => graph.get(revision))
    const own = (revision: string): boolean => graph.has(revision) && graph.get(revision).source !== historySource
    const refused = newer.filter(({ source, compatibleWith }) => source === historySource && !compatibleWith.some(own))
    return [...lost, ...refused.map((header) => header.revision)]
  })
}
