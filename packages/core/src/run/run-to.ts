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
  unrecordedWarning,
} from '../planning/edited-revisions.ts'
import {
  type ExecutablePlan,
  makePlan,
  type PlanningOptions,
  planUnlessInterrupted,
  revalidatePlan,
} from '../planning/plan-route.ts'
import { backUp } from './back-up.ts'
import type { ExecutionResult } from './executor.ts'
import { callHook } from './hooks/call-hook.ts'
import { observeRun } from './observe-run.ts'
import type { ExecuteOptions } from './plan-execution.ts'
import { withLock } from './with-lock.ts'

export interface MoveOptions extends RunOptions, Pick<PlanningOptions, 'direction' | 'onlyInterrupted' | 'revert'> {
  /** Warns of tables and columns that the history recorded and the database does not have. */
  readonly verifyColumns?: boolean
}

const nothing: ExecutionResult = { applied: [], reports: [], losses: [], preserved: 0 }

/**
 * Moves the database to a target. It is inspected first, without the lock and without writing: most runs find nothing to do. Pending
 * steps are planned again under the lock. With `expected` it runs only if that is still the plan (PLAN_STALE).
 */
export async function runTo(
  resolved: ResolvedOptions,
  target: string | undefined,
  run: MoveOptions,
  expected?: Plan,
): Promise<RunResult> {
  const { dialect } = resolved
  const startedAt = performance.now()
  const observer = observeRun(resolved, run)
  const { emit, warn, warnings, waiting } = observer
  const start = async (session: Session, here: ResolvedOptions, planned: ExecutablePlan): Promise<ExecutablePlan> => {
    if (expected !== undefined) refuseStale(expected, planned.plan)
    warnings.push(...planned.plan.warnings, ...(await checkEdited(here, session, planned, run)))
    for (const message of warnings) emit({ type: 'warning', message })
    // On an empty database there are no rows to bring back.
    if (planned.plan.transaction !== 'run') {
      for (const { tier, revision, notes } of planned.plan.steps) {
        for (const note of notes) warn(`${tier}:${revision}: ${note}`)
      }
    }
    emit({
      type: 'started',
      database: dialect.connection.database,
      steps: planned.plan.steps.length,
      from: planned.plan.from,
    })
    return planned
  }
  const first = await withSession(resolved, { purpose: 'inspect', ...waiting }, async (session, here) => {
    const planned = await planUnlessInterrupted(here, session, target, { ...run, unlessInterrupted: true })
    return planned && start(session, here, planned)
  }).catch(observer.rethrow)
  let last = first
  let outcome = nothing
  if (last === undefined || last.plan.steps.length > 0) {
    observer.throwIfStopped()
    const { execute } = await import('./executor.ts')
    const work = async (
      session: ServerSession,
      here: ResolvedOptions,
      hold: Hold,
      signal: AbortSignal,
    ): Promise<ExecutionResult> => {
      const { acceptDrift } = run
      const executing: ExecuteOptions = { emit, signal, ...(acceptDrift === undefined ? {} : { acceptDrift }) }
      const runPlanned = async (planned: ExecutablePlan): Promise<ExecutionResult> => {
        if (planned.steps.length === 0) return nothing
        reportResumed(planned, emit)
        if (run.backup !== undefined) await backUp(here, session, run.backup, signal)
        return execute(here, session, planned, executing, hold)
      }
      if (first !== undefined) {
        const revalidated = hold.exclusive ? await revalidatePlan(here, session, first, run) : first
        if (expected !== undefined && revalidated !== first) refuseStale(expected, revalidated.plan)
        reportSkipped(first, revalidated, emit)
        last = revalidated
        return runPlanned(revalidated)
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
      const finished = finishes ? await runPlanned(interrupted) : nothing
      const planned = await start(session, here, await makePlan(here, session, target, run))
      last = planned
      return both(finished, await runPlanned(planned))
    }
    outcome = await withLock(resolved, { ...waiting, warn }, work).catch(observer.rethrow)
  }
  const ms = Math.round(performance.now() - startedAt)
  const heads = last?.plan.to ?? []
  emit({ type: 'finished', applied: outcome.applied, heads, ms })
  await observer.waitUntilIdle()
  if (run.direction === 'up' && run.onlyInterrupted !== true && last !== undefined) {
    await callAfterHeadIfReached(resolved, last, outcome.applied.length > 0)
  }
  return { ...outcome, heads, warnings: [...warnings, ...observer.complaints], ms }
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
  const heads = tier.tier.kind === 'graph' ? tier.graph.heads : tier.names.slice(-1)
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
  planned: ExecutablePlan,
  options: MoveOptions,
): Promise<readonly string[]> {
  const recorded = readRecorded(resolved, session, planned.inspection)
  const missing = options.verifyColumns === true ? missingOf(resolved, session, recorded) : []
  const [{ hashes }, missed] = await Promise.all([recorded, missing])
  const unrecorded = findUnrecorded(planned.route.tiers, hashes)
  const warnings = [...unrecordedWarning(resolved.names.history, unrecorded), ...missed]
  const edited = await findEdited(resolved, planned.route.tiers, hashes)
  if (edited.length === 0) return warnings
  if (!options.strict) return [...editedWarning(edited), ...warnings]
  throw new MigrateError(
    'EDITED_REVISION',
    { revisions: edited.map((each) => each.revision) },
    editedWarning(edited).join('\n'),
  )
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
function reportSkipped(before: ExecutablePlan, now: ExecutablePlan, emit: (event: MigrationEvent) => void): void {
  if (before === now) return
  const due = new Set(now.plan.steps.map((step) => `${step.tier}\n${step.revision}`))
  for (const { tier, revision, direction } of before.plan.steps) {
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
