import type { Plan } from '../compile/plan.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { withSession } from '../history/with-session.ts'
import type { Hold } from '../lock/hold.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { MigrationEvent } from '../options/events.ts'
import type { RunOptions, RunResult } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import {
  editedWarning,
  findEdited,
  findUnrecorded,
  readRecorded,
  refuseEdited,
  unrecordedWarning,
} from '../planning/edited-revisions.ts'
import {
  type DueRoute,
  type ExecutablePlan,
  makePlan,
  type PlanningOptions,
  planUnlessDeferred,
  revalidatePlan,
} from '../planning/plan-route.ts'
import type { Route } from '../planning/route.ts'
import { rulesOf } from '../planning/tier-rules.ts'
import { backUp } from './back-up.ts'
import type { ExecutionResult } from './executor.ts'
import { callHook } from './hooks/call-hook.ts'
import { observeRun } from './observe-run.ts'
import { type LockedWork, withLock } from './with-lock.ts'

export interface MoveOptions extends RunOptions, Pick<PlanningOptions, 'direction' | 'onlyInterrupted' | 'revert'> {
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
  resolved: ResolvedOptions,
  target: string | undefined,
  run: MoveOptions,
  expected?: Plan,
): Promise<RunResult> {
  return new Move(resolved, target, run, expected).result()
}

class Move {
  readonly #resolved: ResolvedOptions
  readonly #target: string | undefined
  readonly #run: MoveOptions
  readonly #expected: Plan | undefined
  readonly #observer: ReturnType<typeof observeRun>
  readonly #startedAt = performance.now()

  constructor(resolved: ResolvedOptions, target: string | undefined, run: MoveOptions, expected: Plan | undefined) {
    this.#resolved = resolved
    this.#target = target
    this.#run = run
    this.#expected = expected
    this.#observer = observeRun(resolved, run)
  }

