import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { followHeads } from '../graph/selection/head-moves.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { resumedElsewhere } from './journal/interrupted-revision.ts'
import type { Route, RouteStep, TierGraph } from './route.ts'

function unknownRevisionError({ revision, startedAt }: InterruptedStep): MigrateError<'REVISION_INTERRUPTED'> {
  const why = `it started at ${startedAt} and has not finished, and this program has no file of it`
  return new MigrateError('REVISION_INTERRUPTED', { revision, why }, `Revision ${revision} is interrupted: ${why}.`, {
    remedy: resumedElsewhere,
  })
}

function stepOf(each: TierGraph, { revision, direction, reverts }: InterruptedStep): RevisionStep {
  // What is recorded as applied never moved, and so does not move back.
  if (reverts === true) return { revision, direction, removed: [], added: [] }
  if (each.tier.kind === 'graph')
    return { revision, direction, ...followHeads(each.graph, each.applied)[direction](revision) }
  const moved = direction === 'up' ? { removed: [], added: [revision] } : { removed: [revision], added: [] }
  return { revision, direction, ...moved }
}

const revertsOf = ({ original }: InterruptedStep): Pick<RouteStep, 'reverts'> =>
  original === undefined ? {} : { reverts: original }

/** The route that finishes interrupted revisions, each in the direction in which it was started, and no others. */
export function planInterrupted(tiers: readonly TierGraph[], interruptedSteps: readonly InterruptedStep[]): Route {
  const steps = interruptedSteps.flatMap((interrupted): RouteStep[] => {
    const each = tiers.find(({ tier }) => tier.name === interrupted.tier)
    if (each === undefined) return []
    if (!each.graph.has(interrupted.revision)) throw unknownRevisionError(interrupted)
    return [
      {
        tier: each,
        header: each.graph.get(interrupted.revision),
        step: stepOf(each, interrupted),
        ...revertsOf(interrupted),
      },
    ]
  })
  return { direction: interruptedSteps[0]?.direction ?? 'up', target: 'open', steps, tiers, warnings: [] }
}
