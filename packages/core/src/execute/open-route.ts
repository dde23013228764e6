import { MigrateError } from '../errors/migrate-error.ts'
import { followHeads } from '../plan/head-moves.ts'
import type { RevisionStep } from '../plan/plan.ts'
import type { OpenStep } from './journal/entries.ts'
import { resumedElsewhere } from './journal/interrupted.ts'
import type { Route, RouteStep, TierGraph } from './route.ts'

function strange({ revision, startedAt }: OpenStep): MigrateError<'REVISION_INTERRUPTED'> {
  const why = `it was begun at ${startedAt} and has not ended, and no file of this program has it`
  return new MigrateError('REVISION_INTERRUPTED', { revision, why }, `Revision ${revision} stands half-way: ${why}.`, {
    remedy: resumedElsewhere,
  })
}

function stepOf(each: TierGraph, { revision, direction, reverts }: OpenStep): RevisionStep {
  // What is recorded as applied never moved, and so does not move back.
  if (reverts === true) return { revision, direction, removed: [], added: [] }
  if (each.tier.kind === 'graph')
    return { revision, direction, ...followHeads(each.graph, each.applied)[direction](revision) }
  const moved = direction === 'up' ? { removed: [], added: [revision] } : { removed: [revision], added: [] }
  return { revision, direction, ...moved }
}

const revertsOf = ({ original }: OpenStep): Pick<RouteStep, 'reverts'> =>
  original === undefined ? {} : { reverts: original }

/** The way that finishes what stands half-way, each in the direction in which it was begun, and goes no further. */
export function planOpen(tiers: readonly TierGraph[], opened: readonly OpenStep[]): Route {
  const steps = opened.flatMap((open): RouteStep[] => {
    const each = tiers.find(({ tier }) => tier.name === open.tier)
    if (each === undefined) return []
    if (!each.graph.has(open.revision)) throw strange(open)
    return [{ tier: each, header: each.graph.get(open.revision), step: stepOf(each, open), ...revertsOf(open) }]
  })
  return { direction: opened[0]?.direction ?? 'up', target: 'open', steps, tiers, warnings: [] }
}
