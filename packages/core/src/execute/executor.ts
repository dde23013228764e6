import type { Session, TransactionScope } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import { followHeads } from '../plan/head-moves.ts'
import type { RevisionStep } from '../plan/plan.ts'
import { historyRow } from './bookkeeping/history.ts'
import { historyTable } from './bookkeeping/tables.ts'
import type { MigrationEvent, StepReport } from './events.ts'
import { giveBack } from './kept/restore.ts'
import { createKeptStore, type KeptStore } from './kept/store.ts'
import { look } from './look.ts'
import { type Settled, toolVersion } from './options.ts'
import type { Planned } from './planning.ts'
import type { PreparedStep } from './prepare.ts'
import { type RunContext, runOperations } from './run-operations.ts'
import { collectReports } from './run-step.ts'
import { createYield } from './yielding.ts'

export interface ExecuteOptions {
  readonly emit: (event: MigrationEvent) => void
  readonly signal?: AbortSignal
}

export interface Executed {
  readonly applied: readonly string[]
  readonly reports: readonly StepReport[]
  readonly kept: number
}

/** What is known of the database between steps; whatever somebody else did meanwhile is found out under the write lock. */
interface Standing {
  model: SchemaModel
  token: string | undefined
  present: Set<string>
  /** By tier: the rows as the plan expects them before the next step. */
  readonly rows: Map<string, Set<string>>
}

function sameRows(expected: ReadonlySet<string>, found: readonly string[]): boolean {
  return expected.size === found.length && found.every((row) => expected.has(row))
}

/** The plan's own rows, whoever made them. */
function advanceRows(standing: Standing, tier: string, step: RevisionStep): void {
  const rows = standing.rows.get(tier) ?? new Set<string>()
  for (const head of step.removed) rows.delete(head)
  for (const head of step.added) rows.add(head)
  standing.rows.set(tier, rows)
}

interface Running {
  readonly settled: Settled
  readonly session: Session
  readonly planned: Planned
  readonly options: ExecuteOptions
  readonly standing: Standing
  readonly kept: KeptStore
}

/** Makes one of our tables, in the transaction of the first step that needs it. */
async function ensureTable(running: Running, table: TableModel): Promise<void> {
  const { standing, session, settled } = running
  if (standing.present.has(table.ref.name)) return
  const operation = { kind: 'createTable', table } as const
  const after = settled.dialect.advance(emptySchema, operation)
  for (const statement of settled.dialect.compile.createTable({ operation, before: emptySchema, after })) {
    await session.execute(statement.sql, statement.params)
  }
  standing.present.add(table.ref.name)
}

/**
 * Under the write lock: has anybody moved the database since it was looked at? Gives the step as it has to run now, or why it
 * has not to run at all. The tables are read again where the schema changed.
 */
async function settleStep(
  running: Running,
  prepared: PreparedStep,
  step: RevisionStep,
): Promise<RevisionStep | string> {
  const { standing, session, settled, planned } = running
  const token = await session.schemaToken?.()
  const moved = token === undefined || token !== standing.token
  if (moved) {
    standing.present = new Set((await look(settled, session)).present)
    standing.model = await planned.introspect(session)
    standing.token = token
    running.kept.look(standing.present.has(settled.names.kept))
  }
  const { tier, graph } = prepared.route.tier
  const expected = standing.rows.get(tier.name) ?? new Set<string>()
  const found = standing.present.has(tier.store.table.ref.name) ? await tier.store.read(session) : []
  if (sameRows(expected, found)) return step
  if (tier.kind === 'sequential') {
    if (found.includes(step.revision) === (step.direction === 'up')) return meanwhile(step)
    return step
  }
  const unknown = found.filter((revision) => !graph.has(revision))
  const stale = (): MigrateError =>
    new MigrateError(
      'PLAN_STALE',
      { planned: [...expected], found },
      `The database was at ${[...expected].join(', ') || 'base'} when the run was planned, and is at ${found.join(', ') || 'base'} now.`,
    )
  if (unknown.length > 0) throw stale()
  const heads = followHeads(graph, found)
  if (heads.isApplied(step.revision) === (step.direction === 'up')) return meanwhile(step)
  const ready =
    step.direction === 'up'
      ? graph.beforeOf(step.revision).every((revision) => heads.isApplied(revision))
      : graph.afterOf(step.revision).every((revision) => !heads.isApplied(revision))
  if (!ready) throw stale()
  return { ...step, ...heads[step.direction](step.revision) }
}

function meanwhile(step: RevisionStep): string {
  return step.direction === 'up' ? 'another run applied it meanwhile' : 'another run reverted it meanwhile'
}

async function writeBookkeeping(
  running: Running,
  prepared: PreparedStep,
  step: RevisionStep,
  startedAt: Date,
  effective: Parameters<typeof historyRow>[2]['effective'],
): Promise<void> {
  const { settled, session } = running
  const { tier } = prepared.route.tier
  await ensureTable(running, tier.store.table)
  await ensureTable(running, historyTable(settled.names))
  const finishedAt = new Date()
  for (const statement of tier.store.move(step, finishedAt.toISOString())) {
    const { changes } = await session.execute(statement.sql, statement.params)
    if (changes === 1) continue
    const table = tier.store.table.ref.name
    throw new MigrateError(
      'BOOKKEEPING_INVALID',
      { table, why: `a write of it touched ${changes} rows instead of one` },
      `A write to ${table} touched ${changes} rows instead of one: somebody else changed it.`,
    )
  }
  const by = settled.recordedBy()
  const row = historyRow(settled.dialect, settled.names, {
    tier: tier.name,
    header: prepared.route.header,
    direction: step.direction,
    ...(prepared.operationsHash === undefined ? {} : { operationsHash: prepared.operationsHash }),
    effective,
    startedAt,
    finishedAt,
    host: by.host,
    user: by.user,
    tool: toolVersion,
  })
  await session.execute(row.sql, row.params)
}

