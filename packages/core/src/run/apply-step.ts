import { historyRow } from '../bookkeeping/history.ts'
import { deleteParts, type InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { historyTable } from '../bookkeeping/tables.ts'
import { counterMoves } from '../data-steps/preserved/counters.ts'
import { recordBases } from '../data-steps/preserved/record-bases.ts'
import type { RestoreContext } from '../data-steps/preserved/restore/cells.ts'
import { holdChanged } from '../data-steps/preserved/restore/hold-changed.ts'
import { restoreDropped } from '../data-steps/preserved/restore/restore-dropped.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import type { StepReport } from '../options/events.ts'
import { toolVersion } from '../options/resolve-options.ts'
import { forecastReplay } from '../planning/forecast-replay.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { observeColumns } from '../planning/record-columns.ts'
import { ensureTables, recordStep } from '../planning/record-step.ts'
import { guardBookkeeping, mayWriteBookkeeping } from './guard-bookkeeping.ts'
import type { JournaledParts } from './journal/journaled-parts.ts'
import { oneTransaction } from './journal/step-parts.ts'
import { compiledStep, type PlanExecution, stampLock, stepIdentity } from './plan-execution.ts'
import { replayOf } from './replay.ts'
import type { RunContext } from './run-context.ts'
import { type OperationsRun, runOperations, runRest } from './run-operations.ts'
import { collectReports } from './run-step.ts'
import { afterOperations, beforeDowngrade } from './step-boundaries.ts'

/** Everything of one step. Where it is one transaction, that is open; else `journal` opens and ends them. */
export async function applyStep(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
  step: RevisionStep,
  foreignKeys: 'on' | 'off',
  journal?: JournaledParts,
): Promise<readonly StepReport[]> {
  const { state, session } = execution
  const application = new StepApplication(execution, executableStep, at, step, foreignKeys, journal)
  state.model = await application.run()
  state.token = await session.schemaToken?.()
  return application.reports
}

class StepApplication {
  readonly reports: StepReport[] = []
  readonly #execution: PlanExecution
  readonly #executableStep: ExecutableStep
  readonly #at: number
  readonly #step: RevisionStep
  readonly #journal: JournaledParts | undefined
  readonly #context: RunContext
  readonly #startedAt: Date

  constructor(
    execution: PlanExecution,
    executableStep: ExecutableStep,
    at: number,
    step: RevisionStep,
    foreignKeys: 'on' | 'off',
    journal: JournaledParts | undefined,
  ) {
    this.#execution = execution
    this.#executableStep = executableStep
    this.#at = at
    this.#step = step
    this.#journal = journal
    this.#context = runContextOf(execution, at, foreignKeys, journal ?? oneTransaction)
    this.#startedAt = startTimeOf(executableStep)
  }

  /** The schema after it. */
  async run(): Promise<SchemaModel> {
    const { resolved, session } = this.#execution
    const [context, executableStep, journal] = [this.#context, this.#executableStep, this.#journal]
    // In a resumed step it is committed already.
    if (resolved.hooks.beforeRevision !== undefined && executableStep.resumed === undefined)
      await this.#first(() => this.#callHook('beforeRevision'))
    let before = this.#execution.state.model
    if (journal !== undefined && executableStep.resumed?.rest !== undefined) {
      await runRest(context, executableStep, journal)
      before = await this.#reintrospect()
    }
    const columns = await observeColumns(resolved, session, executableStep)
    if (columns.before !== undefined) journal?.setColumnsBefore(columns.before)
    if (this.#step.direction === 'up' && executableStep.resumed === undefined && context.preserved.exists) {
      const upgrade = operationsOf(executableStep.operations)
      await this.#first(() => this.#reporting((reporter) => holdChanged({ ...context, ...reporter, upgrade })))
    }
    this.reports.push(...(await beforeDowngrade(context, executableStep, before)))
    const run = await runOperations(context, executableStep, before, () => this.#reintrospect())
    this.reports.push(...run.reports)
    const counters = await moveCounters(this.#execution, context, stepIdentity(executableStep))
    const finish = async (): Promise<void> => {
      await this.#restore(run)
      await counters()
      await this.#record(run, () => columns.changes(run.after))
    }
    await (journal === undefined ? finish() : journal.last(finish))
    return run.after
  }

  #reintrospect(): Promise<SchemaModel> {
    return this.#execution.planned.introspect(this.#execution.session)
  }

  /** Work before the first operation. */
  #first(work: () => Promise<void>): Promise<void> {
    return this.#context.parts.runInTransaction({ until: 0, resolvedOperations: [] }, work)
  }

  async #callHook(hook: 'beforeRevision' | 'afterRevision'): Promise<void> {
    const { hooks } = this.#execution.resolved
    const { route } = this.#executableStep
    // A hook is of a revision that is applied or reverted: a half one is neither.
    if (hooks[hook] === undefined || route.reverts !== undefined) return
    const { callRevisionHook } = await import('./hooks/revision-hook.ts')
    const { removed, added } = this.#step
    const hooked = { ...stepIdentity(this.#executableStep), message: route.header.message, removed, added }
    const context = this.#context
    await context.guarded(`the hook \`${hook}\``, () => callRevisionHook({ ...context, hooks, hook }, hooked))
  }

  /** What the other direction preserved comes back, and what this one took away is preserved. */
  async #restore(run: OperationsRun): Promise<void> {
    const [context, executableStep] = [this.#context, this.#executableStep]
    const isUp = this.#step.direction === 'up'
    const preserving = () => afterOperations(context, executableStep, run.after, run.resolvedOperations)
    if (!isUp) this.reports.push(...(await preserving()))
    if (context.preserved.exists) {
      await this.#reporting((reporter) =>
        isUp ? restoreDropped({ ...context, ...reporter }) : this.#recordBases(run, reporter),
      )
    }
    // What is compared by the next downgrade is the row as this upgrade leaves it.
    if (isUp) this.reports.push(...(await preserving()))
  }

  #recordBases({ after }: OperationsRun, reporter: StepReporter): Promise<void> {
    const [context, executableStep] = [this.#context, this.#executableStep]
    const { upgrade = [], route } = executableStep
    const done = route.reverts?.parts.flatMap((part) => part.resolvedOperations.map(({ operation }) => operation))
    const forecast = forecastReplay(context.dialect, after, executableStep, this.#journal !== undefined)
    const rebuilds = forecast.foreignKeys === 'off' && context.foreignKeys === 'on'
    return recordBases({
      ...context,
      ...reporter,
      upgrade: operationsOf(upgrade),
      ...(done === undefined ? {} : { done }),
      noReplay: rebuilds ? 'it rebuilds tables that others refer to' : forecast.why,
      replay: replayOf(context, executableStep, after, () => this.#reintrospect()),
    })
  }

  async #record(
    { resolvedOperations }: OperationsRun,
    columnsAfter: () => ReturnType<Awaited<ReturnType<typeof observeColumns>>['changes']>,
  ): Promise<void> {
    const { resolved, session, state, fence, planned } = this.#execution
    const executableStep = this.#executableStep
    // SQL of an author may have given the lock of the session back.
    if (resolvedOperations.some(({ operation }) => operation.kind === 'sql')) await fence?.prove()
    // Before the rows: the lock's is among them, and a renewal of it would wait for the hook.
    await this.#callHook('afterRevision')
    const { reverts } = executableStep.route
    const startedAt = this.#startedAt
    if (reverts !== undefined) return forgetReverted(this.#execution, executableStep, reverts, startedAt)
    const after = await columnsAfter()
    const done = { resolvedOperations, startedAt, ...(after === undefined ? {} : { columnsAfter: after }) }
    const next = planned.steps[this.#at + 1]?.route.step.revision
    await recordStep(resolved, session, state.present, executableStep, this.#step, done, fence && { fence, next })
  }

  /** Work on what downgrades of this revision preserved, with a report of its own. */
  async #reporting(work: (reporter: StepReporter) => Promise<void>): Promise<void> {
    const { resolved, session, options } = this.#execution
    const { tier, revision } = stepIdentity(this.#executableStep)
    const collected = collectReports({ tier, revision, label: 'what the last downgrade preserved' })
    const yieldNow = createYield()
    await work({
      session: describedSession(resolved.dialect, session, 'comparing and restoring what the last downgrade preserved'),
      owner: { tier, revision },
      report: collected.report,
      breathe: () => yieldNow(options.signal),
    })
    for (const report of collected.reports()) {
      this.reports.push(report)
      options.emit({ type: 'report', ...report })
    }
  }
}

type StepReporter = Pick<RestoreContext, 'session' | 'owner' | 'report' | 'breathe'>

function runContextOf(
  execution: PlanExecution,
  at: number,
  foreignKeys: 'on' | 'off',
  parts: RunContext['parts'],
): RunContext {
  const { resolved, session, planned, options } = execution
  const lost = new Set(
    (planned.plan.steps[at]?.losses ?? [])
      .filter((loss) => !loss.preserved && (loss.how === 'dropped' || loss.refused))
      .map((loss) => loss.object),
  )
  return {
    dialect: resolved.dialect,
    session,
    preserved: execution.preserved,
    arguments: resolved.arguments,
    emit: options.emit,
    losses: execution.losses,
    stepIdleMs: resolved.stepIdleMs,
    foreignKeys,
    lost,
    acceptDrift: execution.acceptDrift,
    compiled: compiledStep(execution, at),
    preserveLimits: resolved.preserve,
    limits: resolved.limits,
    lockRetries: resolved.lockRetries,
    parts,
    checkLock: async () => execution.fence?.check(),
    guarded: (what, work) => guardBookkeeping(execution, what, work),
    guardedSql: (operations, work) =>
      mayWriteBookkeeping(resolved, operations) ? guardBookkeeping(execution, 'the SQL of the revision', work) : work(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
}

/** An interrupted step of which nothing stands any more leaves the journal; what is recorded as applied stays. */
async function forgetReverted(
  { resolved, session, fence, state }: PlanExecution,
  { route }: ExecutableStep,
  original: InterruptedStep,
  startedAt: Date,
): Promise<void> {
  const { dialect, names } = resolved
  if (fence !== undefined && !fence.stampFirst) await stampLock(session, fence, undefined)
  await ensureTables(dialect, session, state.present, [historyTable(names)])
  const recorded = historyRow(dialect, names, {
    tier: original.tier,
    header: route.header,
    direction: 'revert',
    columnsAfter: new Map(),
    startedAt,
    finishedAt: new Date(),
    ...resolved.recordedBy(),
    tool: toolVersion,
  })
  for (const { sql, params } of [deleteParts(dialect, names, original), recorded]) await session.execute(sql, params)
}

/** When it was begun is for people: a time in the journal that cannot be read stops nothing. */
function startTimeOf({ resumed }: ExecutableStep): Date {
  const startedAt = new Date(resumed?.startedAt ?? Number.NaN)
  return Number.isNaN(startedAt.getTime()) ? new Date() : startedAt
}

/** Moves the counters on that the last downgrade dropped: what ends a transaction now, the rest when the step is recorded. */
async function moveCounters(
  { session, resolved, preserved }: PlanExecution,
  context: RunContext,
  { tier, revision, direction }: ReturnType<typeof stepIdentity>,
): Promise<() => Promise<void>> {
  if (direction !== 'up' || !preserved.exists) return async () => undefined
  const labelledSession = describedSession(resolved.dialect, session, 'moving counters on')
  const { nonTransactional, transactional, ids } = await counterMoves({
    ...context,
    session: labelledSession,
    owner: { tier, revision },
  })
  // Done again it does no harm, so that it needs no note; a run that stops behind it comes here once more.
  if (nonTransactional.length > 0) await context.parts.close()
  for (const { sql, params } of nonTransactional) {
    await context.checkLock()
    await labelledSession.execute(sql, params)
  }
  return async () => {
    for (const { sql, params } of transactional) await labelledSession.execute(sql, params)
    for (const id of ids) await preserved.remove(id)
  }
}

const operationsOf = (recorded: readonly RecordedOperation[]): readonly Operation[] =>
  recorded.map(({ operation }) => operation)
