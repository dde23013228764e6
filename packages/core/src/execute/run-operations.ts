import { type CompiledGroup, compileOperations, isBarrier } from '../compile/compile.ts'
import type { Statement } from '../compile/statement.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { type ErrorLocation, isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import type { RecordedInverse } from './bookkeeping/history.ts'
import { checkDrift } from './check-drift.ts'
import { describedSession, statementError } from './described-session.ts'
import type { MigrationEvent, StepReport } from './events.ts'
import { keepDropped } from './kept/downgrade.ts'
import { dropsOf } from './kept/drops.ts'
import type { KeepLimits } from './kept/losses.ts'
import { keptPlaces, restoreKept } from './kept/restore.ts'
import type { KeptStore } from './kept/store.ts'
import type { PreparedStep } from './prepare.ts'
import { collectReports, runStepFunction } from './run-step.ts'
import { createYield } from './yielding.ts'

export interface RunContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly kept: KeptStore
  readonly emit: (event: MigrationEvent) => void
  readonly stepIdleMs: number
  /** Whether they are enforced while the step runs. */
  readonly foreignKeys: 'on' | 'off'
  readonly signal?: AbortSignal
  /** Objects of the plan whose rows are over the limits and may be lost. */
  readonly lost: ReadonlySet<string>
  readonly acceptDrift: boolean
  readonly limits: KeepLimits
}

export interface OperationsRun {
  readonly after: SchemaModel
  readonly effective: readonly RecordedInverse[]
  readonly reports: readonly StepReport[]
}

function where(prepared: PreparedStep): ErrorLocation & { tier: string; revision: string; direction: 'up' | 'down' } {
  const { tier, step } = prepared.route
  return { tier: tier.tier.name, revision: step.revision, direction: step.direction }
}

function cellText(value: unknown): string {
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)
}

async function runStatement(
  context: RunContext,
  prepared: PreparedStep,
  statement: Statement,
  describe: string,
): Promise<void> {
  const { session, emit } = context
  const named = where(prepared)
  // With enforcement on, dropping the old table of a rebuild deletes the rows of ON DELETE CASCADE children.
  if (statement.foreignKeys === 'off' && context.foreignKeys === 'on') {
    throw new MigrateError('INTERNAL', { where: 'runStatement' }, 'A rebuild was planned as a change in place.')
  }
  // Ran before the transaction was opened.
  if (statement.transaction === 'outside') return
  emit({
    type: 'statement',
    ...named,
    describe,
    sql: statement.sql,
    ...(statement.note === undefined ? {} : { note: statement.note }),
  })
  if (statement.copy !== undefined) {
    const what = statement.note ?? describe
    await session.copy(statement.copy, {
      onProgress: (done) => emit({ type: 'progress', ...named, what, done }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    })
    return
  }
  if (statement.expectEmpty === undefined) {
    await session.execute(statement.sql, statement.params)
    return
  }
  const rows = await session.query(statement.sql, statement.params)
  if (rows.length === 0) return
  const shown = rows.map((row) =>
    Object.entries(row)
      .map(([column, value]) => `${column} ${cellText(value)}`)
      .join(', '),
  )
  throw new MigrateError(
    'ROWS_IN_THE_WAY',
    { check: statement.expectEmpty, rows: shown },
    `${statement.expectEmpty}: ${shown.join('; ')}`,
    statement.remedy === undefined ? {} : { remedy: statement.remedy },
  )
}

async function runGroup(
  context: RunContext,
  prepared: PreparedStep,
  group: CompiledGroup,
  breathe: () => Promise<void>,
): Promise<void> {
  const describe = group.operations.map((each) => each.describe).join('; ')
  const source = group.operations.find((each) => each.source !== undefined)?.source
  for (const statement of group.statements) {
    await breathe()
    try {
      await runStatement(context, prepared, statement, describe)
    } catch (cause) {
      if (context.signal?.aborted && cause === context.signal.reason) throw cause
      const location = {
        ...where(prepared),
        operation: describe,
        sql: statement.sql,
        ...(source === undefined ? {} : { source }),
      }
      throw statementError(context.dialect, cause, location, statement.remedy)
    }
  }
}

async function runData(
  context: RunContext,
  prepared: PreparedStep,
  operation: RecordedOperation['operation'],
): Promise<readonly StepReport[]> {
  if (operation.kind !== 'run') return []
  const named = where(prepared)
  const { label } = operation
  const collected = collectReports({ tier: named.tier, revision: named.revision, label })
  const owner = { tier: named.tier, revision: named.revision }
  const step = {
    dialect: context.dialect,
    session: context.session,
    kept: context.kept,
    owner,
    label,
    report: collected.report,
    progress: (what: string, done: number, total?: number) =>
      context.emit({
        type: 'progress',
        ...named,
        what: `${label}: ${what}`,
        done,
        ...(total === undefined ? {} : { total }),
      }),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  }
  const functions = prepared.functions.get(label)
  if (operation.half === 'up') {
    if (functions === undefined) throw missingFunction(label, named.revision)
    await runStepFunction(step, functions.up, context.stepIdleMs)
  } else if (operation.down === 'restore') {
    const breathe = createYield()
    const session = describedSession(context.dialect, context.session, `giving back what "${label}" kept`)
    const restore = { ...step, session, breathe: () => breathe(context.signal) }
    for (const place of await keptPlaces(restore, label)) {
      await restoreKept(restore, place)
    }
  } else if (operation.down === 'function') {
    if (functions?.down === undefined) throw missingFunction(label, named.revision)
    await runStepFunction(step, functions.down, context.stepIdleMs)
  }
  const reports = collected.reports()
  for (const report of reports) context.emit({ type: 'report', ...report })
  return reports
}

/** A data step fails in code of its own: the line that recorded it is the nearest place that is always known. */
async function atSource<T>(source: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw source !== undefined && isMigrateError(error) ? locate(error, { source }) : error
  }
}

