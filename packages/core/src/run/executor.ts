import { forecastStep } from '../compile/compile-step.ts'
import { createPreservedStore } from '../data-steps/preserved/store.ts'
import type { Session, TransactionScope } from '../dialect/session.ts'
import { type ErrorOutcome, isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { Hold } from '../lock/hold.ts'
import { isSentAsItIs } from '../operations/operation.ts'
import type { StepLoss, StepReport } from '../options/events.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { applyStep } from './apply-step.ts'
import {
  begin,
  type ExecuteOptions,
  type PlanExecution,
  reportLostLock,
  rollBack,
  stepIdentity,
} from './plan-execution.ts'
import { retryLocked } from './retry-locked.ts'
import { applyStepToRows, type DatabaseState, revalidateStep, stale } from './revalidate-step.ts'
import { ensureAll, runInParts } from './run-in-parts.ts'
import { isNonTransactionalStep, runNonTransactionalStep } from './run-non-transactional.ts'

export interface ExecutionResult {
  readonly applied: readonly string[]
  readonly reports: readonly StepReport[]
  readonly losses: readonly StepLoss[]
  readonly preserved: number
}

/** Tables are others than planned, and what compiled to a change in place may be a rebuild now. */
function needsForeignKeysOff(execution: PlanExecution, executableStep: ExecutableStep): boolean {
  return (
    forecastStep(execution.resolved.dialect, execution.state.model, executableStep.operations).foreignKeys === 'off'
  )
}

/**
 * Runs a plan on one session. Each step with its data functions and its history row is one transaction (or all of them one,
 * where the plan says so); whatever throws, and an abort, leaves the database at a step's boundary.
 */
export async function execute(
  resolved: ResolvedOptions,
  session: Session,
  planned: ExecutablePlan,
  options: ExecuteOptions,
  hold: Hold,
): Promise<ExecutionResult> {
  const { plan, steps } = planned
  const fence = await hold.fence(steps[0]?.route.step.revision)
  const state: DatabaseState = {
    model: planned.live,
    token: planned.token,
    present: new Set(planned.inspection.present),
    isInterrupted: false,
    rows: new Map([...planned.inspection.applied].map(([tier, rows]) => [tier, new Set(rows)])),
  }
  const preserving = describedSession(resolved.dialect, session, 'preserving old values')
  if (resolved.limits.lockMs !== undefined || resolved.limits.statementMs !== undefined)
    await session.limit?.(resolved.limits)
  if (resolved.dialect.capabilities.transactionalDdl === 'implicitCommit')
    await ensureAll(resolved, preserving, state, steps)
  const preserved = createPreservedStore(
    resolved.dialect,
    preserving,
    resolved.names,
    state.present.has(resolved.names.preserved),
  )
  const acceptDrift = options.acceptDrift === true
  const execution: PlanExecution = {
    resolved,
    session,
    planned,
    options,
    state,
    preserved,
    acceptDrift,
    losses: [],
    fence,
    locked: hold.exclusive,
  }
  const whole = plan.transaction === 'run'
  const applied: string[] = []
  const pending: string[] = []
  const reports: StepReport[] = []
  // Any of a step that stands on opaque SQL may become a rebuild.
  const anyOff = plan.steps.some(
    (step, at) =>
      step.foreignKeys === 'off' ||
      (planned.uncertain[at] === true && step.operations.some((each) => !isSentAsItIs(each.operation))),
  )
  let preservedCount = 0
  let scope: TransactionScope | undefined
  let off = false
  const yieldNow = createYield()
  for (const [at, executableStep] of steps.entries()) {
    const { tier, step, header } = executableStep.route
    const named = stepIdentity(executableStep)
    const startedAt = performance.now()
    try {
      await yieldNow(options.signal)
      options.emit({ type: 'stepStarted', ...named, message: header.message, index: at + 1, total: steps.length })
      if (
        plan.steps[at]?.parts !== undefined ||
        executableStep.resumed !== undefined ||
        executableStep.route.reverts !== undefined
      ) {
        const ran = await runInParts(execution, executableStep, at)
        applyStepToRows(state, tier.tier.name, step)
        if ('skip' in ran) {
          options.emit({ type: 'stepSkipped', ...named, why: ran.skip })
          continue
        }
        reports.push(...ran.reports)
        preservedCount += ran.preserved
        applied.push(`${named.tier}:${named.revision}`)
        options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - startedAt) })
        continue
      }
      let skipped = true
      const present = new Set(state.present)
      const lossesBefore = execution.losses.length
      const attempt = async (): Promise<void> => {
        if (isNonTransactionalStep(resolved, planned, at)) await runNonTransactionalStep(execution, executableStep, at)
        if (scope === undefined) {
          off = whole ? anyOff : plan.steps[at]?.foreignKeys === 'off'
          scope = await begin(execution, off)
        }
        let due = await revalidateStep(execution, executableStep, at)
        if ('step' in due && due.unproven && !off && needsForeignKeysOff(execution, executableStep)) {
          if (pending.length > 0) throw stale([], [], 'has other tables than when the run was planned')
          const current: TransactionScope = scope
          scope = undefined
          await current.rollback()
          off = true
          scope = await begin(execution, off)
          due = await revalidateStep(execution, executableStep, at)
        }
        const countBefore = execution.preserved.count
        skipped = true
        if ('skip' in due) options.emit({ type: 'stepSkipped', ...named, why: due.skip })
        else {
          reports.push(...(await applyStep(execution, executableStep, at, due.step, off ? 'off' : 'on')))
          pending.push(`${named.tier}:${named.revision}`)
          skipped = false
        }
        applyStepToRows(state, tier.tier.name, step)
        preservedCount += execution.preserved.count - countBefore
        if (!whole || at === steps.length - 1) {
          const current: TransactionScope = scope
          scope = undefined
          await current.commit()
          applied.push(...pending.splice(0))
        }
      }
      // Rolled back it has changed nothing; but what a data function did outside the database cannot be rolled back.
      const repeatable = !whole && !executableStep.operations.some((each) => each.operation.kind === 'run')
      const retries = repeatable ? resolved.lockRetries : 0
      await retryLocked(
        { ...options, dialect: resolved.dialect, retries, what: `revision ${named.revision}` },
        async () => {
          try {
            await attempt()
          } catch (error) {
            const current = scope
            scope = undefined
            if (!whole) pending.length = 0
            execution.losses.length = lossesBefore
            state.present = present
            preserved.setExists(present.has(resolved.names.preserved))
            if (current !== undefined) await rollBack(execution, current)
            await reportLostLock(execution, error)
            throw error
          }
        },
      )
      if (!skipped) options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - startedAt) })
    } catch (error) {
      const outcome = state.isInterrupted ? 'interrupted' : whole && steps.length > 1 ? 'rolledBack' : 'unchanged'
      throw failure(options, named, applied, error, outcome)
    }
  }
  return { applied, reports, losses: execution.losses, preserved: preservedCount }
}

