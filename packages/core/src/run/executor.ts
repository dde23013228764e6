import { forecastStep } from '../compile/compile-step.ts'
import { createPreservedStore } from '../data-steps/preserved/store.ts'
import type { Session } from '../dialect/session.ts'
import type { ErrorOutcome } from '../errors/migrate-error.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import { reportLostLock } from '../lock/fence.ts'
import type { Hold } from '../lock/hold.ts'
import { isSentAsItIs } from '../operations/operation.ts'
import type { StepLoss, StepReport } from '../options/events.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import { type ExecutableStep, stepIdentity } from '../planning/prepare.ts'
import { applyStep } from './apply-step.ts'
import { limitStatements } from './limit-statements.ts'
import { type ExecuteOptions, type PlanExecution, RunTransaction, retryStep, rowsBefore } from './plan-execution.ts'
import { applyStepToRows, currentModel, type DatabaseState, revalidateStep, stale } from './revalidate-step.ts'
import { stepName } from './run-context.ts'
import { ensureAll, isNonTransactionalStep, runInParts, runNonTransactionalStep } from './run-in-parts.ts'
import { stepFailure } from './step-failure.ts'

export interface ExecutionResult {
  readonly applied: readonly string[]
  readonly reports: readonly StepReport[]
  readonly losses: readonly StepLoss[]
  readonly preserved: number
}

/** Tables are others than planned, and what compiled to a change in place may be a rebuild now. */
async function needsForeignKeysOff(execution: PlanExecution, { operations }: ExecutableStep): Promise<boolean> {
  if (operations.every((each) => isSentAsItIs(each.operation))) return false
  const { dialect } = execution.resolved
  return forecastStep(dialect, await currentModel(execution), operations).foreignKeys === 'off'
}

async function startExecution(
  resolved: ResolvedOptions,
  session: Session,
  planned: ExecutablePlan,
  options: ExecuteOptions,
  hold: Hold,
): Promise<PlanExecution> {
  const { steps, inspection } = planned
  const { dialect, names } = resolved
  const fence = await hold.fence(steps[0]?.route.step.revision)
  const state: DatabaseState = {
    model: planned.live,
    catalog: undefined,
    schemas: undefined,
    token: planned.token,
    present: new Set(inspection.present),
    isInterrupted: false,
    isPartial: false,
    rows: new Map([...inspection.applied].map(([tier, rows]) => [tier, new Set(rows)])),
  }
  const preserving = describedSession(dialect, session, 'preserving old values')
  await limitStatements(session, resolved)
  if (dialect.capabilities.transactionalDdl === 'implicitCommit') await ensureAll(resolved, preserving, state, steps)
  // In one that this run has just made there is nothing to read.
  const isCreated = state.present.has(names.preserved) && ('empty' as const)
  const preserved = createPreservedStore(
    dialect,
    preserving,
    names,
    inspection.present.has(names.preserved) || isCreated,
  )
  return {
    resolved,
    session,
    planned,
    options,
    state,
    preserved,
    provenRows: await rowsBefore(resolved, preserving, preserved, planned, options),
    losses: [],
    fence,
    locked: hold.exclusive,
  }
}

/** The steps of a plan, one after the other, in transactions of one step or in one for all. */
class PlanRun {
  readonly #execution: PlanExecution
  readonly #transaction: RunTransaction
  /** All steps are one transaction. */
  readonly #whole: boolean
  /** Any of a step that stands on opaque SQL may become a rebuild. */
  readonly #anyOff: boolean
  readonly #applied: string[] = []
  readonly #uncommitted: string[] = []
  readonly #reports: StepReport[] = []
  #preserved = 0
  readonly #breathe = createYield()

