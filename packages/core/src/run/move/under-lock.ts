import type { ServerSession } from '../../dialect/dialect.ts'
import { readingAhead } from '../../history/read-ahead.ts'
import type { Hold } from '../../lock/hold.ts'
import { loadParts, type ResolvedOptions } from '../../options/resolve-options.ts'
import { type ExecutablePlan, makePlan, planUnlessDeferred, revalidatePlan } from '../../planning/plan-route.ts'
import type { Route } from '../../planning/route.ts'
import type { ExecutionResult } from '../executor.ts'
import { holdingLock, type RunWaiting, withLock, withRunSession } from '../with-lock.ts'
import {
  both,
  checkEdited,
  type FirstPlan,
  isDone,
  type Move,
  type Moved,
  nothing,
  refuseOther,
  startPlan,
} from './start-plan.ts'

/** What a run has while it holds the lock. */
interface Locked {
  readonly session: ServerSession
  readonly here: ResolvedOptions
  readonly hold: Hold
  readonly signal: AbortSignal
}

/** Takes the lock on a session of its own, and moves the database. */
export function moveWithLock(move: Move, first: FirstPlan): Promise<Moved> {
  return withLock(move.resolved, waitingOf(move, first), (session, here, hold, signal) =>
    new LockedMove(move, { session, here, hold, signal }).moved(first),
  )
}

/** Where databases in the same state had steps that were due: one session inspects, and takes the lock where it has to. */
export function moveOnOneSession(
  move: Move,
  inspect: (session: ServerSession, here: Move['resolved']) => Promise<FirstPlan>,
): Promise<Moved> {
  return withRunSession(move.resolved, move.observer.waiting, async (own, unloaded, loss) => {
    const first = await inspect(own, unloaded)
    if (isDone(first)) return { planned: first, result: nothing }
    const waiting = waitingOf(move, first)
    return holdingLock(own, await loadParts(unloaded), loss, waiting, (session, here, hold, signal) =>
      new LockedMove(move, { session, here, hold, signal }).moved(first),
    )
  })
}

/** Throws where the run was stopped meanwhile. */
function waitingOf({ observer }: Move, first: FirstPlan): RunWaiting {
  const { throwIfStopped, waiting, warn } = observer
  throwIfStopped()
  // What is due was read of tables in the current format.
  return { ...waiting, warn, updatesFormat: first?.state === 'due' }
}

/** A move while the lock is held. */
class LockedMove {
  readonly #move: Move
  readonly #locked: Locked
  #isBackedUp = false

  constructor(move: Move, locked: Locked) {
    this.#move = move
    this.#locked = locked
  }

  async moved(first: FirstPlan): Promise<Moved> {
    const { session, here, hold } = this.#locked
    const { run, expected, target } = this.#move
    if (first?.state === 'due') {
      const reading = readingAhead(session, true)
      const planned = await planUnlessDeferred(here, reading, target, { ...run, unlessInterrupted: true })
      if (planned?.state === 'planned' && planned.inspection.isCurrent) {
        await startPlan(this.#move, reading, here, planned)
        this.#reportSkipped(first, planned)
        // The row of the lock was read together with the rest.
        const [next] = planned.steps
        if (next !== undefined && run.backup === undefined) await hold.fence(next.route.step.revision, reading)
        return { planned, result: await this.#execute(planned) }
      }
      await (await import('../update-format.ts')).updateFormat(here, session)
    } else if (first !== undefined) {
      const planned = hold.exclusive ? await revalidatePlan(here, session, first, run) : first
      if (planned !== first) await refuseOther(this.#move, planned.plan)
      if (planned !== first) this.#reportSkipped(first, planned)
      return { planned, result: await this.#execute(planned) }
    }
    if (run.onlyInterrupted !== true && run.direction !== undefined) {
      const { dropUntouched } = await import('../journal/drop-untouched.ts')
      await dropUntouched(here, session, hold, run.direction)
    }
    if (run.revert === true) {
      const { recoverForRevert } = await import('../journal/recover-for-revert.ts')
      await recoverForRevert(here, session, hold, run.assume)
    }
    const interrupted = await makePlan(here, session, 'open', { ...run, onlyInterrupted: true })
    // Half of a downgrade is nothing to go up from. But a run of a given plan executes that plan only.
    const isRevert = interrupted.steps.some(({ route }) => route.reverts !== undefined)
    const comesFirst = isRevert || (run.direction === 'up' && interrupted.plan.direction === 'down')
    const finishes = expected === undefined && run.onlyInterrupted !== true && comesFirst
    // The plan behind it is compared with the history only when this has run.
    if (finishes) await checkEdited(here, session, interrupted, run)
    const finished = finishes ? await this.#execute(interrupted) : nothing
    const planned = await startPlan(this.#move, session, here, await makePlan(here, session, target, run))
    const result = await this.#execute(planned)
    return { planned, result: both(finished, result) }
  }

  /** What another run did while this one waited for the lock. */
  #reportSkipped({ route }: { readonly route: Route }, now: ExecutablePlan): void {
    const due = new Set(now.plan.steps.map((step) => `${step.tier}\n${step.revision}`))
    for (const { tier: of, step } of route.steps) {
      const [tier, { revision, direction }] = [of.tier.name, step]
      if (due.has(`${tier}\n${revision}`)) continue
      const why = `another run ${direction === 'up' ? 'applied' : 'reverted'} it meanwhile`
      this.#move.observer.emit({ type: 'stepSkipped', tier, revision, direction, why })
    }
  }

  /** What was found of steps that a run before this one left in the middle. */
  #reportResumed({ steps }: ExecutablePlan): void {
    for (const { resumed, route } of steps) {
      if (resumed === undefined) continue
      const { revision, direction } = route.step
      const { startedAt, operations, recovered: inspected } = resumed
      const tier = route.tier.tier.name
      const found = { tier, revision, direction, startedAt, operations, inspected }
      this.#move.observer.emit({ type: 'stepResumed', ...found })
    }
  }

  async #execute(planned: ExecutablePlan): Promise<ExecutionResult> {
    if (planned.steps.length === 0) return nothing
    const { execute } = await import('../executor.ts')
    const { session, here, hold, signal } = this.#locked
    const { emit } = this.#move.observer
    const { acceptDrift, backup } = this.#move.run
    this.#reportResumed(planned)
    // A run that first finishes what was interrupted executes two plans.
    if (backup !== undefined && !this.#isBackedUp) {
      const written = await (await import('../backup/back-up.ts')).backUp(here, session, backup, signal)
      emit({ type: 'backupWritten', database: here.dialect.connection.database, ...written })
    }
    this.#isBackedUp = true
    const executing = { emit, signal, ...(acceptDrift === undefined ? {} : { acceptDrift }) }
    const { run } = planned.route
    return execute(run === undefined ? here : { ...here, run }, session, planned, executing, hold)
  }
}
