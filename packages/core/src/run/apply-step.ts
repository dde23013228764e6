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
import { runOperations, runRest } from './run-operations.ts'
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
  const { resolved, session, planned, options, state } = execution
  const named = stepIdentity(executableStep)
  const startedAt = startTimeOf(executableStep)
  const reintrospect = (): Promise<SchemaModel> => planned.introspect(session)
  const lost = new Set(
    (planned.plan.steps[at]?.losses ?? [])
      .filter((loss) => !loss.preserved && (loss.how === 'dropped' || loss.refused))
      .map((loss) => loss.object),
  )
  const context: RunContext = {
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
    parts: journal ?? oneTransaction,
    checkLock: async () => execution.fence?.check(),
    guarded: (what, work) => guardBookkeeping(execution, what, work),
    guardedSql: (operations, work) =>
      mayWriteBookkeeping(resolved, operations) ? guardBookkeeping(execution, 'the SQL of the revision', work) : work(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const hooked = { ...named, message: executableStep.route.header.message, removed: step.removed, added: step.added }
  const callRevision = async (hook: 'beforeRevision' | 'afterRevision'): Promise<void> => {
    const { hooks } = resolved
    // A hook is of a revision that is applied or reverted: a half one is neither.
    if (hooks[hook] === undefined || executableStep.route.reverts !== undefined) return
    const { callRevisionHook } = await import('./hooks/revision-hook.ts')
    await context.guarded(`the hook \`${hook}\``, () => callRevisionHook({ ...context, hooks, hook }, hooked))
  }
  // In a resumed step it is committed already.
  if (resolved.hooks.beforeRevision !== undefined && executableStep.resumed === undefined) {
    await context.parts.runInTransaction({ until: 0, resolvedOperations: [] }, () => callRevision('beforeRevision'))
  }
  let before = state.model
  if (journal !== undefined && executableStep.resumed?.rest !== undefined) {
    await runRest(context, executableStep, journal)
    before = await reintrospect()
  }
  const columns = await observeColumns(resolved, session, executableStep)
  if (columns.before !== undefined) journal?.setColumnsBefore(columns.before)
  const reports: StepReport[] = []
  if (step.direction === 'up' && executableStep.resumed === undefined && execution.preserved.exists) {
    await context.parts.runInTransaction({ until: 0, resolvedOperations: [] }, () =>
      reporting(execution, named, reports, (reporter) =>
        holdChanged({ ...context, ...reporter, upgrade: operationsOf(executableStep.operations) }),
      ),
    )
  }
  reports.push(...(await beforeDowngrade(context, executableStep, before)))
  const run = await runOperations(context, executableStep, before, reintrospect)
  reports.push(...run.reports)
  const counters = await moveCounters(execution, context, named)
  const finish = async (): Promise<void> => {
    const preserving = () => afterOperations(context, executableStep, run.after, run.resolvedOperations)
    if (step.direction === 'down') reports.push(...(await preserving()))
    if (execution.preserved.exists) {
      await reporting(execution, named, reports, async (reporter) => {
        if (step.direction === 'up') return restoreDropped({ ...context, ...reporter })
        const { upgrade = [], route } = executableStep
        const done = route.reverts?.parts.flatMap((part) => part.resolvedOperations.map(({ operation }) => operation))
        const forecast = forecastReplay(resolved.dialect, run.after, executableStep, journal !== undefined)
        const rebuilds = forecast.foreignKeys === 'off' && foreignKeys === 'on'
        await recordBases({
          ...context,
          ...reporter,
          upgrade: operationsOf(upgrade),
          ...(done === undefined ? {} : { done }),
          noReplay: rebuilds ? 'it rebuilds tables that others refer to' : forecast.why,
          replay: replayOf(context, executableStep, run.after, reintrospect),
        })
      })
    }
    // What is compared by the next downgrade is the row as this upgrade leaves it.
    if (step.direction === 'up') reports.push(...(await preserving()))
    await counters()
    // SQL of an author may have given the lock of the session back.
    if (run.resolvedOperations.some(({ operation }) => operation.kind === 'sql')) await execution.fence?.prove()
    // Before the rows: the lock's is among them, and a renewal of it would wait for the hook.
    await callRevision('afterRevision')
    const { fence } = execution
    const next = planned.steps[at + 1]?.route.step.revision
    if (executableStep.route.reverts !== undefined)
      return forgetReverted(execution, executableStep, executableStep.route.reverts, startedAt)
    const after = await columns.changes(run.after)
    const done = {
      resolvedOperations: run.resolvedOperations,
      startedAt,
      ...(after === undefined ? {} : { columnsAfter: after }),
    }
    await recordStep(resolved, session, state.present, executableStep, step, done, fence && { fence, next })
  }
  await (journal === undefined ? finish() : journal.last(finish))
  state.model = run.after
  state.token = await session.schemaToken?.()
  return reports
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

/** Work on what downgrades of this revision preserved, with a report of its own. */
async function reporting(
  { resolved, session, options }: PlanExecution,
  { tier, revision }: { readonly tier: string; readonly revision: string },
  reports: StepReport[],
  work: (reporter: Pick<RestoreContext, 'session' | 'owner' | 'report' | 'breathe'>) => Promise<void>,
): Promise<void> {
  const collected = collectReports({ tier, revision, label: 'what the last downgrade preserved' })
  const yieldNow = createYield()
  await work({
    session: describedSession(resolved.dialect, session, 'comparing and restoring what the last downgrade preserved'),
    owner: { tier, revision },
    report: collected.report,
    breathe: () => yieldNow(options.signal),
  })
  for (const report of collected.reports()) {
    reports.push(report)
    options.emit({ type: 'report', ...report })
  }
}
