import { forecastStep } from '../compile/compile-step.ts'
import type { Session, TransactionScope } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { RevisionStep } from '../plan/plan.ts'
import { describedSession, statementError } from './described-session.ts'
import type { MigrationEvent, StepReport } from './events.ts'
import { giveBack } from './kept/give-back.ts'
import { createKeptStore } from './kept/store.ts'
import type { Settled } from './options.ts'
import type { Planned } from './planning.ts'
import type { PreparedStep } from './prepare.ts'
import { recordStep } from './record-step.ts'
import { type RunContext, runOperations } from './run-operations.ts'
import { collectReports } from './run-step.ts'
import { advanceRows, type SettledStep, type Settling, type Standing, settleStep, stale } from './settle-step.ts'
import { createYield } from './yielding.ts'

export interface ExecuteOptions {
  readonly emit: (event: MigrationEvent) => void
  readonly signal?: AbortSignal
  readonly acceptDrift?: boolean
}

export interface Executed {
  readonly applied: readonly string[]
  readonly reports: readonly StepReport[]
  readonly kept: number
}

function namedOf({ route }: PreparedStep): { tier: string; revision: string; direction: 'up' | 'down' } {
  return { tier: route.tier.tier.name, revision: route.step.revision, direction: route.step.direction }
}

interface Running extends Settling {
  readonly options: ExecuteOptions
}

