import type { Plan } from '../compile/plan.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { readingAhead } from '../history/read-ahead.ts'
import { withUnloadedSession } from '../history/with-session.ts'
import type { Hold } from '../lock/hold.ts'
import type { RunOptions, RunResult } from '../options/migrator-options.ts'
import { loadParts, type ResolvedOptions, type UnloadedOptions } from '../options/resolve-options.ts'
import {
  editedWarning,
  findEdited,
  findUnrecorded,
  readRecorded,
  refuseEdited,
  unrecordedWarning,
} from '../planning/edited-revisions.ts'
import { locksBefore } from '../planning/locks-before.ts'
import {
  type DueRoute,
  type ExecutablePlan,
  makePlan,
  type PlanningOptions,
  planUnlessDeferred,
  revalidatePlan,
} from '../planning/plan-route.ts'
import { rulesOf } from '../planning/tier-rules.ts'
import type { ExecutionResult } from './executor.ts'
import { callHook } from './hooks/call-hook.ts'
import { observeRun } from './observe-run.ts'
import { holdingLock, type RunWaiting, withLock, withRunSession } from './with-lock.ts'

export interface MoveOptions
  extends RunOptions,
    Pick<PlanningOptions, 'direction' | 'onlyInterrupted' | 'revert' | 'sharing'> {
  /** Warns of tables and columns that the history recorded and the database does not have. */
  readonly verifyColumns?: boolean
}

const nothing: ExecutionResult = { applied: [], reports: [], losses: [], preserved: 0 }

/**
 * Moves the database to a target. It is inspected first, without the lock and without writing: most runs find nothing to do. Pending
 * steps are planned under the lock, and before it too where taking it would leave something of a run that is refused. With `expected`
 * it runs only if that is still the plan (PLAN_STALE).
 */
export function runTo(
  resolved: UnloadedOptions,
  target: string | undefined,
  run: MoveOptions,
  expected?: Plan,
): Promise<RunResult> {
  return new Move(resolved, target, run, expected).result()
}

class Move {
  readonly #resolved: UnloadedOptions
  readonly #target: string | undefined
  readonly #run: MoveOptions
  readonly #expected: Plan | undefined
  readonly #observer: ReturnType<typeof observeRun>
  // Node loads what is behind `performance` on its first use, which most runs, with nothing to do, can go without.
  readonly #startedAt = Date.now()
  #isBackedUp = false

  constructor(resolved: UnloadedOptions, target: string | undefined, run: MoveOptions, expected: Plan | undefined) {
    this.#resolved = resolved
    this.#target = target
    this.#run = run
    this.#expected = expected
    this.#observer = observeRun(resolved, run)
  }

  async result(): Promise<RunResult> {
    const { emit, allWarnings, rethrow, waitUntilIdle } = this.#observer
    const [resolved, run] = [this.#resolved, this.#run]
    const { planned, result } = await this.#move().catch(rethrow)
    // The clock may have been set back.
    const ms = Math.max(0, Date.now() - this.#startedAt)
    const heads = planned?.plan.to ?? []
    emit({ type: 'finished', applied: result.applied, heads, ms })
    await waitUntilIdle()
    if (run.direction === 'up' && run.onlyInterrupted !== true && planned !== undefined) {
      await callAfterHeadIfReached(resolved, planned, result.applied.length > 0)
    }
    return { ...result, heads, warnings: allWarnings(), ms }
  }

  async #move(): Promise<Moved> {
    const { waiting } = this.#observer
    const [resolved, sharing] = [this.#resolved, this.#run.sharing]
    if (sharing?.isDue === true) {
      try {
        return await this.#moveOnOneSession()
      } catch (error) {
        // It may be that nothing is due there.
        if (!isMigrateError(error, 'DATABASE_READ_ONLY')) throw error
      }
    }
    const first = await withUnloadedSession(resolved, { purpose: 'inspect', ...waiting }, (session, here) =>
      this.#inspect(session, here),
    )
    if (isDone(first)) return { planned: first, result: nothing }
    return withLock(resolved, this.#lockOptions(first), (session, here, hold, signal) =>
      this.#underLock({ session, here, hold, signal }, first),
    )
  }

  /** Where databases in the same state had steps that were due, one session is opened, that may take the lock. */
  async #moveOnOneSession(): Promise<Moved> {
    const { waiting } = this.#observer
    return withRunSession(this.#resolved, waiting, async (own, unloaded, loss) => {
      const first = await this.#inspect(own, unloaded)
      if (isDone(first)) return { planned: first, result: nothing }
      const options = this.#lockOptions(first)
      return holdingLock(own, await loadParts(unloaded), loss, options, (session, here, hold, signal) =>
        this.#underLock({ session, here, hold, signal }, first),
      )
    })
  }