function missingFunction(label: string, revision: string): MigrateError {
  const why = `it has no function for the data step "${label}"`
  return new MigrateError('REVISION_FILE_NEEDED', { revision, why }, `Revision ${revision} has changed: ${why}.`)
}

/**
 * Runs a step's operations in order. After a data step and after opaque SQL the tables are looked at again, and what follows
 * is compiled from what is seen then.
 */
export async function runOperations(
  context: RunContext,
  prepared: PreparedStep,
  before: SchemaModel,
  relook: () => Promise<SchemaModel>,
): Promise<OperationsRun> {
  const yieldNow = createYield()
  const breathe = (): Promise<void> => yieldNow(context.signal)
  const effective: RecordedInverse[] = []
  const reports: StepReport[] = []
  const { operations } = prepared
  const named = where(prepared)
  if (named.direction === 'down') {
    const owner = { tier: named.tier, revision: named.revision }
    const drops = dropsOf(
      before,
      operations.map((each) => each.operation),
      prepared.recomputes,
    )
    const { dialect, kept, lost, limits } = context
    const session = describedSession(dialect, context.session, 'keeping what is dropped')
    await keepDropped({ dialect, session, kept, owner, drops, lost, limits, breathe })
  }
  let model = before
  for (let at = 0; at < operations.length; ) {
    const { groups, after, taken } = compileOperations(context.dialect, model, operations.slice(at))
    for (const group of groups) {
      for (const compiled of group.operations) {
        if (compiled.skipped !== undefined) continue
        effective.push({ operation: compiled.operation, inverse: compiled.inverse })
        reports.push(...(await atSource(compiled.source, () => runData(context, prepared, compiled.operation))))
      }
      await runGroup(context, prepared, group, breathe)
    }
    model = after
    at += taken
    const last = operations[at - 1]?.operation
    if (last !== undefined && isBarrier(last) && at < operations.length) {
      model = await relook()
      checkDrift(context.dialect, model, prepared, context.acceptDrift, at)
    }
  }
  const last = operations.at(-1)?.operation
  return { after: last !== undefined && isBarrier(last) ? await relook() : model, effective, reports }
}
