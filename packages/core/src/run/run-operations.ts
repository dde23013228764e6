import type { RecordedInverse } from '../bookkeeping/history.ts'
import { type CompiledGroup, type CompiledOperation, isBarrier } from '../compile/compile.ts'
import { compileFrom } from '../compile/compile-step.ts'
import { namedTables } from '../compile/named-tables.ts'
import { endsPart, isNonTransactional } from '../compile/parts.ts'
import { statementError } from '../compile/statement-error.ts'
import { decidedBefore, filledBy } from '../data-steps/preserved/bases.ts'
import { preserveCounters } from '../data-steps/preserved/counters.ts'
import { preserveDropped } from '../data-steps/preserved/downgrade.ts'
import { countersLost, type DroppedObject, dropsOf, followNames } from '../data-steps/preserved/drops.ts'
import { lossName } from '../data-steps/preserved/losses.ts'
import { bearsFirstNames, mayWrite, recordTaken } from '../data-steps/preserved/restore/interrupted.ts'
import { downgradeStep } from '../data-steps/preserved/store.ts'
import { foundBy, preserveRemoved } from '../data-steps/preserved/upgrade.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import { emptySchema, tableKey } from '../model/edit.ts'
import type { TableRef } from '../model/schema-model.ts'
import { isOpaque, type OperationKind } from '../operations/operation.ts'
import { counterLabel, preservingLabel } from '../operations/preserved-label.ts'
import { type OperationLimits, operationsOf } from '../operations/recording.ts'
import { describe } from '../operations/table.ts'
import { checkDrift } from '../planning/check-drift.ts'
import type { Statement } from '../sql/statement.ts'
import type { JournaledParts } from './journal/journaled-parts.ts'
import { noOperations, oneTransaction } from './journal/step-parts.ts'
import type { LiveModel } from './live-model.ts'
import type { RunContext } from './run-context.ts'
import { atSource, runData } from './run-data.ts'
import { describedGroup, runOne } from './run-statement.ts'
import { renumberBehind, restoreBehind } from './step-boundaries.ts'
import { reporting, reportingPreserved, reportLoss, reportLosses } from './step-reports.ts'

export interface OperationsRun {
  /** The tables after the operations, read where something needs them. */
  readonly after: LiveModel
  readonly resolvedOperations: readonly RecordedInverse[]
  /** Tables and columns, as `columnKey` has them at the end, that were there where a guarded operation would have made them. */
  readonly found: ReadonlySet<string>
}

/** Sets the limits of an operation's own, and the run's again after it. */
async function limited<T>(
  { session, resolved }: RunContext,
  own: OperationLimits | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (own === undefined || session.limit === undefined) return work()
  await session.limit({ ...resolved.limits, ...own })
  try {
    return await work()
  } finally {
    // After a failure there may be nothing left to set it on; that failure is the one to tell.
    await session.limit(resolved.limits).catch(() => undefined)
  }
}

const changesRows: ReadonlySet<OperationKind> = new Set<OperationKind>(['run', 'insertRows', 'deleteRows', 'sql'])
/** A check only reads, and is no reason either to look at what is put off. */
const leavesSchema: ReadonlySet<OperationKind> = new Set<OperationKind>([...changesRows, 'expectNone'])

/** Work whose deferred checks are still to come, and where it was recorded. */
class DeferredChecks {
  #last: CompiledOperation | undefined

  remember({ operations }: CompiledGroup, isRestored: boolean): void {
    const changing = isRestored
      ? operations.at(-1)
      : operations.findLast((each) => changesRows.has(each.operation.kind))
    if (changing !== undefined) this.#last = changing
  }

  /** Before a change of the schema: PostgreSQL refuses it while a constraint of the table has still to be checked. */
  async checkBeforeSchemaChange(context: RunContext, next: CompiledGroup): Promise<void> {
    const last = this.#last
    if (last === undefined || next.operations.every((each) => leavesSchema.has(each.operation.kind))) return
    this.#last = undefined
    try {
      await context.session.checkDeferred?.()
    } catch (cause) {
      const source = last.source === undefined ? {} : { source: last.source }
      const location = { ...context.named, operation: last.describe, sql: '', ...source }
      throw statementError(context.dialect, cause, location)
    }
  }
}

/** What others write is preserved, or comes after the change: between the two it would be lost. */
async function lockTables({ dialect, session }: RunContext, tables: readonly TableRef[]): Promise<void> {
  const distinct = [...new Map(tables.map((ref) => [tableKey(ref), ref])).values()]
  if (distinct.length === 0 || dialect.rows?.lockTables === undefined) return
  await describedSession(dialect, session, 'locking what is dropped').execute(dialect.rows.lockTables(distinct).text)
}

