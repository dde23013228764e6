import type { Session } from '../../dialect/session.ts'
import type { RevisionStep } from '../../graph/selection/plan.ts'
import { revertAll } from '../../graph/selection/plan-downgrade.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'
import { type Route, type RouteStep, refuseUndescribed, type TierGraph } from '../route.ts'
import { type LastRun, lastRun, readLastRun, refusedLastRun } from './last-run.ts'

/** What stands on it, or is missing of it, and so does not let it be taken back. */
function refuseUnlessOnTop(each: TierGraph, revisions: ReadonlySet<string>, applied: ReadonlySet<string>): void {
  const { graph, tier, names } = each
  const absent = [...revisions].filter((revision) => !applied.has(revision))
  if (absent.length > 0) throw refusedLastRun(`it applied ${absent.join(', ')}, and that is not applied now`, absent)
  const isGraph = tier.kind === 'graph'
  const above = isGraph
    ? graph.descendantsOf([...revisions])
    : names.slice(names.findIndex((name) => revisions.has(name)))
  const remaining = [...above].filter((revision) => applied.has(revision) && !revisions.has(revision))
  if (remaining.length === 0) return
  throw refusedLastRun(
    `${remaining.join(', ')} of ${tier.name} stands on what it applied, and is of another run`,
    remaining,
  )
}

function stepsOf(each: TierGraph, revisions: ReadonlySet<string>): readonly RevisionStep[] {
  const { graph, tier, applied, names, squashed } = each
  if (tier.kind === 'graph') {
    refuseUndescribed(each)
    refuseUnlessOnTop(each, revisions, graph.ancestorsOf(applied))
    const { steps } = revertAll(graph, applied, revisions)
    return squashed?.actualRows(steps) ?? steps
  }
  refuseUnlessOnTop(each, revisions, new Set(applied))
  const unknown = [...revisions].filter((name) => !names.includes(name))
  if (unknown.length > 0) throw refusedLastRun(`no file has ${unknown.join(', ')}, which it applied`, unknown)
  return names
    .filter((name) => revisions.has(name))
    .reverse()
    .map((revision) => ({ revision, direction: 'down', removed: [revision], added: [] }))
}

/**
 * What takes back the last run: the graph first, then the tiers below it, each from the latest on. Throws LAST_RUN_UNKNOWN where something of
 * it is not applied, or something else stands on it.
 */
function planLastRun(tiers: readonly TierGraph[], { run, revisions }: LastRun): Route {
  const unknownTiers = [...revisions.keys()].filter((name) => !tiers.some(({ tier }) => tier.name === name))
  if (unknownTiers.length > 0)
    throw refusedLastRun(`it applied revisions of ${unknownTiers.join(', ')}, which is no tier here`, [])
  const steps: RouteStep[] = []
  for (const each of [...tiers].reverse()) {
    const ofTier = revisions.get(each.tier.name)
    if (ofTier === undefined) continue
    for (const later of tiers.slice(tiers.indexOf(each) + 1)) {
      const revertedOfLater = steps.filter(({ tier }) => tier === later).length
      const count = later.tier.kind === 'graph' ? later.graph.ancestorsOf(later.applied).size : later.applied.length
      if (count > revertedOfLater)
        throw refusedLastRun(
          `${later.applied.join(', ')} of ${later.tier.name} stands on what it applied`,
          later.applied,
        )
    }
    for (const step of stepsOf(each, ofTier)) steps.push({ tier: each, header: each.graph.get(step.revision), step })
  }
  return { direction: 'down', target: lastRun, steps, tiers, warnings: [], run }
}

/** Reads which run was the last one, and plans to take it back. Throws LAST_RUN_UNKNOWN. */
export async function routeOfLastRun(
  resolved: UnloadedOptions,
  session: Session,
  tiers: readonly TierGraph[],
): Promise<Route> {
  return planLastRun(tiers, await readLastRun(resolved, session))
}
