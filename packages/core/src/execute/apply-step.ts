import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import type { RevisionStep } from '../plan/plan.ts'
import { historyRow } from './bookkeeping/history.ts'
import { historyTable } from './bookkeeping/tables.ts'
import { describedSession } from './described-session.ts'
import type { StepReport } from './events.ts'
import { guardBookkeeping, mayWriteBookkeeping } from './guard-bookkeeping.ts'
import { deleteParts, type OpenStep } from './journal/entries.ts'
import { type JournaledParts, oneTransaction } from './journal/parts.ts'
import { toolVersion } from './options.ts'
import type { PreparedStep } from './prepare.ts'
import { afterOperations, beforeDowngrade } from './preserved/around-step.ts'
import type { RestoreContext } from './preserved/cells.ts'
import { counterMoves } from './preserved/counters.ts'
import { holdChanged } from './preserved/hold-changed.ts'
import { recordBases } from './preserved/record-bases.ts'
import { forecastReplay, replayOf } from './preserved/replay.ts'
import { restoreDropped } from './preserved/restore-dropped.ts'
import { observeColumns } from './record-columns.ts'
import { ensureTables, recordStep } from './record-step.ts'
import type { RunContext } from './run-context.ts'
import { runOperations, runRest } from './run-operations.ts'
import { collectReports } from './run-step.ts'
import { namedOf, type Running, stampLock } from './running.ts'
import { createYield } from './yielding.ts'