  constructor(execution: PlanExecution) {
    const { plan, uncertain } = execution.planned
    this.#execution = execution
    this.#transaction = new RunTransaction(execution)
    this.#whole = plan.transaction === 'run'
    this.#anyOff = plan.steps.some(
      (step, at) =>
        step.foreignKeys === 'off' ||
        (uncertain[at] === true && step.operations.some((each) => !isSentAsItIs(each.operation))),
    )
  }

  get result(): ExecutionResult {
    const { losses } = this.#execution
    return { applied: this.#applied, reports: this.#reports, losses, preserved: this.#preserved }
  }

  async runStep(executableStep: ExecutableStep, at: number): Promise<void> {
    const { options, planned, resolved, state } = this.#execution
    const { route } = executableStep
    const named = stepIdentity(executableStep)
    const startedAt = performance.now()
    const total = planned.steps.length
    let hasStarted = false
    try {
      await this.#breathe(options.signal)
      hasStarted = true
      options.emit({ type: 'stepStarted', ...named, message: route.header.message, index: at + 1, total })
      const ran = this.#isInParts(executableStep, at)
        ? await this.#runInParts(executableStep, at)
        : await this.#runInOne(executableStep, at)
      if (ran) options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - startedAt) })
    } catch (error) {
      // Begun together with the commit of the step before.
      await this.#transaction.rollBack()
      const outcome = outcomeOf(state, this.#whole && total > 1)
      throw stepFailure(options, resolved.dialect, executableStep, this.#applied, error, { outcome, hasStarted })
    }
  }

  /** Whether it ran, or had been done by another run. */
  async #runInParts(executableStep: ExecutableStep, at: number): Promise<boolean> {
    const ran = await runInParts(this.#execution, executableStep, at)
    this.#moveRows(executableStep)
    if ('skip' in ran) {
      this.#skip(executableStep, ran.skip)
      return false
    }
    this.#reports.push(...ran.reports)
    this.#preserved += ran.preserved
    this.#applied.push(stepName(executableStep))
    return true
  }

  /** In the open transaction, or in one of its own; what only wanted for a lock is tried again. */
  async #runInOne(executableStep: ExecutableStep, at: number): Promise<boolean> {
    const { resolved, losses, state, preserved } = this.#execution
    const present = new Set(state.present)
    const { model, token } = state
    const lossesBefore = losses.length
    // Rolled back it has changed nothing.
    const undone = (): boolean => !this.#whole && !state.isPartial
    return retryStep(this.#execution, executableStep, undone, async () => {
      try {
        return await this.#attempt(executableStep, at)
      } catch (error) {
        if (!this.#whole) this.#uncommitted.length = 0
        losses.length = lossesBefore
        // Also where the commit failed, before which they moved on to those after the step, the catalog in its place.
        Object.assign(state, { present, model, token, catalog: undefined })
        preserved.setExists(present.has(resolved.names.preserved))
        await this.#transaction.rollBack()
        await reportLostLock(this.#execution, error)
        throw error
      }
    })
  }

  async #attempt(executableStep: ExecutableStep, at: number): Promise<boolean> {
    const execution = this.#execution
    const { planned, preserved, resolved } = execution
    if (isNonTransactionalStep(resolved, planned, at)) await runNonTransactionalStep(execution, executableStep, at)
    const transaction = this.#transaction
    await transaction.open(this.#whole ? this.#anyOff : planned.plan.steps[at]?.foreignKeys === 'off')
    let due = await revalidateStep(execution, executableStep, at)
    if (
      'step' in due &&
      due.unproven &&
      transaction.foreignKeys === 'on' &&
      (await needsForeignKeysOff(execution, executableStep))
    ) {
      if (this.#uncommitted.length > 0) throw stale([], [], 'has other tables than when the run was planned')
      await transaction.reopenUnchecked()
      due = await revalidateStep(execution, executableStep, at)
    }
    const before = preserved.count
    const ends = !this.#whole || at === planned.steps.length - 1
    const reports: StepReport[] = []
    if ('skip' in due) this.#skip(executableStep, due.skip)
    else {
      const ending = { closing: ends ? transaction.closing : undefined }
      reports.push(...(await applyStep(execution, executableStep, at, due.step, transaction.foreignKeys, ending)))
      this.#uncommitted.push(stepName(executableStep))
    }
    if (ends) {
      await transaction.commit(this.#isInOne(at + 1))
      execution.state.isPartial = false
      this.#applied.push(...this.#uncommitted.splice(0))
    }
    // Behind the commit: one that failed may be tried again.
    this.#reports.push(...reports)
    this.#moveRows(executableStep)
    this.#preserved += preserved.count - before
    return 'step' in due
  }

  /** Whether the step is one transaction, of statements that all can be in it. */
  #isInOne(at: number): boolean {
    const { planned, resolved } = this.#execution
    const [next, step] = [planned.steps[at], planned.plan.steps[at]]
    if (next === undefined || step === undefined || this.#isInParts(next, at)) return false
    return step.foreignKeys !== 'off' && !isNonTransactionalStep(resolved, planned, at)
  }

  #isInParts({ route, resumed }: ExecutableStep, at: number): boolean {
    const isPlanned = this.#execution.planned.plan.steps[at]?.parts !== undefined
    return isPlanned || resumed !== undefined || route.reverts !== undefined
  }

  #skip(executableStep: ExecutableStep, why: string): void {
    this.#execution.options.emit({ type: 'stepSkipped', ...stepIdentity(executableStep), why })
  }

  #moveRows({ route: { tier, step } }: ExecutableStep): void {
    applyStepToRows(this.#execution.state, tier.tier.name, step)
  }
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
  const execution = await startExecution(resolved, session, planned, options, hold)
  const run = new PlanRun(execution)
  for (const [at, executableStep] of planned.steps.entries()) await run.runStep(executableStep, at)
  execution.fence?.end()
  return run.result
}

function outcomeOf({ isPartial, isInterrupted }: DatabaseState, wasOfSeveral: boolean): ErrorOutcome {
  if (isPartial) return 'partial'
  if (isInterrupted) return 'interrupted'
  return wasOfSeveral ? 'rolledBack' : 'unchanged'
}
