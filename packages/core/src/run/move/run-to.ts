import type { Plan } from '../../compile/plan.ts'
import type { ServerSession } from '../../dialect/dialect.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { readingAhead } from '../../history/read-ahead.ts'
import { withUnloadedSession } from '../../history/with-session.ts'
import type { RunResult } from '../../options/migrator-options.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'
import { type ExecutablePlan, type PlanningOptions, planUnlessDeferred } from '../../planning/plan-route.ts'
import { rulesOf } from '../../planning/tier-rules.ts'
import { callHook } from '../hooks/call-hook.ts'
import { observeRun } from '../observe-run.ts'
import {
  checkEdited,
  type FirstPlan,
  isDone,
  type Move,
  type Moved,
  type MoveOptions,
  nothing,
  startPlan,
} from './start-plan.ts'

/**
 * Moves the database to a target. It is inspected first, without the lock and without writing: most runs find nothing to do. Pending
 * steps are planned under the lock, and before it too where taking it would leave something of a run that is refused. With `expected`
 * it runs only if that is still the plan (PLAN_STALE).
 */
export async function runTo(
  resolved: UnloadedOptions,
  target: string | undefined,
  run: MoveOptions,
  expected?: Plan,
): Promise<RunResult> {
  // Node loads what is behind `performance` on its first use, which most runs, with nothing to do, can go without.
  const startedAt = Date.now()
  const observer = observeRun(resolved, run)
  const { emit, allWarnings, rethrow, waitUntilIdle } = observer
  const move = { resolved, target, run: { ...run, runsNext: true }, expected, observer }
  const { planned, result } = await moveTo(move).catch(rethrow)
  // The clock may have been set back.
  const ms = Math.max(0, Date.now() - startedAt)
  const heads = planned?.plan.to ?? []
  emit({ type: 'finished', applied: result.applied, heads, ms })
  await waitUntilIdle()
  if (run.direction === 'up' && run.onlyInterrupted !== true && planned !== undefined) {
    await callAfterHeadIfReached(resolved, planned, result.applied.length > 0)
  }
  return { ...result, heads, warnings: allWarnings(), ms }
}

async function moveTo(move: Move): Promise<Moved> {
  const inspect = (session: ServerSession, here: UnloadedOptions): Promise<FirstPlan> =>
    inspectFirst(move, session, here)
  if (move.run.sharing?.isDue === true) {
    const { moveOnOneSession } = await import('./under-lock.ts')
    try {
      return await moveOnOneSession(move, inspect)
    } catch (error) {
      // It may be that nothing is due there.
      if (!isMigrateError(error, 'DATABASE_READ_ONLY')) throw error
    }
  }
  const { waiting } = move.observer
  const first = await withUnloadedSession(move.resolved, { purpose: 'inspect', ...waiting }, inspect)
  if (isDone(first)) return { planned: first, result: nothing }
  const { moveWithLock } = await import('./under-lock.ts')
  return moveWithLock(move, first)
}

/**
 * Whether steps that are due are planned under the lock alone: of many runs that start at once, all but one would plan what is done when
 * their turn comes. Undefined where they are planned before it: a row with a lease is written to be taken, and so is the file of a
 * database that does not exist yet.
 */
function locksBefore(
  session: ServerSession,
  { names }: UnloadedOptions,
  { direction, revert, onlyInterrupted }: MoveOptions,
): PlanningOptions['unlessDue'] {
  const lock = session.leased === undefined ? session.runLock?.(names.history) : undefined
  if (lock === undefined || direction !== 'up' || revert || onlyInterrupted) return undefined
  return ({ empty, isCurrent }) => isCurrent && (lock.proof === 'exclusive' || !empty)
}

/** What is to be done, read without the lock. */
async function inspectFirst(move: Move, own: ServerSession, here: UnloadedOptions): Promise<FirstPlan> {
  const { run, target, expected } = move
  const session = readingAhead(own)
  const unlessDue = expected === undefined ? locksBefore(session, here, run) : undefined
  const options = { ...run, unlessInterrupted: true, ...(unlessDue === undefined ? {} : { unlessDue }) }
  const planned = await planUnlessDeferred(here, session, target, options)
  if (planned?.state === 'planned') return startPlan(move, session, here, planned)
  // A run that waits for the lock would report it too late.
  if (planned !== undefined && run.strict) await checkEdited(here, session, planned, run)
  return planned
}

/** Calls the hook of a database that stands at the head. Throws HOOK_FAILED. */
export async function callAfterHeadHook(
  { hooks, dialect }: UnloadedOptions,
  head: { readonly revision: readonly string[]; readonly migrated: boolean },
): Promise<void> {
  const { afterHead, limitMs } = hooks
  if (afterHead === undefined) return
  await callHook({ hook: 'afterHead', limitMs }, () => afterHead({ database: dialect.connection.database, ...head }))
}

/** Where the last tier is at its head now. Throws HOOK_FAILED. */
async function callAfterHeadIfReached(
  resolved: UnloadedOptions,
  { plan, route }: ExecutablePlan,
  migrated: boolean,
): Promise<void> {
  const name = resolved.tiers.at(-1)?.name
  const tier = route.tiers.find((each) => each.tier.name === name)
  const revision = plan.to.find((each) => each.tier === name)?.heads ?? []
  if (resolved.hooks.afterHead === undefined || tier === undefined || plan.tier !== name) return
  const heads = rulesOf(tier).heads(tier)
  if (heads.length !== revision.length || !heads.every((head) => revision.includes(head))) return
  await callAfterHeadHook(resolved, { revision, migrated })
}