/** Everything of one step inside the open transaction. */
async function runStep(
  running: Running,
  prepared: PreparedStep,
  at: number,
  step: RevisionStep,
  foreignKeys: 'on' | 'off',
): Promise<readonly StepReport[]> {
  const { settled, session, planned, options, standing } = running
  const named = namedOf(prepared)
  const startedAt = new Date()
  const relook = (): Promise<SchemaModel> => planned.introspect(session)
  const lost = new Set((planned.plan.steps[at]?.losses ?? []).filter((loss) => !loss.kept).map((loss) => loss.object))
  const context: RunContext = {
    dialect: settled.dialect,
    session,
    kept: running.kept,
    emit: options.emit,
    stepIdleMs: settled.stepIdleMs,
    foreignKeys,
    lost,
    acceptDrift: running.acceptDrift,
    limits: settled.keep,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const run = await runOperations(context, prepared, standing.model, relook)
  const reports = [...run.reports]
  if (step.direction === 'up' && running.kept.exists) {
    const { tier, revision } = named
    const collected = collectReports({ tier, revision, label: 'what the last downgrade kept' })
    const yieldNow = createYield()
    await giveBack({
      ...context,
      session: describedSession(settled.dialect, session, 'giving back what the last downgrade kept'),
      owner: { tier, revision },
      report: collected.report,
      breathe: () => yieldNow(options.signal),
    })
    for (const report of collected.reports()) {
      reports.push(report)
      options.emit({ type: 'report', ...report })
    }
  }
  await recordStep(settled, session, standing.present, prepared, step, { effective: run.effective, startedAt })
  standing.model = run.after
  standing.token = await session.schemaToken?.()
  return reports
}

/**
 * A statement that cannot run in a transaction is the only one of its step: it runs alone, the step's row follows. Whether it
 * is still due is asked under the write lock, as for every step.
 */
async function runOutside(running: Running, prepared: PreparedStep, at: number): Promise<void> {
  const { settled, session, options } = running
  const scope = await begin(running, false)
  let due: SettledStep
  try {
    due = await settleStep(running, prepared, at)
  } finally {
    await scope.rollback()
  }
  if ('skip' in due) return
  for (const { describe, statements, source } of running.planned.plan.steps[at]?.operations ?? []) {
    for (const { sql } of statements) {
      options.emit({ type: 'statement', ...namedOf(prepared), describe, sql })
      const location = { operation: describe, sql, ...(source === undefined ? {} : { source }) }
      try {
        await session.execute(sql)
      } catch (cause) {
        throw statementError(settled.dialect, cause, location)
      }
    }
  }
}

/** Tables are others than planned, and what compiled to a change in place may be a rebuild now. */
function needsForeignKeysOff(running: Running, prepared: PreparedStep): boolean {
  return forecastStep(running.settled.dialect, running.standing.model, prepared.operations).foreignKeys === 'off'
}

function isOutside(planned: Planned, at: number): boolean {
  return (planned.plan.steps[at]?.operations ?? []).some((each) =>
    each.statements.some((s) => s.transaction === 'outside'),
  )
}

function begin(running: Running, off: boolean): Promise<TransactionScope> {
  const { options, settled } = running
  return running.session.begin({
    ...(off ? { foreignKeys: 'off' as const } : {}),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    waitMs: settled.waitMs,
    onWait: (waitedMs) => options.emit({ type: 'waiting', what: settled.dialect.database, waitedMs }),
  })
}

/** The rollback's own failure must not hide what made it necessary. */
async function rollBack(running: Running, scope: TransactionScope): Promise<void> {
  try {
    await scope.rollback()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    running.options.emit({ type: 'warning', message: `The transaction could not be rolled back: ${text}` })
  }
}

/**
 * Runs a plan on one session. Each step with its data functions and its history row is one transaction (or all of them one,
 * where the plan says so); whatever throws, and an abort, leaves the database at a step's boundary.
 */
export async function execute(
  settled: Settled,
  session: Session,
  planned: Planned,
  options: ExecuteOptions,
): Promise<Executed> {
  const { plan, steps } = planned
  const standing: Standing = {
    model: planned.live,
    token: planned.token,
    present: new Set(planned.look.present),
    rows: new Map([...planned.look.applied].map(([tier, rows]) => [tier, new Set(rows)])),
  }
  const keeping = describedSession(settled.dialect, session, 'keeping old values')
  const kept = createKeptStore(settled.dialect, keeping, settled.names, standing.present.has(settled.names.kept))
  const acceptDrift = options.acceptDrift === true
  const running: Running = { settled, session, planned, options, standing, kept, acceptDrift }
  const whole = plan.transaction === 'run'
  const applied: string[] = []
  const pending: string[] = []
  const reports: StepReport[] = []
  const anyOff = plan.steps.some((step) => step.foreignKeys === 'off')
  let keptCount = 0
  let scope: TransactionScope | undefined
  let off = false
  const yieldNow = createYield()
  for (const [at, prepared] of steps.entries()) {
    const { tier, step, header } = prepared.route
    const named = namedOf(prepared)
    const begunAt = performance.now()
    try {
      await yieldNow(options.signal)
      options.emit({ type: 'stepStarted', ...named, message: header.message, index: at + 1, total: steps.length })
      if (isOutside(planned, at)) await runOutside(running, prepared, at)
      if (scope === undefined) {
        off = whole ? anyOff || planned.uncertain.includes(true) : plan.steps[at]?.foreignKeys === 'off'
        scope = await begin(running, off)
      }
      let due = await settleStep(running, prepared, at)
      if ('step' in due && due.unproven && !off && needsForeignKeysOff(running, prepared)) {
        if (pending.length > 0) throw stale([], [], 'has other tables than when the run was planned')
        const open: TransactionScope = scope
        scope = undefined
        await open.rollback()
        off = true
        scope = await begin(running, off)
        due = await settleStep(running, prepared, at)
      }
      const countBefore = running.kept.count
      let skipped = true
      if ('skip' in due) options.emit({ type: 'stepSkipped', ...named, why: due.skip })
      else {
        reports.push(...(await runStep(running, prepared, at, due.step, off ? 'off' : 'on')))
        pending.push(`${named.tier}:${named.revision}`)
        skipped = false
      }
      advanceRows(standing, tier.tier.name, step)
      keptCount += running.kept.count - countBefore
      if (!whole || at === steps.length - 1) {
        const open: TransactionScope = scope
        scope = undefined
        await open.commit()
        applied.push(...pending.splice(0))
      }
      if (!skipped) options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - begunAt) })
    } catch (error) {
      if (scope !== undefined) await rollBack(running, scope)
      throw failure(options, named, applied, error, whole && steps.length > 1)
    }
  }
  return { applied, reports, kept: keptCount }
}

/** Earlier steps were reported as done: that they went back as well has to be said. */
function tookAllBack({ code, details, message, remedy, location, cause }: MigrateError): MigrateError {
  const all = 'The run was one transaction: none of its revisions stays.'
  return new MigrateError(code, details, message, { remedy: `${remedy} ${all}`, location, cause })
}

function failure(
  options: ExecuteOptions,
  named: { readonly tier: string; readonly revision: string; readonly direction: 'up' | 'down' },
  applied: readonly string[],
  error: unknown,
  whole: boolean,
): unknown {
  const aborted =
    options.signal?.aborted === true && (error === options.signal.reason || isMigrateError(error, 'ABORTED'))
  const located = aborted
    ? new MigrateError('ABORTED', { applied }, `Stopped before ${named.revision}; it changed nothing.`, {
        cause: error,
        location: named,
      })
    : isMigrateError(error)
      ? locate(whole ? tookAllBack(error) : error, named)
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