/** What fits into one page takes no time that is worth a line. */
const preservingProgress =
  ({ emit, named }: RunContext) =>
  (object: string, done: number, total?: number): void => {
    if (total === undefined || done >= total) return
    emit({ type: 'progress', ...named, what: `preserving ${object}`, done, total })
  }

const renamedSince =
  'the downgrade had renamed it, or the key of its rows, before it was stopped, so what was written since is not preserved'

/**
 * Preserves what a downgrade is about to drop, before its first operation. A downgrade that is resumed preserves again what it still has to
 * drop: other sessions have written since it stopped.
 */
async function preserveFirst(
  context: RunContext,
  before: LiveModel,
  breathe: () => Promise<void>,
): Promise<readonly DroppedObject[]> {
  const { executableStep, dialect, preserved, owner, lost } = context
  const limits = context.resolved.preserve
  if (context.named.direction !== 'down') return []
  const { resumed } = executableStep
  const done = resumed && operationsOf(resumed.resolvedOperations)
  // What an interrupted upgrade has not restored yet waits for the next one: what it has made meanwhile does not take its place.
  const reverts = executableStep.route.reverts !== undefined
  const upgrade = operationsOf(executableStep.upgrade ?? [])
  const operations = operationsOf(executableStep.operations)
  const model = operations.every(isOpaque) ? emptySchema : await before.read()
  const all = dropsOf(model, operations, reverts ? () => false : filledBy(dialect, upgrade))
  const drops = done === undefined ? all : all.filter((each) => bearsFirstNames(dialect, done, each))
  const counters = reverts ? [] : [...drops, ...countersLost(model, operations)]
  const step = downgradeStep
  const older = done === undefined && !reverts && preserved.exists && (await preserved.hasValues(owner, { step }))
  if (all.length === 0 && counters.length === 0 && !older) return []
  const session = describedSession(dialect, context.session, 'preserving what is dropped')
  const preserving = { dialect, session, preserved, owner }
  await reporting(context, 'what the interrupted upgrade made', (report) =>
    context.parts.runInTransaction(noOperations, async () => {
      await lockTables(
        context,
        drops.filter((each) => !lost.has(lossName(each))).map(({ table }) => table.ref),
      )
      if (older) await preserved.clear(owner, { step })
      for (const each of all) {
        if (!drops.includes(each)) report(`${lossName(each)}: ${renamedSince}`)
      }
      // What a step of the downgrade may have written stays beside the value from before it.
      const select = { step, undecided: true } as const
      for (const { table, column = '' } of done === undefined ? [] : drops)
        if (!mayWrite(done ?? [], table.ref))
          await preserved.clear(owner, { ...select, table: tableKey(table.ref), column })
      const onLoss = reportLoss.bind(undefined, context)
      const isOne = !reverts && context.parts === oneTransaction
      const baseOf = isOne ? decidedBefore(dialect, operations, upgrade) : undefined
      const progress = preservingProgress(context)
      await preserveDropped({ ...preserving, drops, lost, limits, breathe, progress, onLoss, report, baseOf })
      if (!reverts && dialect.capabilities.statementList !== true) await preserveCounters(preserving, counters)
    }),
  )
  return drops
}

/** What an upgrade takes away with a group, before it does. */
async function preserveTaken(
  context: RunContext,
  group: CompiledGroup,
  until: number,
  breathe: () => Promise<void>,
): Promise<void> {
  const [first] = group.operations
  const isUp = context.named.direction === 'up'
  if (first === undefined || !isUp || counterLabel(first.operation) === undefined) return
  const { dialect, preserved, owner, lost } = context
  const limits = context.resolved.preserve
  const session = describedSession(dialect, context.session, 'preserving what is taken away')
  const progress = preservingProgress(context)
  const taking = { dialect, session, preserved, owner, limits, lost, breathe, progress }
  await context.parts.runInTransaction({ until, resolvedOperations: [] }, async () => {
    await lockTables(context, namedTables([first.operation]))
    await preserveRemoved(taking, group.before, first.operation)
  })
}

