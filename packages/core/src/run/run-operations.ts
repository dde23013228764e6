import type { RecordedInverse } from '../bookkeeping/history.ts'
import { type CompiledGroup, type CompiledOperation, isBarrier } from '../compile/compile.ts'
import { compileFrom } from '../compile/compile-step.ts'
import { endsPart, isNonTransactional } from '../compile/parts.ts'
import type { PlannedLoss } from '../compile/plan.ts'
import { statementError } from '../compile/statement-error.ts'
import { computes } from '../data-steps/preserved/bases.ts'
import { preserveCounters } from '../data-steps/preserved/counters.ts'
import type { Destruction } from '../data-steps/preserved/destruction.ts'
import { preserveDropped } from '../data-steps/preserved/downgrade.ts'
import { dropsOf } from '../data-steps/preserved/drops.ts'
import { downgradeStep } from '../data-steps/preserved/store.ts'
import { preserveRemoved } from '../data-steps/preserved/upgrade.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { OperationKind } from '../operations/operation.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import { describe } from '../operations/table.ts'
import type { StepReport } from '../options/events.ts'
import { checkDrift } from '../planning/check-drift.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import type { Statement } from '../sql/statement.ts'
import type { JournaledParts } from './journal/journaled-parts.ts'
import { reportLoss, reportLosses } from './report-losses.ts'
import { type RunContext, stepLocation } from './run-context.ts'
import { atSource, runData } from './run-data.ts'
import { describedGroup, runOne } from './run-statement.ts'
import { collectReports } from './run-step.ts'

export interface OperationsRun {
  readonly after: SchemaModel
  readonly resolvedOperations: readonly RecordedInverse[]
  readonly reports: readonly StepReport[]
}

/** Sets the limits of a group's own, and the run's again after it. */
async function limited<T>(context: RunContext, group: CompiledGroup, work: () => Promise<T>): Promise<T> {
  const own = group.operations[0]?.limits
  if (own === undefined || context.session.limit === undefined) return work()
  await context.session.limit({ ...context.limits, ...own })
  try {
    return await work()
  } finally {
    // After a failure there may be nothing left to set it on; that failure is the one to tell.
    await context.session.limit(context.limits).catch(() => undefined)
  }
}

const changesRows: ReadonlySet<OperationKind> = new Set<OperationKind>(['run', 'insertRows', 'deleteRows', 'sql'])
/** A check only reads, and is no reason either to look at what is put off. */
const leavesSchema: ReadonlySet<OperationKind> = new Set<OperationKind>([...changesRows, 'expectNone'])

/** Work whose deferred checks are still to come, and where it was recorded. */
class DeferredChecks {
  #last: CompiledOperation | undefined

  remember(group: CompiledGroup): void {
    const changing = group.operations.findLast((each) => changesRows.has(each.operation.kind))
    if (changing !== undefined) this.#last = changing
  }

  /** Before a change of the schema: PostgreSQL refuses it while a constraint of the table has still to be checked. */
  async checkBeforeSchemaChange(
    context: RunContext,
    executableStep: ExecutableStep,
    next: CompiledGroup,
  ): Promise<void> {
    const last = this.#last
    if (last === undefined || next.operations.every((each) => leavesSchema.has(each.operation.kind))) return
    this.#last = undefined
    try {
      await context.session.checkDeferred?.()
    } catch (cause) {
      const source = last.source === undefined ? {} : { source: last.source }
      const location = { ...stepLocation(executableStep), operation: last.describe, sql: '', ...source }
      throw statementError(context.dialect, cause, location)
    }
  }
}

/**
 * Preserves what a downgrade is about to drop. That is committed before the first note of the journal: a resumed run would preserve
 * what the steps have made of the values meanwhile, under names that may be others by now.
 */
async function preserveFirst(
  context: RunContext,
  executableStep: ExecutableStep,
  before: SchemaModel,
  breathe: () => Promise<void>,
): Promise<readonly StepReport[]> {
  const named = stepLocation(executableStep)
  if (named.direction !== 'down' || executableStep.resumed !== undefined) return []
  const owner = { tier: named.tier, revision: named.revision }
  // What an interrupted upgrade has not restored yet waits for the next one: what it has made meanwhile does not take its place.
  const reverts = executableStep.route.reverts !== undefined
  const drops = dropsOf(
    before,
    executableStep.operations.map((each) => each.operation),
    !reverts &&
      computes(
        context.dialect,
        (executableStep.upgrade ?? []).map((each) => each.operation),
      ),
  )
  const { dialect, preserved, lost, preserveLimits } = context
  const older = !reverts && preserved.exists && (await preserved.has(owner, { step: downgradeStep }))
  if (drops.length === 0 && !older) return []
  const collected = collectReports({ ...owner, label: 'what the interrupted upgrade made' })
  const session = describedSession(dialect, context.session, 'preserving what is dropped')
  const onLoss = (loss: PlannedLoss): void => reportLoss(context, named, loss)
  const { report } = collected
  await context.parts.runInTransaction({ until: 0, resolvedOperations: [] }, async () => {
    if (older) await preserved.clear(owner)
    const dropping = { drops, lost, limits: preserveLimits, breathe, onLoss, report }
    await preserveDropped({ dialect, session, preserved, owner, ...dropping })
    if (!reverts) await preserveCounters({ dialect, session, preserved, owner }, drops)
  })
  const reports = collected.reports()
  for (const each of reports) context.emit({ type: 'report', ...each })
  return reports
}

