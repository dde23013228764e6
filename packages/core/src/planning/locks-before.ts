import type { ServerSession } from '../dialect/dialect.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import type { PlanningOptions } from './plan-route.ts'

/**
 * Whether steps that are due are planned under the lock alone: of many runs that start at once, all but one would plan what is done when
 * their turn comes. Undefined where they are planned before it: a row with a lease is written to be taken, and so is the file of a
 * database that does not exist yet.
 */
export function locksBefore(
  session: ServerSession,
  { names }: UnloadedOptions,
  { direction, revert, onlyInterrupted }: PlanningOptions,
): PlanningOptions['unlessDue'] {
  const lock = session.leased === undefined ? session.runLock?.(names.history) : undefined
  if (lock === undefined || direction !== 'up' || revert || onlyInterrupted) return undefined
  return ({ empty, isCurrent }) => isCurrent && (lock.proof === 'exclusive' || !empty)
}