/** Everything of one step inside the open transaction. Gives undefined where it had not to run. */
async function runStep(
  running: Running,
  prepared: PreparedStep,
  at: number,
): Promise<readonly StepReport[] | undefined> {
  const { settled, session, planned, options, standing } = running
  const named = {
    tier: prepared.route.tier.tier.name,
    revision: prepared.route.step.revision,
    direction: prepared.route.step.direction,
  }
  const step = await settleStep(running, prepared, prepared.route.step)
  if (typeof step === 'string') {
    options.emit({ type: 'stepSkipped', ...named, why: step })
    return undefined
  }
  const startedAt = new Date()
  const relook = (): Promise<SchemaModel> => planned.introspect(session)
  const lost = new Set((planned.plan.steps[at]?.losses ?? []).filter((loss) => !loss.kept).map((loss) => loss.object))
  const context: RunContext = {
    dialect: settled.dialect,
    session,
    kept: running.kept,
    emit: options.emit,
    stepIdleMs: settled.stepIdleMs,
    lost,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  const run = await runOperations(context, prepared, standing.model, relook)
  const reports = [...run.reports]
  if (step.direction === 'up' && running.kept.exists) {
    const collected = collectReports({
      tier: named.tier,
      revision: named.revision,
      label: 'what the last downgrade kept',
    })
    const yieldNow = createYield()
    const owner = { tier: named.tier, revision: named.revision }
    await giveBack({ ...context, owner, report: collected.report, breathe: () => yieldNow(options.signal) }, run.after)
    for (const report of collected.reports()) {
      reports.push(report)
      options.emit({ type: 'report', ...report })
    }
  }
  await writeBookkeeping(running, prepared, step, startedAt, run.effective)
  standing.model = run.after
  standing.token = await session.schemaToken?.()
  return reports
}

/**
 * A statement that cannot run in a transaction is the only one of its step: it runs alone, the step's row follows. Whether it
 * is still due is asked under the write lock, as for every step.
 */
async function runOutside(running: Running, prepared: PreparedStep, at: number): Promise<void> {
  const scope = await begin(running, false)
  let due: RevisionStep | string
  try {
    due = await settleStep(running, prepared, prepared.route.step)
  } finally {
    await scope.rollback()
  }
  if (typeof due === 'string') return
  const operations = running.planned.plan.steps[at]?.operations ?? []
  for (const statement of operations.flatMap((each) => each.statements)) await running.session.execute(statement.sql)
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
  const kept = createKeptStore(settled.dialect, session, settled.names, standing.present.has(settled.names.kept))
  const running: Running = { settled, session, planned, options, standing, kept }
  const whole = plan.transaction === 'run'
  const applied: string[] = []
  const pending: string[] = []
  const reports: StepReport[] = []
  const anyOff = plan.steps.some((step) => step.foreignKeys === 'off')
  let keptCount = 0
  let scope: TransactionScope | undefined
  const yieldNow = createYield()
  for (const [at, prepared] of steps.entries()) {
    const { tier, step, header } = prepared.route
    const named = { tier: tier.tier.name, revision: step.revision, direction: step.direction }
    const begunAt = performance.now()
    try {
      await yieldNow(options.signal)
      options.emit({ type: 'stepStarted', ...named, message: header.message, index: at + 1, total: steps.length })
      if (isOutside(planned, at)) await runOutside(running, prepared, at)
      scope ??= await begin(running, whole ? anyOff : plan.steps[at]?.foreignKeys === 'off')
      const countBefore = running.kept.count
      const outcome = await runStep(running, prepared, at)
      advanceRows(standing, tier.tier.name, step)
      if (outcome !== undefined) {
        pending.push(`${named.tier}:${named.revision}`)
        reports.push(...outcome)
      }
      keptCount += running.kept.count - countBefore
      if (!whole || at === steps.length - 1) {
        const open: TransactionScope = scope
        scope = undefined
        await open.commit()
        applied.push(...pending.splice(0))
      }
      if (outcome !== undefined)
        options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - begunAt) })
    } catch (error) {
      if (scope !== undefined) await rollBack(running, scope)
      throw failure(options, named, applied, error)
    }
  }
  return { applied, reports, kept: keptCount }
}

function failure(
  options: ExecuteOptions,
  named: { readonly tier: string; readonly revision: string; readonly direction: 'up' | 'down' },
  applied: readonly string[],
  error: unknown,
): unknown {
  const aborted =
    options.signal?.aborted === true && (error === options.signal.reason || isMigrateError(error, 'ABORTED'))
  const located = aborted
    ? new MigrateError('ABORTED', { applied }, `Stopped before ${named.revision}; it changed nothing.`, {
        cause: error,
        location: named,
      })
    : isMigrateError(error)
      ? locate(error, named)
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
