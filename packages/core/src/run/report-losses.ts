import type { CompiledGroup } from '../compile/compile.ts'
import type { PlannedLoss } from '../compile/plan.ts'
import { countDestroyed, lossOf } from '../data-steps/preserved/count-destroyed.ts'
import { type Destruction, destructionsOf } from '../data-steps/preserved/destruction.ts'
import { followNames } from '../data-steps/preserved/drops.ts'
import { describedSession } from '../history/described-session.ts'
import type { StepLoss } from '../options/events.ts'
import { addLoss, locateInLive, operationsAround } from '../planning/losses/forecast-losses.ts'
import type { RunContext } from './run-context.ts'

type StepIdentity = Pick<StepLoss, 'tier' | 'revision' | 'direction'>

/** Tells what is lost, where something is. */
export function reportLoss(context: RunContext, named: StepIdentity, loss: PlannedLoss): void {
  if (loss.rows === 0) return
  const lost: StepLoss = { ...named, ...loss }
  context.losses.push(lost)
  context.emit({ type: 'loss', ...lost })
}

/**
 * Counts what a group is about to take away, right before it does: data steps have run by then. In the transaction of the group, where
 * it has one.
 */
export async function reportLosses(
  context: RunContext,
  named: StepIdentity,
  group: CompiledGroup,
  counts: (destruction: Destruction) => boolean,
  inTransaction: boolean,
): Promise<void> {
  const { dialect } = context
  const losses = new Map<string, PlannedLoss>()
  const session = describedSession(dialect, context.session, 'counting what is lost')
  // The operations of a group are compiled as one: the names of later ones are not there yet.
  const names = followNames()
  for (const { operation, before } of operationsAround(dialect, [group])) {
    for (const destruction of destructionsOf(dialect, before, operation)) {
      const location = counts(destruction) ? locateInLive(group.before, names, destruction) : undefined
      if (location === undefined) continue
      addLoss(
        losses,
        destruction,
        lossOf(destruction, await countDestroyed(dialect, session, location, destruction, inTransaction)),
      )
    }
    names.follow(operation)
  }
  for (const loss of losses.values())
    reportLoss(context, named, context.lost.has(loss.object) ? { ...loss, preserved: false } : loss)
}