/** What an upgrade takes away with a group, before it does. */
async function preserveTaken(
  context: RunContext,
  executableStep: ExecutableStep,
  group: CompiledGroup,
  until: number,
  breathe: () => Promise<void>,
): Promise<void> {
  const { tier, revision, direction } = stepLocation(executableStep)
  const [first] = group.operations
  if (first === undefined || direction === 'down' || preservingLabel(first.operation) === undefined) return
  const { dialect, preserved, lost, preserveLimits: limits } = context
  const session = describedSession(dialect, context.session, 'preserving what is taken away')
  const taking = { dialect, session, preserved, owner: { tier, revision }, limits, lost, breathe }
  await context.parts.runInTransaction({ until, resolvedOperations: [] }, () =>
    preserveRemoved(taking, group.before, first.operation),
  )
}

/**
 * Runs a step's operations in order. After a data step and after opaque SQL the tables are looked at again, and what follows
 * is compiled from what is seen then.
 */
export async function runOperations(
  context: RunContext,
  executableStep: ExecutableStep,
  before: SchemaModel,
  reintrospect: () => Promise<SchemaModel>,
): Promise<OperationsRun> {
  const yieldNow = createYield()
  const breathe = (): Promise<void> => yieldNow(context.signal)
  const resolvedOperations: RecordedInverse[] = [...(executableStep.resumed?.resolvedOperations ?? [])]
  const deferred = new DeferredChecks()
  const { operations } = executableStep
  const { parts } = context
  const reports: StepReport[] = [...(await preserveFirst(context, executableStep, before, breathe))]
  let until = executableStep.resumed?.operations ?? 0

  const named = stepLocation(executableStep)
  // What a downgrade drops is told where it is preserved.
  const counts = ({ how }: Destruction): boolean => !(named.direction === 'down' && how === 'dropped')
  const reportGroupLosses = (group: CompiledGroup, inTransaction: boolean): Promise<void> =>
    reportLosses(context, named, group, counts, inTransaction)

  async function runGroup(group: CompiledGroup, more: boolean): Promise<void> {
    const due = group.operations.filter((each) => each.skipped === undefined)
    const done = due.map(({ operation, inverse }) => ({ operation, inverse }))
    until += group.ends
    const span = { until, resolvedOperations: done }
    resolvedOperations.push(...done)
    if (due.length === 0) return
    await deferred.checkBeforeSchemaChange(context, executableStep, group)
    const described = describedGroup(group)
    const run = async (statement: Statement): Promise<void> => {
      await breathe()
      await runOne(context, executableStep, statement, described)
    }
    const operations = due.map(({ operation }) => operation)
    const guarded = (work: () => Promise<void>): Promise<void> => context.guardedSql(operations, work)
    await preserveTaken(context, executableStep, group, until - group.ends, breathe)
    await limited(context, group, async () => {
      if (group.statements.some(isNonTransactional)) {
        await reportGroupLosses(group, false)
        return guarded(() => parts.runNonTransactional(span, group.statements, run))
      }
      await parts.runInTransaction(span, async () => {
        await reportGroupLosses(group, true)
        for (const { operation, source } of due) {
          reports.push(...(await atSource(source, () => runData(context, executableStep, operation))))
        }
        await guarded(async () => {
          for (const statement of group.statements) await run(statement)
        })
      })
    })
    deferred.remember(group)
    if (more && endsPart(group)) await parts.close()
  }

  let model = before
  for (let at = 0; at < operations.length; ) {
    const { groups, after, taken } = compileFrom(context.dialect, context.compiled, model, operations, at)
    at += taken
    for (const [index, group] of groups.entries()) {
      await runGroup(group, index < groups.length - 1 || at < operations.length)
    }
    model = after
    const last = operations[at - 1]?.operation
    if (last !== undefined && isBarrier(last) && at < operations.length) {
      model = await reintrospect()
      checkDrift(context.dialect, model, executableStep, context.acceptDrift, at)
    }
  }
  const last = operations.at(-1)?.operation
  return { after: last !== undefined && isBarrier(last) ? await reintrospect() : model, resolvedOperations, reports }
}

/** The rest of an operation that an earlier run left in the middle. */
export async function runRest(
  context: RunContext,
  executableStep: ExecutableStep,
  parts: JournaledParts,
): Promise<void> {
  const part = executableStep.resumed?.rest?.part
  if (part === undefined) return
  const source = executableStep.recorded?.[part.until - 1]?.source
  const described = {
    describe: part.resolvedOperations.map((each) => describe(each.operation)).join('; '),
    ...(source === undefined ? {} : { source }),
  }
  await parts.resumeRest((statement) => runOne(context, executableStep, statement, described))
}