function failure(
  options: ExecuteOptions,
  named: { readonly tier: string; readonly revision: string; readonly direction: 'up' | 'down' },
  applied: readonly string[],
  thrown: unknown,
  outcome: ErrorOutcome,
): unknown {
  // What stopped the run may have stopped a statement of the bookkeeping, which then says so in words of its own.
  const error =
    options.signal?.aborted && isMigrateError(thrown) && thrown.cause === options.signal.reason ? thrown.cause : thrown
  const aborted =
    options.signal?.aborted === true &&
    !isMigrateError(error, 'LOCK_LOST') &&
    !isMigrateError(error, 'HOOK_FAILED') &&
    (error === options.signal.reason || isMigrateError(error, 'ABORTED'))
  const located = aborted
    ? new MigrateError(
        'ABORTED',
        { applied },
        outcome === 'interrupted'
          ? `Stopped inside ${named.revision}; what is done of it stands and is noted.`
          : `Stopped before ${named.revision}; it changed nothing.`,
        {
          ...(outcome === 'interrupted' ? { remedy: 'Run it again: it resumes where it stopped.' } : {}),
          cause: error,
          location: named,
          outcome,
        },
      )
    : isMigrateError(error)
      ? locate(error, named, outcome)
      : error
  const code = isMigrateError(located) ? located.code : 'INTERNAL'
  options.emit({
    type: 'stepFailed',
    ...named,
    code,
    message: located instanceof Error ? located.message : String(located),
  })
  return located
}