  async result(): Promise<RunResult> {
    const { emit, warn, allWarnings, waiting, rethrow, throwIfStopped, waitUntilIdle } = this.#observer
    const [resolved, run] = [this.#resolved, this.#run]
    const first = await withSession(resolved, { purpose: 'inspect', ...waiting }, async (session, here) => {
      const unlessDue = this.#locksBefore(session, here)
      const options = { ...run, unlessInterrupted: true, ...(unlessDue === undefined ? {} : { unlessDue }) }
      const planned = await planUnlessDeferred(here, session, this.#target, options)
      if (planned?.state === 'planned') return this.#start(session, here, planned)
      // Whoever waits for the lock has to be told first.
      if (planned !== undefined && run.strict) await checkEdited(here, session, planned, run)
      return planned
    }).catch(rethrow)
    let moved: Moved = { planned: first?.state === 'planned' ? first : undefined, result: nothing }
    if (first?.state !== 'planned' || first.plan.steps.length > 0) {
      throwIfStopped()
      const work: LockedWork<Moved> = (session, here, hold, signal) =>
        this.#underLock({ session, here, hold, signal }, first)
      moved = await withLock(resolved, { ...waiting, warn }, work).catch(rethrow)
    }
    const { planned, result } = moved
    const ms = Math.round(performance.now() - this.#startedAt)
    const heads = planned?.plan.to ?? []
    emit({ type: 'finished', applied: result.applied, heads, ms })
    await waitUntilIdle()
    if (run.direction === 'up' && run.onlyInterrupted !== true && planned !== undefined) {
      await callAfterHeadIfReached(resolved, planned, result.applied.length > 0)
    }
    return { ...result, heads, warnings: allWarnings(), ms }
  }

  /**
   * Whether steps that are due are planned under the lock alone: of many runs that start at once all but one would plan what is done when
   * their turn comes. Undefined where they are planned before it: a row with a lease is written to be taken, and so is the file of a
   * database that does not exist yet.
   */
  #locksBefore(session: ServerSession, { names }: ResolvedOptions): PlanningOptions['unlessDue'] {
    const { direction, revert, onlyInterrupted } = this.#run
    const lock = session.leased === undefined ? session.runLock?.(names.history) : undefined
    const isPlain = direction === 'up' && revert !== true && onlyInterrupted !== true && this.#expected === undefined
    if (lock === undefined || !isPlain) return undefined
    return ({ empty, outdated }) => outdated.size === 0 && (lock.proof === 'exclusive' || !empty)
  }

  async #start(session: Session, here: ResolvedOptions, planned: ExecutablePlan): Promise<ExecutablePlan> {
    const { emit, warn, warnings } = this.#observer
    const { plan } = planned
    if (this.#expected !== undefined) refuseStale(this.#expected, plan)
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
      const planned = await planUnlessDeferred(here, session, this.#target, { ...run, unlessInterrupted: true })
      if (planned?.state === 'planned') {
        await this.#start(session, here, planned)
        reportSkipped(first.route, planned, this.#observer.emit)
        return { planned, result: await this.#execute(locked, planned) }
      }
    } else if (first !== undefined) {
      const planned = hold.exclusive ? await revalidatePlan(here, session, first, run) : first
      if (expected !== undefined && planned !== first) refuseStale(expected, planned.plan)
      if (planned !== first) reportSkipped(first.route, planned, this.#observer.emit)
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
    return { planned, result: both(finished, await this.#execute(locked, planned)) }
  }

  async #execute({ session, here, hold, signal }: Locked, planned: ExecutablePlan): Promise<ExecutionResult> {
    if (planned.steps.length === 0) return nothing
    const { execute } = await import('./executor.ts')
    const { emit } = this.#observer
    const { acceptDrift, backup } = this.#run
    reportResumed(planned, emit)
    if (backup !== undefined) await backUp(here, session, backup, signal)
    const executing = { emit, signal, ...(acceptDrift === undefined ? {} : { acceptDrift }) }
    return execute(here, session, planned, executing, hold)
  }
}

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
  { hooks, dialect }: ResolvedOptions,
  head: { readonly revision: readonly string[]; readonly migrated: boolean },
): Promise<void> {
  const { afterHead, limitMs } = hooks
  if (afterHead === undefined) return
  await callHook({ hook: 'afterHead', limitMs }, () => afterHead({ database: dialect.connection.database, ...head }))
}

/** Where the last tier is at its head now. Throws HOOK_FAILED. */
async function callAfterHeadIfReached(
  resolved: ResolvedOptions,
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

function both(first: ExecutionResult, second: ExecutionResult): ExecutionResult {
  return {
    applied: [...first.applied, ...second.applied],
    reports: [...first.reports, ...second.reports],
    losses: [...first.losses, ...second.losses],
    preserved: first.preserved + second.preserved,
  }
}

async function missingOf(
  { dialect }: ResolvedOptions,
  session: Session,
  recorded: ReturnType<typeof readRecorded>,
): Promise<readonly string[]> {
  const { missingColumns, missingWarning } = await import('./verify-columns.ts')
  const columns = recorded.then((present) => present.columns)
  return missingWarning(dialect.connection.database, await missingColumns(dialect, session, columns))
}

async function checkEdited(
  resolved: ResolvedOptions,
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

/** What was found of steps that a run before this one left in the middle. */
function reportResumed(planned: ExecutablePlan, emit: (event: MigrationEvent) => void): void {
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
function reportSkipped(before: Route, now: ExecutablePlan, emit: (event: MigrationEvent) => void): void {
  const due = new Set(now.plan.steps.map((step) => `${step.tier}\n${step.revision}`))
  for (const { tier: of, step } of before.steps) {
    const [tier, { revision, direction }] = [of.tier.name, step]
    if (due.has(`${tier}\n${revision}`)) continue
    const why = `another run ${direction === 'up' ? 'applied' : 'reverted'} it meanwhile`
    emit({ type: 'stepSkipped', tier, revision, direction, why })
  }
}

/** A plan is run only if planning again gives the same: same revisions, same statements, from the same heads. */
function refuseStale(expected: Plan, actual: Plan): void {
  const essence = (plan: Plan): string =>
    canonicalJson([
      plan.from,
      plan.steps.map((step) => [
        step.tier,
        step.revision,
        step.direction,
        step.operations.map((each) => each.statements),
      ]),
    ])
  if (essence(expected) === essence(actual)) return
  const headsText = (plan: Plan): readonly string[] => plan.from.flatMap((each) => each.heads)
  throw new MigrateError(
    'PLAN_STALE',
    { planned: headsText(expected), actual: headsText(actual) },
    'The database, or a revision file, has changed since the plan was made.',
  )
}
