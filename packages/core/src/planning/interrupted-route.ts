import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { followHeads } from '../graph/selection/head-moves.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { present } from '../model/edit.ts'
import { resumedElsewhere } from './journal/interrupted-revision.ts'
import type { Route, RouteStep, TierGraph } from './route.ts'

function unknownRevisionError({ revision, startedAt }: InterruptedStep): MigrateError<'REVISION_INTERRUPTED'> {
  const why = `it started at ${startedAt} and has not finished, and this program has no file of it`
  return new MigrateError('REVISION_INTERRUPTED', { revision, why }, `Revision ${revision} is interrupted: ${why}.`, {
    remedy: resumedElsewhere,
  })
}

function movedError(
  { tier, applied }: TierGraph,
  { revision, startedAt }: InterruptedStep,
  parents: readonly string[],
): MigrateError<'REVISION_MOVED'> {
  const was = applied.length === 0 ? 'as a base' : `with the database at ${applied.join(', ')}`
  return new MigrateError(
    'REVISION_MOVED',
    { tier: tier.name, revision, parents, recorded: applied },
    `Revision ${revision} (${tier.name}) stands on ${parents.join(', ')} now, which never ran here: its upgrade started at ${startedAt} ${was}, and it moved since.`,
    {
      remedy:
        'Name the former parents in its file again, and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`.',
    },
  )
}

/** Throws REVISION_MOVED, where the rest of an upgrade would run on what is not applied. */
function stepOf(each: TierGraph, interrupted: InterruptedStep): RevisionStep {
  const { revision, direction, reverts } = interrupted
  // What is recorded as applied never moved, and so does not move back.
  if (reverts === true) return { revision, direction, removed: [], added: [] }
  if (each.tier.kind === 'graph') {
    const heads = followHeads(each.graph, each.applied)
    const pending = each.graph.beforeOf(revision).filter((id) => !heads.isApplied(id))
    if (direction === 'up' && pending.length > 0) throw movedError(each, interrupted, pending)
    const step = { revision, direction, ...heads[direction](revision) }
    // A squash that came since is not recorded yet: the rows are those of its range.
    return each.squashed?.actualRows([step])[0] ?? step
  }
  const moved = direction === 'up' ? { removed: [], added: [revision] } : { removed: [revision], added: [] }
  return { revision, direction, ...moved }
}

/** The route that finishes interrupted revisions, each in the direction in which it was started, and no others. */
export function planInterrupted(tiers: readonly TierGraph[], interruptedSteps: readonly InterruptedStep[]): Route {
  const steps = interruptedSteps.flatMap((interrupted): RouteStep[] => {
    const each = tiers.find(({ tier }) => tier.name === interrupted.tier)
    if (each === undefined) return []
    if (!each.graph.has(interrupted.revision)) throw unknownRevisionError(interrupted)
    const header = each.graph.get(interrupted.revision)
    return [{ tier: each, header, step: stepOf(each, interrupted), ...present({ reverts: interrupted.original }) }]
  })
  return { direction: interruptedSteps[0]?.direction ?? 'up', target: 'open', steps, tiers, warnings: [] }
}