  async #inspect(own: ServerSession, here: UnloadedOptions): Promise<ExecutablePlan | DueRoute | undefined> {
    const run = this.#run
    const session = readingAhead(own)
    const unlessDue = this.#expected === undefined ? locksBefore(session, here, run) : undefined
    const options = { ...run, unlessInterrupted: true, ...(unlessDue === undefined ? {} : { unlessDue }) }
    const planned = await planUnlessDeferred(here, session, this.#target, options)
    if (planned?.state === 'planned') return this.#start(session, here, planned)
    // A run that waits for the lock would report it too late.
    if (planned !== undefined && run.strict) await checkEdited(here, session, planned, run)
    return planned
  }

  /** Throws where the run was stopped meanwhile. */
  #lockOptions(first: ExecutablePlan | DueRoute | undefined): RunWaiting {
    const { throwIfStopped, waiting, warn } = this.#observer
    throwIfStopped()
    // What is due was read of tables in the current format.
    return { ...waiting, warn, updatesFormat: first?.state === 'due' }
  }

  async #start(session: Session, here: UnloadedOptions, planned: ExecutablePlan): Promise<ExecutablePlan> {
    const { emit, warn, warnings } = this.#observer
    const { plan } = planned
    await this.#refuseStale(plan)
    warnings.push(...plan.warnings, ...(await checkEdited(here, session, planned, this.#run)))
    for (const message of warnings) emit({ type: 'warning', message })
    // On an empty database there are no rows to bring back.
    if (plan.transaction !== 'run') {
      for (const { tier, revision, notes } of plan.steps) {
        for (const note of notes) warn(`${tier}:${revision}: ${note}`)
      }
    }
    emit({
      type: 'started',
      database: this.#resolved.dialect.connection.database,
      steps: plan.steps.length,
      from: plan.from,
    })
    return planned
  }

  async #underLock(locked: Locked, first: ExecutablePlan | DueRoute | undefined): Promise<Moved> {
    const { session, here, hold } = locked
    const [run, expected] = [this.#run, this.#expected]
    if (first?.state === 'due') {
      const reading = readingAhead(session)
      const planned = await planUnlessDeferred(here, reading, this.#target, { ...run, unlessInterrupted: true })
      if (planned?.state === 'planned' && planned.inspection.isCurrent) {
        await this.#start(reading, here, planned)
        await this.#reportSkipped(first, planned)
        return { planned, result: await this.#execute(locked, planned) }
      }
      await (await import('./update-format.ts')).updateFormat(here, session)
    } else if (first !== undefined) {
      const planned = hold.exclusive ? await revalidatePlan(here, session, first, run) : first
      if (planned !== first) await this.#refuseStale(planned.plan)
      if (planned !== first) await this.#reportSkipped(first, planned)
      return { planned, result: await this.#execute(locked, planned) }
    }
    if (run.onlyInterrupted !== true && run.direction !== undefined) {
      const { dropUntouched } = await import('./journal/drop-untouched.ts')
      await dropUntouched(here, session, hold, run.direction)
    }
    if (run.revert === true) {
      const { recoverForRevert } = await import('./journal/recover-for-revert.ts')
      await recoverForRevert(here, session, hold, run.assume)
    }
    const interrupted = await makePlan(here, session, 'open', { ...run, onlyInterrupted: true })
    // Half of a downgrade is nothing to go up from. But a run of a given plan executes that plan only.
    const isRevert = interrupted.steps.some(({ route }) => route.reverts !== undefined)
    const comesFirst = isRevert || (run.direction === 'up' && interrupted.plan.direction === 'down')
    const finishes = expected === undefined && run.onlyInterrupted !== true && comesFirst
    const finished = finishes ? await this.#execute(locked, interrupted) : nothing
    const planned = await this.#start(session, here, await makePlan(here, session, this.#target, run))
    const result = await this.#execute(locked, planned)
    const { both } = await import('./executor.ts')
    return { planned, result: both(finished, result) }
  }

  async #refuseStale(plan: Plan): Promise<void> {
    if (this.#expected === undefined) return
    const { refuseStale } = await import('../planning/refuse-stale.ts')
    refuseStale(this.#expected, plan)
  }

  async #reportSkipped({ route }: DueRoute | ExecutablePlan, planned: ExecutablePlan): Promise<void> {
    const { reportSkipped } = await import('./journal/report-steps.ts')
    reportSkipped(route, planned, this.#observer.emit)
  }

  async #execute({ session, here, hold, signal }: Locked, planned: ExecutablePlan): Promise<ExecutionResult> {
    if (planned.steps.length === 0) return nothing
    const [{ execute }, { reportResumed }] = await Promise.all([
      import('./executor.ts'),
      import('./journal/report-steps.ts'),
    ])
    const { emit } = this.#observer
    const { acceptDrift, backup } = this.#run
    reportResumed(planned, emit)
    // A run that first finishes what was interrupted executes two plans.
    if (backup !== undefined && !this.#isBackedUp) {
      const written = await (await import('./backup/back-up.ts')).backUp(here, session, backup, signal)
      emit({ type: 'backupWritten', database: here.dialect.connection.database, ...written })
    }
    this.#isBackedUp = true
    const executing = { emit, signal, ...(acceptDrift === undefined ? {} : { acceptDrift }) }
    const { run } = planned.route
    return execute(run === undefined ? here : { ...here, run }, session, planned, executing, hold)
  }
}

/** Nothing is to be run. */
const isDone = (first: ExecutablePlan | DueRoute | undefined): first is ExecutablePlan =>
  first?.state === 'planned' && first.plan.steps.length === 0

interface Moved {
  /** The last plan that was made. */
  readonly planned: ExecutablePlan | undefined
  readonly result: ExecutionResult
}

/** What a run has while it holds the lock. */
interface Locked {
  readonly session: ServerSession
  readonly here: ResolvedOptions
  readonly hold: Hold
  readonly signal: AbortSignal
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

async function missingOf(
  { dialect }: UnloadedOptions,
  session: Session,
  recorded: ReturnType<typeof readRecorded>,
): Promise<readonly string[]> {
  const { missingColumns, missingWarning } = await import('./verify-columns.ts')
  const columns = recorded.then((present) => present.columns)
  return missingWarning(dialect.connection.database, await missingColumns(dialect, session, columns))
}

async function checkEdited(
  resolved: UnloadedOptions,
  session: Session,
  planned: Pick<ExecutablePlan, 'inspection' | 'route'>,
  options: MoveOptions,
): Promise<readonly string[]> {
  const recorded = readRecorded(resolved, session, planned.inspection)
  const missing = options.verifyColumns === true ? missingOf(resolved, session, recorded) : []
  const [{ hashes }, missed] = await Promise.all([recorded, missing])
  const unrecorded = findUnrecorded(planned.route.tiers, hashes)
  const warnings = [...unrecordedWarning(resolved.names.history, unrecorded), ...missed]
  const edited = await findEdited(resolved, planned.route.tiers, hashes)
  if (options.strict) refuseEdited(edited)
  return [...editedWarning(edited), ...warnings]
}
