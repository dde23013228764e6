import type { MigrationEvent } from '../../options/events.ts'
import type { ExecutablePlan } from '../../planning/plan-route.ts'
import type { Route } from '../../planning/route.ts'

/** What was found of steps that a run before this one left in the middle. */
export function reportResumed(planned: ExecutablePlan, emit: (event: MigrationEvent) => void): void {
  for (const { resumed, route } of planned.steps) {
    if (resumed === undefined) continue
    const { revision, direction } = route.step
    const { startedAt, operations, recovered: actual } = resumed
    emit({
      type: 'stepResumed',
      tier: route.tier.tier.name,
      revision,
      direction,
      startedAt,
      operations,
      inspected: actual,
    })
  }
}

/** What another run did while this one waited for the lock. */
export function reportSkipped(before: Route, now: ExecutablePlan, emit: (event: MigrationEvent) => void): void {
  const due = new Set(now.plan.steps.map((step) => `${step.tier}\n${step.revision}`))
  for (const { tier: of, step } of before.steps) {
    const [tier, { revision, direction }] = [of.tier.name, step]
    if (due.has(`${tier}\n${revision}`)) continue
    const why = `another run ${direction === 'up' ? 'applied' : 'reverted'} it meanwhile`
    emit({ type: 'stepSkipped', tier, revision, direction, why })
  }
}
