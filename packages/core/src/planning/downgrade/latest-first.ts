import { historyKey } from '../../bookkeeping/history.ts'
import type { Session } from '../../dialect/session.ts'
import { revertAll } from '../../graph/selection/plan-downgrade.ts'
import type { BookkeepingInspection } from '../../history/inspect-bookkeeping.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'
import { readRecorded } from '../edited-revisions.ts'
import type { Route, TierGraph } from '../route.ts'

/** Whether each step but the first stands below the one before it: then there is no other order. */
function isLine({ graph }: TierGraph, revisions: readonly string[]): boolean {
  return revisions.slice(1).every((id, at) => graph.beforeOf(revisions[at] ?? '').includes(id))
}

/**
 * A downgrade through lines side by side, with what ran last first, as far as the graph lets it: so a revision finds the tables as it left
 * them, also where what ran after it on another line changed them.
 */
export async function latestFirst(
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
  route: Route,
): Promise<Route> {
  const idsOf = (each: TierGraph): readonly string[] =>
    route.steps.flatMap(({ tier, step }) => (tier === each ? [step.revision] : []))
  const revisions = [...new Set(route.steps.map(({ tier }) => tier))].map((each) => [each, idsOf(each)] as const)
  const isOrdered = revisions.every(([each, ids]) => each.tier.kind === 'sequential' || isLine(each, ids))
  if (isOrdered) return route
  const { hashes } = await readRecorded(resolved, session, inspection)
  const ranks = new Map([...hashes.keys()].map((key, at) => [key, at]))
  const steps = revisions.flatMap(([each, ids]) => {
    const { tier, graph, applied, squashed } = each
    if (tier.kind === 'sequential') return route.steps.filter((step) => step.tier === each)
    // What was stamped may have no row: it was there before what has run.
    const unrecorded = new Map(graph.order.map((id, at) => [id, at - graph.size]))
    const rank = (id: string): number => ranks.get(historyKey(tier.name, id)) ?? unrecorded.get(id) ?? 0
    const reverted = revertAll(graph, applied, new Set(ids), rank).steps
    return (squashed?.actualRows(reverted) ?? reverted).map((step) => ({
      tier: each,
      header: graph.get(step.revision),
      step,
    }))
  })
  return { ...route, steps }
}