/** What the rows are behind an operation of an upgrade that took values away, where the step may stop before its end. */
async function recordRowsBehind(
  context: RunContext,
  { operations: [first] }: CompiledGroup,
  until: number,
): Promise<void> {
  const label = first && preservingLabel(first.operation)
  if (label === undefined || context.named.direction !== 'up' || context.parts === oneTransaction) return
  const purpose = 'comparing what the upgrade takes away'
  await context.parts.runInTransaction({ until, resolvedOperations: [] }, () =>
    reportingPreserved(context, 'what the upgrade preserved', purpose, (restore) => recordTaken(restore, label)),
  )
}

/**
 * Runs a step's operations in order. After a data step and after opaque SQL the tables are not known: the next operation that is
 * compiled from them reads them again. Opaque SQL is sent as it is, so a series of it reads nothing.
 */
export async function runOperations(context: RunContext, live: LiveModel): Promise<OperationsRun> {
  const yieldNow = createYield()
  const breathe = (): Promise<void> => yieldNow(context.signal)
  const { executableStep, parts } = context
  const resolvedOperations: RecordedInverse[] = [...(executableStep.resumed?.resolvedOperations ?? [])]
  const deferred = new DeferredChecks()
  const { operations } = executableStep
  const drops = await preserveFirst(context, live, breathe)
  const preserved = { drops, names: followNames(operationsOf(resolvedOperations)) }
  let until = executableStep.resumed?.operations ?? 0
  // What a list has made can't be read before it is sent, and the plan refuses what would need that.
  const readsWritten = context.dialect.capabilities.statementList !== true

  async function runGroup(group: CompiledGroup, more: boolean): Promise<void> {
    const due = group.operations.filter((each) => each.skipped === undefined)
    const done = due.map(({ operation, inverse }) => ({ operation, inverse }))
    until += group.ends
    const span = { until, resolvedOperations: done }
    resolvedOperations.push(...done)
    if (due.length === 0) return
    await deferred.checkBeforeSchemaChange(context, group)
    const described = describedGroup(group)
    const run = async (statement: Statement): Promise<void> => {
      await breathe()
      await runOne(context, statement, described)
    }
    const guarded = (work: () => Promise<void>): Promise<void> => context.guardedSql(operationsOf(due), work)
    await preserveTaken(context, group, until - group.ends, breathe)
    await limited(context, group.operations[0]?.limits, async () => {
      if (group.statements.some(isNonTransactional)) {
        await reportLosses(context, group, preserved, false)
        return guarded(() => parts.runNonTransactional(span, group.statements, run))
      }
      await parts.runInTransaction(span, async () => {
        await reportLosses(context, group, preserved, true)
        for (const each of due) await atSource(each, () => runData(context, each.operation))
        await guarded(async () => {
          for (const statement of group.statements) await run(statement)
        })
      })
    })
    await recordRowsBehind(context, group, until)
    const isNumbered = await renumberBehind(context, group, until)
    deferred.remember(group, (await restoreBehind(context, group, until)) || isNumbered)
    if (more && endsPart(group)) await parts.close()
  }

  for (let at = 0; at < operations.length; ) {
    const first = operations[at]?.operation
    const model = first !== undefined && isOpaque(first) ? (live.known ?? emptySchema) : await live.read()
    const { groups, after, taken } = compileFrom(context.dialect, context.compiled, model, operations, at)
    at += taken
    for (const [index, group] of groups.entries()) {
      await runGroup(group, index < groups.length - 1 || at < operations.length)
    }
    const last = operations[at - 1]?.operation
    const isKnown = last === undefined || !isBarrier(last) || !readsWritten
    live.known = isKnown ? after : undefined
    if (!isKnown && at < operations.length && executableStep.undoes !== undefined)
      await checkDrift(context.dialect, await live.read(), executableStep, context.acceptDrift, at)
  }
  if (!readsWritten && operations.some(({ operation }) => isOpaque(operation))) live.known = undefined
  const recorded = operationsOf(executableStep.recorded ?? operations)
  return { after: live, resolvedOperations, found: foundBy(recorded, operationsOf(resolvedOperations)) }
}

/** The rest of an operation that an earlier run left in the middle. */
export async function runRest(context: RunContext, parts: JournaledParts): Promise<void> {
  const { resumed, recorded } = context.executableStep
  const part = resumed?.rest?.part
  if (part === undefined) return
  const described = {
    describe: part.resolvedOperations.map((each) => describe(each.operation)).join('; '),
    recorded: recorded?.slice(part.until - 1, part.until) ?? [],
  }
  await limited(context, described.recorded[0]?.limits, () =>
    parts.resumeRest((statement) => runOne(context, statement, described)),
  )
}
