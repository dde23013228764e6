import type { ForecastStep } from '../compile/compile-step.ts'
import type { PlannedLoss } from '../compile/plan.ts'
import { pendingLoss } from '../data-steps/preserved/count-destroyed.ts'
import { destructionsOf } from '../data-steps/preserved/destruction.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { opaqueNotes } from '../planning/losses/downgrade-notes.ts'
import { addLoss, operationsAround } from '../planning/losses/forecast-losses.ts'
import type { ExecutableStep } from '../planning/prepare.ts'

/** What a step takes away; of how many rows is not known without a database. */
export function uncountedLosses(dialect: Dialect, { groups }: ForecastStep): readonly PlannedLoss[] {
  const losses = new Map<string, PlannedLoss>()
  for (const { operation, before } of operationsAround(groups))
    for (const destruction of destructionsOf(dialect, before, operation))
      addLoss(losses, destruction, pendingLoss(dialect, destruction))
  return [...losses.values()]
}

const verbs: { readonly [H in PlannedLoss['how']]: string } = {
  dropped: 'dropped',
  converted: 'changed by the conversion',
  deleted: 'deleted',
}

/** A line for each loss of a step, as its plan names them. What a downgrade drops has a precondition or a line of its own. */
export function lossComments(
  dialect: Dialect,
  { operations, route }: ExecutableStep,
  compiled: ForecastStep,
): readonly string[] {
  const losses = uncountedLosses(dialect, compiled).filter(
    ({ how }) => route.step.direction === 'up' || how !== 'dropped',
  )
  return [
    ...losses.map(({ object, how, why }) => {
      const what = object.startsWith('table ') ? 'rows' : 'values'
      return `${object}: ${what} ${verbs[how]}, not preserved${why === undefined ? '' : ` (${why})`}`
    }),
    ...opaqueNotes(dialect, operations),
  ]
}