/** Everything of one step. Where it is one transaction, that is open; else `journal` opens and ends them. */
export async function applyStep(
  running: Running,
  prepared: PreparedStep,
  at: number,
  step: RevisionStep,
  foreignKeys: 'on' | 'off',
  journal?: JournaledParts,
): Promise<readonly StepReport[]> {
  const { settled, session, planned, options, standing } = running
  const named = namedOf(prepared)
  const startedAt = begunAt(prepared)
  const relook = (): Promise<SchemaModel> => planned.introspect(session)
  const lost = new Set(
    (planned.plan.steps[at]?.losses ?? [])
      .filter((loss) => !loss.preserved && (loss.how === 'dropped' || loss.refused))
      .map((loss) => loss.object),
  )
  const context: RunContext = {
    dialect: settled.dialect,
    session,
    preserved: running.preserved,
    arguments: settled.arguments,
    emit: options.emit,
    losses: running.losses,
    stepIdleMs: settled.stepIdleMs,
    foreignKeys,
    lost,
    acceptDrift: running.acceptDrift,
    preserveLimits: settled.preserve,
    limits: settled.limits,
    lockRetries: settled.lockRetries,
    parts: journal ?? oneTransaction,
    checkLock: async () => running.fence?.check(),
    guarded: (what, work) => guardBookkeeping(running, what, work),
    guardedSql: (operations, work) =>
      mayWriteBookkeeping(settled, operations) ? guardBookkeeping(running, 'the SQL of the revision', work) : work(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const hooked = { ...named, message: prepared.route.header.message, removed: step.removed, added: step.added }
  const callRevision = async (hook: 'beforeRevision' | 'afterRevision'): Promise<void> => {
    const { hooks } = settled
    // A hook is of a revision that is applied or reverted: a half one is neither.
    if (hooks[hook] === undefined || prepared.route.reverts !== undefined) return
    const { callRevisionHook } = await import('./revision-hook.ts')
    await context.guarded(`the hook \`${hook}\``, () => callRevisionHook({ ...context, hooks, hook }, hooked))
  }
  // Of a step that goes on it is committed already.
  if (settled.hooks.beforeRevision !== undefined && prepared.resumed === undefined) {
    await context.parts.together({ until: 0, effective: [] }, () => callRevision('beforeRevision'))
  }
  let before = standing.model
  if (journal !== undefined && prepared.resumed?.rest !== undefined) {
    await runRest(context, prepared, journal)
    before = await relook()
  }
  const columns = await observeColumns(settled, session, prepared)
  if (columns.before !== undefined) journal?.noteColumns(columns.before)
  const reports: StepReport[] = []
  if (step.direction === 'up' && prepared.resumed === undefined && running.preserved.exists) {
    await context.parts.together({ until: 0, effective: [] }, () =>
      reporting(running, named, reports, (reporter) =>
        holdChanged({ ...context, ...reporter, upgrade: operationsOf(prepared.operations) }),
      ),
    )
  }
  reports.push(...(await beforeDowngrade(context, prepared, before)))
  const run = await runOperations(context, prepared, before, relook)
  reports.push(...run.reports)
  const counters = await moveCounters(running, context, named)
  const finish = async (): Promise<void> => {
    const preserving = () => afterOperations(context, prepared, run.after, run.effective)
    if (step.direction === 'down') reports.push(...(await preserving()))
    if (running.preserved.exists) {
      await reporting(running, named, reports, async (reporter) => {
        if (step.direction === 'up') return restoreDropped({ ...context, ...reporter })
        const { upgrade = [], route } = prepared
        const done = route.reverts?.parts.flatMap((part) => part.effective.map(({ operation }) => operation))
        const forecast = forecastReplay(settled.dialect, run.after, prepared, journal !== undefined)
        const rebuilds = forecast.foreignKeys === 'off' && foreignKeys === 'on'
        await recordBases({
          ...context,
          ...reporter,
          upgrade: operationsOf(upgrade),
          ...(done === undefined ? {} : { done }),
          noReplay: rebuilds ? 'it rebuilds tables that others refer to' : forecast.why,
          replay: replayOf(context, prepared, run.after, relook),
        })
      })
    }
    // What is compared by the next downgrade is the row as this upgrade leaves it.
    if (step.direction === 'up') reports.push(...(await preserving()))
    await counters()
    // SQL of an author may have given the lock of the session back.
    if (run.effective.some(({ operation }) => operation.kind === 'sql')) await running.fence?.prove()
    // Before the rows: the lock's is among them, and whoever renews it would wait for the hook.
    await callRevision('afterRevision')
    const { fence } = running
    const next = planned.steps[at + 1]?.route.step.revision
    if (prepared.route.reverts !== undefined)
      return forgetReverted(running, prepared, prepared.route.reverts, startedAt)
    const after = await columns.changes(run.after)
    const done = { effective: run.effective, startedAt, ...(after === undefined ? {} : { columnsAfter: after }) }
    await recordStep(settled, session, standing.present, prepared, step, done, fence && { fence, next })
  }
  await (journal === undefined ? finish() : journal.last(finish))
  standing.model = run.after
  standing.token = await session.schemaToken?.()
  return reports
}

/** An interrupted step of which nothing stands any more leaves the journal; what is recorded as applied stays. */
async function forgetReverted(
  { settled, session, fence, standing }: Running,
  { route }: PreparedStep,
  original: OpenStep,
  startedAt: Date,
): Promise<void> {
  const { dialect, names } = settled
  if (fence !== undefined && !fence.stampFirst) await stampLock(session, fence, undefined)
  await ensureTables(dialect, session, standing.present, [historyTable(names)])
  const recorded = historyRow(dialect, names, {
    tier: original.tier,
    header: route.header,
    direction: 'revert',
    columnsAfter: new Map(),
    startedAt,
    finishedAt: new Date(),
    ...settled.recordedBy(),
    tool: toolVersion,
  })
  for (const { sql, params } of [deleteParts(dialect, names, original), recorded]) await session.execute(sql, params)
}

/** When it was begun is for people: a time in the journal that cannot be read stops nothing. */
function begunAt({ resumed }: PreparedStep): Date {
  const begun = new Date(resumed?.startedAt ?? Number.NaN)
  return Number.isNaN(begun.getTime()) ? new Date() : begun
}

/** Moves the counters on that the last downgrade dropped: what ends a transaction now, the rest when the step is recorded. */
async function moveCounters(
  { session, settled, preserved }: Running,
  context: RunContext,
  { tier, revision, direction }: ReturnType<typeof namedOf>,
): Promise<() => Promise<void>> {
  if (direction !== 'up' || !preserved.exists) return async () => undefined
  const told = describedSession(settled.dialect, session, 'moving counters on')
  const { alone, within, ids } = await counterMoves({ ...context, session: told, owner: { tier, revision } })
  // Done again it does no harm, so that it needs no note; a run that stops behind it comes here once more.
  if (alone.length > 0) await context.parts.close()
  for (const { sql, params } of alone) {
    await context.checkLock()
    await told.execute(sql, params)
  }
  return async () => {
    for (const { sql, params } of within) await told.execute(sql, params)
    for (const id of ids) await preserved.remove(id)
  }
}

const operationsOf = (recorded: readonly RecordedOperation[]): readonly Operation[] =>
  recorded.map(({ operation }) => operation)

/** Work on what downgrades of this revision preserved, with a report of its own. */
async function reporting(
  { settled, session, options }: Running,
  { tier, revision }: { readonly tier: string; readonly revision: string },
  reports: StepReport[],
  work: (reporter: Pick<RestoreContext, 'session' | 'owner' | 'report' | 'breathe'>) => Promise<void>,
): Promise<void> {
  const collected = collectReports({ tier, revision, label: 'what the last downgrade preserved' })
  const yieldNow = createYield()
  await work({
    session: describedSession(settled.dialect, session, 'comparing and restoring what the last downgrade preserved'),
    owner: { tier, revision },
    report: collected.report,
    breathe: () => yieldNow(options.signal),
  })
  for (const report of collected.reports()) {
    reports.push(report)
    options.emit({ type: 'report', ...report })
  }
}
