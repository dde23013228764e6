import { historySource } from '../bookkeeping/history.ts'
import type { Session } from '../dialect/session.ts'
import type { HeaderOptions } from '../files/revision-source.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import type { Readiness } from '../options/ensure-options.ts'
import type { TierState } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { headsOf, readTierGraphs } from './plan-route.ts'
import type { Gaps, TierGraph } from './route.ts'
import { rulesOf } from './tier-rules.ts'

export const pendingOf = (each: TierGraph): readonly string[] => rulesOf(each).pending(each)

export interface Position extends Readiness {
  readonly inspection: BookkeepingInspection
  readonly graphs: readonly TierGraph[]
  readonly tiers: readonly TierState[]
}

function multipleHeadsOf({ graph }: TierGraph): Pick<TierState, 'multipleHeads'> {
  const ofFiles = graph.effectiveHeads.filter((head) => graph.get(head).source !== historySource)
  return ofFiles.length > 1 ? { multipleHeads: ofFiles } : {}
}

function stateOf(inspection: BookkeepingInspection, tiers: readonly TierState[], pending: number): Readiness['state'] {
  if (inspection.foreign !== undefined) return 'foreign'
  if (tiers.some((tier) => tier.kind === 'graph' && tier.unknown.length > 0)) return 'ahead'
  if (inspection.interrupted.length > 0) return 'interrupted'
  if (pending === 0) return 'atHead'
  return inspection.empty ? 'empty' : 'behind'
}

/** Where the database stands: the bookkeeping and the headers of the files. */
export async function readPosition(
  resolved: UnloadedOptions,
  session: Session,
  gaps: Gaps = 'refuse',
  options: HeaderOptions = {},
): Promise<Position> {
  const inspection = await inspectBookkeeping(resolved, session)
  const graphs = await readTierGraphs(resolved, session, inspection, gaps, options)
  const tiers = graphs.map(
    (each): TierState => ({
      ...headsOf(each, each.applied),
      kind: each.tier.kind,
      pending: pendingOf(each),
      unknown: each.unknown,
      missing: rulesOf(each).missing(each),
      ...multipleHeadsOf(each),
      ...(each.squashed === undefined
        ? {}
        : { squashed: each.squashed.states(each.graph, rulesOf(each).applied(each)) }),
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
