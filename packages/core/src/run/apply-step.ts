import { historyRow } from '../bookkeeping/history-row.ts'
import { deleteParts, type InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { historyTable } from '../bookkeeping/tables.ts'
import { isNonTransactional } from '../compile/parts.ts'
import { moveInside } from '../data-steps/preserved/counters.ts'
import type { StepRestoreContext } from '../data-steps/preserved/pages/restore-context.ts'
import { recordBases } from '../data-steps/preserved/record-bases.ts'
import { locationOf } from '../data-steps/preserved/restore/cells.ts'
import { holdChanged } from '../data-steps/preserved/restore/hold-changed.ts'
import { holdWritten } from '../data-steps/preserved/restore/interrupted.ts'
import { leaveReplaced } from '../data-steps/preserved/restore/leave.ts'
import { restoreDropped } from '../data-steps/preserved/restore/restore-dropped.ts'
import { createdBefore } from '../data-steps/preserved/upgrade.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { describedSession } from '../history/described-session.ts'
import { stampLock } from '../lock/fence.ts'
import { hasUnreadViews, present } from '../model/edit.ts'
import { operationsOf } from '../operations/recording.ts'
import type { StepReport } from '../options/events.ts'
import { forecastReplay } from '../planning/forecast-bases.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { type ObservedColumns, observeColumns } from '../planning/recording/record-columns.ts'
import { type Closing, ensureTables, entryOf, recordStep } from '../planning/recording/record-step.ts'
import type { JournaledParts } from './journal/journaled-parts.ts'
import { noOperations, oneTransaction } from './journal/step-parts.ts'
import { LiveModel } from './live-model.ts'
import { compiledStep, type PlanExecution } from './plan-execution.ts'
import { replayOf } from './replay.ts'
import { type RunContext, revertedBy, runContextOf, stepName } from './run-context.ts'
import { type OperationsRun, runOperations, runRest } from './run-operations.ts'
import {
  afterOperations,
  beforeDowngrade,
  dueMoves,
  leaveOutdated,
  onUpgradePreserved,
  reportAside,
  restoreResumed,
} from './step-boundaries.ts'
import { reporting, reportingPreserved } from './step-reports.ts'

/** One step of a run, with its place in the plan. */
interface AppliedStep extends RunContext {
  readonly execution: PlanExecution
  readonly at: number
  /** With the rows as they are now. */
  readonly step: RevisionStep
  /** Absent: the step is one transaction. */
  readonly journal: JournaledParts | undefined
  /** What is sent together with the commit of the step. Absent: nothing is. */
  readonly closing: Closing | undefined
}

type ReadChanges = () => ReturnType<ObservedColumns['changes']>

/** How the transactions of a step end. */
interface StepEnding {
  readonly journal?: JournaledParts
  readonly closing?: Closing | undefined
}

/** Everything of one step. Where it is one transaction, that is open; else `journal` opens and ends them. */
export async function applyStep(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
  step: RevisionStep,
  foreignKeys: 'on' | 'off',
  { journal, closing }: StepEnding,
): Promise<readonly StepReport[]> {
  const { resolved, session, state, planned, preserved, losses } = execution
  const { emit, signal, acceptDrift = false } = execution.options
  const { resumed } = executableStep
  const context = runContextOf(execution, 'the SQL of the revision', {
    executableStep,
    preserved,
    emit,
    losses,
    foreignKeys,
    lost: lostIn(execution, at),
    acceptDrift,
    compiled: compiledStep(execution, at),
    parts: journal ?? oneTransaction,
    reintrospect: () => planned.introspect(session),
    ...present({ signal }),
  })
  const applied: AppliedStep = { ...context, execution, at, step, journal, closing }
  const startedAt = startTimeOf(executableStep)
  const beforeAll = (work: () => Promise<void>): Promise<void> => context.parts.runInTransaction(noOperations, work)
  // In a resumed step it is committed already.
  if (resolved.hooks.beforeRevision !== undefined && resumed === undefined)
    await beforeAll(() => callHook(applied, 'beforeRevision'))
  const live = new LiveModel(state.model, context.reintrospect)
  if (journal !== undefined && resumed?.rest !== undefined) {
    await runRest(context, journal)
    live.known = undefined
  }
  await reportAside(context)
  await leaveOutdated(context)
  const columns = await observeColumns(resolved, session, executableStep, state)
  if (columns.before !== undefined) journal?.setColumnsBefore(columns.before)
  if (step.direction === 'up' && context.preserved.exists) {
    const upgrade = operationsOf(executableStep.operations)
    const done = resumed && operationsOf(resumed.resolvedOperations)
    const isProven = execution.provenRows.get(stepName(executableStep))
    await beforeAll(() => onPreserved(context, (restore) => holdChanged({ ...restore, upgrade, done, isProven })))
    if (done !== undefined) await beforeAll(() => onUpgradePreserved(context, (restore) => holdWritten(restore, done)))
  }
  await beforeDowngrade(context, live)
  await restoreResumed(context)
  const run = await runOperations(context, live)
  const counters = await moveCounters(context)
  // Where DDL commits by itself the columns are read before the transaction that records them: it may be sent in one go then.
  const isReadAhead = journal !== undefined && isRecordedAtOnce(applied)
  const ahead = isReadAhead ? await columns.changes(run.after) : undefined
  const changes: ReadChanges = async () => (isReadAhead ? ahead : columns.changes(run.after))
  const finish = async (last: Closing | undefined): Promise<void> => {
    await restore(applied, run)
    await counters()
    await record({ ...applied, closing: last }, run, changes, startedAt)
  }
  await (journal === undefined ? finish(closing) : journal.last(finish))
  state.model = live.known === undefined || hasUnreadViews(live.known) ? undefined : live.known
  state.catalog = columns.catalog()
  state.token = await session.schemaToken?.()
  return context.reports
}

async function callHook(applied: AppliedStep, hook: 'beforeRevision' | 'afterRevision'): Promise<void> {
  const { hooks } = applied.execution.resolved
  const { route } = applied.executableStep
  // A hook is of a revision that is applied or reverted: a half one is neither.
  if (hooks[hook] === undefined || route.reverts !== undefined) return
  const { callRevisionHook } = await import('./hooks/revision-hook.ts')
  const { removed, added } = applied.step
  const direction = route.isRecordedOnly ? ('stamp' as const) : applied.named.direction
  const hooked = { ...applied.named, direction, message: route.header.message, removed, added }
  await applied.guarded(`the hook \`${hook}\``, () => callRevisionHook({ ...applied, hooks, hook }, hooked))
}

/** What the other direction preserved comes back, and what this one took away is preserved. */
async function restore(applied: AppliedStep, run: OperationsRun): Promise<void> {
  const isUp = applied.named.direction === 'up'
  const { replaces = [] } = applied.executableStep.route.header
  if (!isUp) await afterOperations(applied, run.after, run.resolvedOperations)
  if (applied.preserved.exists) {
    await onPreserved(applied, async (context) => {
      if (!isUp) return recordBasesOf(applied, run, context)
      const executed = operationsOf(run.resolvedOperations)
      const count = applied.executableStep.resumed?.resolvedOperations.length ?? 0
      await restoreDropped(context, run.found, createdBefore(executed, count))
      await leaveReplaced(context, replaces)
    })
    // No upgrade may have recorded the squashed revision yet.
    if (!isUp && replaces.length > 0) await onUpgradePreserved(applied, (context) => leaveReplaced(context, replaces))
  }
  // What is compared by the next downgrade is the row as this upgrade leaves it.
  if (isUp) await afterOperations(applied, run.after, run.resolvedOperations)
}

async function recordBasesOf(applied: AppliedStep, run: OperationsRun, restore: StepRestoreContext): Promise<void> {
  const after = await run.after.read()
  const { dialect, executableStep, foreignKeys, journal } = applied
  const done = revertedBy(executableStep)
  const forecast = forecastReplay(dialect, after, executableStep, journal !== undefined)
  const rebuilds = forecast.foreignKeys === 'off' && foreignKeys === 'on'
  return recordBases({
    ...restore,
    upgrade: operationsOf(executableStep.upgrade ?? []),
    ...present({ done }),
    noReplay: rebuilds ? 'it rebuilds tables that others refer to' : forecast.why,
    replay: replayOf(applied, after),
  })
}

/** No code of an author runs before the step is recorded, and there is something to record. */
function isRecordedAtOnce({ execution: { resolved }, executableStep: { route } }: AppliedStep): boolean {
  return resolved.hooks.afterRevision === undefined && route.reverts === undefined
}

async function record(
  applied: AppliedStep,
  { resolvedOperations }: OperationsRun,
  changes: ReadChanges,
  startedAt: Date,
): Promise<void> {
  const { execution, executableStep, at, step, closing } = applied
  const { resolved, session, state, fence, planned } = execution
  // SQL of an author may have given the lock of the session back.
  const isOpaque = resolvedOperations.some(({ operation }) => operation.kind === 'sql')
  const { reverts } = executableStep.route
  const closingProof = isOpaque && closing !== undefined && isRecordedAtOnce(applied) ? fence?.closing : undefined
  if (closingProof !== undefined) closing?.statements.push(closingProof)
  const proof = isOpaque && closingProof === undefined ? fence?.prove() : undefined
  // Sent together with the question for the columns where the session can; a hook of an author waits for the proof.
  if (resolved.hooks.afterRevision !== undefined) await proof
  // Before the rows: the lock's is among them, and a renewal of it would wait for the hook.
  await callHook(applied, 'afterRevision')
  if (reverts !== undefined) {
    await proof
    return forgetReverted(execution, executableStep, reverts, startedAt)
  }
  const [columnsAfter] = await Promise.all([changes(), proof])
  const done = { resolvedOperations, startedAt, ...(columnsAfter === undefined ? {} : { columnsAfter }) }
  const next = planned.steps[at + 1]?.route.step.revision
  await recordStep(resolved, session, state.present, executableStep, step, done, fence && { fence, next }, closing)
}

/** Work on what downgrades of this revision preserved, with a report of its own. */
function onPreserved(context: RunContext, work: (restore: StepRestoreContext) => Promise<void>): Promise<void> {
  const purpose = 'comparing and restoring what the last downgrade preserved'
  return reportingPreserved(context, 'what the last downgrade preserved', purpose, work)
}

/** Objects of a planned step whose rows are over the limits. */
function lostIn({ planned }: PlanExecution, at: number): ReadonlySet<string> {
  const losses = planned.plan.steps[at]?.losses ?? []
  const lost = losses.filter(({ preserved, how, refused }) => !preserved && (how === 'dropped' || refused))
  return new Set(lost.map(({ object }) => object))
}

/** An interrupted step of which nothing stands any more leaves the journal; what is recorded as applied stays. */
async function forgetReverted(
  { resolved, session, fence, state }: PlanExecution,
  { route }: ExecutableStep,
  original: InterruptedStep,
  startedAt: Date,
): Promise<void> {
  const { dialect, names } = resolved
  if (fence?.stampFirst === false) await stampLock(session, fence)
  await ensureTables(dialect, session, state.present, [historyTable(names)])
  const entry = entryOf(resolved, {
    tier: original.tier,
    header: route.header,
    direction: 'revert',
    columnsAfter: new Map(),
    startedAt,
    finishedAt: new Date(),
  })
  const statements = [deleteParts(dialect, names, original), historyRow(dialect, names, entry)]
  for (const { sql, params } of statements) await session.execute(sql, params)
}

/** When it was begun is for people: a time in the journal that cannot be read stops nothing. */
function startTimeOf({ resumed }: ExecutableStep): Date {
  const startedAt = new Date(resumed?.startedAt ?? Number.NaN)
  return Number.isNaN(startedAt.getTime()) ? new Date() : startedAt
}

/** Moves the counters on that the other direction took away: what ends a transaction now, the rest when the step is recorded. */
async function moveCounters(context: RunContext): Promise<() => Promise<void>> {
  const { dialect, preserved } = context
  if (!preserved.exists) return async () => undefined
  const session = describedSession(dialect, context.session, 'moving counters on')
  const moves = await dueMoves({ ...context, session })
  const nonTransactional = moves.flatMap(({ statements }) => statements.filter(isNonTransactional))
  // Done again it does no harm, so that it needs no note; a run that stops behind it comes here once more.
  if (nonTransactional.length > 0) await context.parts.close()
  for (const { sql, params } of nonTransactional) {
    await context.checkLock()
    await session.execute(sql, params)
  }
  return async () => {
    if (moves.length === 0) return
    await reporting(context, 'counters', (report) =>
      moveInside({ ...context, session }, moves, (value) =>
        report(
          `${locationOf(value)}: there is no such counter any more, so the position of the old one stays preserved`,
        ),
      ),
    )
  }
}
