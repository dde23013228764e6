import type { RecordedInverse } from '../bookkeeping/history.ts'
import { historyRow } from '../bookkeeping/history-row.ts'
import { compileOperations } from '../compile/compile.ts'
import { type ForecastStep, forecastStep } from '../compile/compile-step.ts'
import { noRows } from '../compile/expect-none.ts'
import { endsPart, isNonTransactional } from '../compile/parts.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque, type OperationKind } from '../operations/operation.ts'
import { counterLabel, dataStepText, isPreservedLabel } from '../operations/preserved-label.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import { operationsOf } from '../operations/recording.ts'
import { byScript, type ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { columnsOf } from '../planning/recording/record-columns.ts'
import { JournaledParts } from '../run/journal/journaled-parts.ts'
import type { Statement } from '../sql/statement.ts'
import { nothingLost, positionPrecondition } from './preconditions.ts'
import { printLeft } from './print-left.ts'
import { type ScriptTransaction, type ScriptWriter, scriptParts, whenItRuns, writingSession } from './script-writer.ts'
import { lossComments } from './step-losses.ts'

/** One step of a script, with the schema that it stands on and the rows of its tier before it. */
export interface ScriptStep {
  readonly executableStep: ExecutableStep
  readonly before: SchemaModel
  readonly compiled: ForecastStep
  readonly rows: readonly string[]
}

interface PrintContext {
  readonly resolved: ResolvedOptions
  readonly writer: ScriptWriter
  readonly transaction: ScriptTransaction
  readonly allowDataLoss: boolean
}

/** Compiles a step for a script. Throws what cannot be compiled, also where a run would find out later. */
export function compileStep(
  resolved: ResolvedOptions,
  before: SchemaModel,
  executableStep: ExecutableStep,
): ForecastStep {
  const { dialect } = resolved
  const { operations } = executableStep
  const compiled = forecastStep(dialect, before, operations)
  const done = compiled.groups.reduce((sum, group) => sum + group.ends, 0)
  if (done < operations.length) {
    // A run looks at the tables there; what a script cannot foresee is an error here.
    compileOperations(dialect, compiled.after, operations.slice(done))
  }
  return compiled
}

const changesRows: ReadonlySet<OperationKind> = new Set<OperationKind>(['insertRows', 'deleteRows', 'sql'])

/** A guard asks the database; here the revisions before it have answered. */
function isGuarded({ operation }: RecordedOperation): boolean {
  return (
    ('ifNotExists' in operation && operation.ifNotExists === true) ||
    ('ifExists' in operation && operation.ifExists === true)
  )
}

function notes(
  writer: ScriptWriter,
  group: ForecastStep['groups'][number],
  recorded: readonly RecordedOperation[],
  { expected, direction }: { readonly expected: boolean; readonly direction: 'up' | 'down' },
): void {
  for (const { describe, operation, skipped, limits } of group.operations) {
    if (operation.kind === 'run')
      writer.comment(`left out: ${isPreservedLabel(operation.label) ? 'data step: ' : ''}${describe}`)
    else if (skipped !== undefined) writer.comment(`${describe}: nothing to do, assumed: ${skipped}`)
    else writer.comment(`${describe}${expected ? ' (after SQL whose effect is not known: as expected)' : ''}`)
    const preserving = direction === 'up' && skipped === undefined ? counterLabel(operation) : undefined
    if (preserving !== undefined) writer.comment(`left out: ${dataStepText(preserving)}`)
    const { lockMs, statementMs } = limits ?? {}
    if (lockMs !== undefined || statementMs !== undefined)
      writer.comment('the limits of time that the revision asks for are not part of this script')
  }
  if (recorded.some(isGuarded) && group.operations.some(({ skipped }) => skipped === undefined))
    writer.comment('assumed by the revisions before it, where a run would ask the database')
}

/** Writes one step: its demands, its statements and notes in the journal as a run would send them, its record. */
export async function printStep(context: PrintContext, step: ScriptStep): Promise<void> {
  const { resolved, writer, transaction } = context
  const { dialect, names } = resolved
  const { checkDeferred } = scriptParts(dialect)
  const { executableStep, before, compiled, rows } = step
  const { tier, header } = executableStep.route
  const { revision, direction } = executableStep.route.step
  const message = header.message === revision ? '' : `: ${header.message}`
  writer.comment(`${direction === 'up' ? 'upgrade' : 'downgrade'} ${tier.tier.name}:${revision}${message}`)

  const hasNonTransactional =
    compiled.parts === undefined && compiled.groups.some((group) => group.statements.some(isNonTransactional))
  const journaled = compiled.parts !== undefined
  const absent = tier.tier.kind === 'sequential' && direction === 'up' ? [revision] : []
  if (!journaled && !hasNonTransactional) transaction.begin()
  writer.require(positionPrecondition(dialect, tier, rows, absent), 'No other session has moved it.')
  for (const precondition of nothingLost(dialect, before, executableStep)) {
    if (context.allowDataLoss) writer.comment(`what ${precondition.what} holds is lost: a script preserves nothing`)
    else
      writer.require(precondition, `A run would preserve what ${precondition.what} holds; a script cannot, and stops.`)
  }
  for (const loss of lossComments(dialect, executableStep, compiled)) writer.comment(loss)

  const session = writingSession(writer, transaction)
  const parts = journaled
    ? new JournaledParts({
        dialect,
        session,
        names,
        step: { tier: tier.tier.name, revision, direction },
        recorded: executableStep.operations,
        begin: () => session.begin(),
        startedAt: whenItRuns.toISOString(),
      })
    : undefined
  const run = async (statement: Statement): Promise<void> => {
    // A run reads them after a failure, which ends a script.
    for (const rows of statement.blockingRows ?? []) await run({ ...rows, transaction: 'any' })
    if (statement.expectEmpty === undefined) writer.statement(statement)
    else writer.require(noRows(dialect, statement), `There must be no ${statement.expectEmpty}.`)
  }

  const resolvedOperations: RecordedInverse[] = []
  let until = 0
  let pending = false
  let expected = false
  for (const [at, group] of compiled.groups.entries()) {
    const due = group.operations.filter((each) => each.skipped === undefined)
    const recorded = executableStep.operations.slice(until, until + Math.max(1, group.ends))
    until += group.ends
    const span = { until, resolvedOperations: due.map(({ operation, inverse }) => ({ operation, inverse })) }
    resolvedOperations.push(...span.resolvedOperations)
    const work = async (): Promise<void> => {
      const writes = due.every((each) => changesRows.has(each.operation.kind))
      const reads = due.every((each) => each.operation.kind === 'expectNone')
      if (pending && !writes && !reads) {
        writer.comment('what the rows above have put off is checked before the schema changes')
        for (const line of checkDeferred ?? []) writer.sql(line)
      }
      if (!reads) pending = writes && checkDeferred !== undefined
      notes(writer, group, recorded, { expected, direction })
      for (const statement of group.statements) await run(statement)
    }
    if (due.length === 0) notes(writer, group, recorded, { expected, direction })
    else if (parts === undefined) await work()
    else if (group.statements.some(isNonTransactional)) {
      await parts.close()
      notes(writer, group, recorded, { expected, direction })
      await parts.runNonTransactional(span, group.statements, run)
    } else await parts.runInTransaction(span, work)
    expected ||= group.operations.some(({ operation }) => isOpaque(operation))
    if (at < compiled.groups.length - 1 && endsPart(group)) await parts?.close()
  }

  const record = async (): Promise<void> => printRecord(context, step, resolvedOperations)
  if (parts !== undefined) return parts.last(record)
  transaction.begin()
  await record()
  transaction.end()
}

/** The rows that a run would write of the step. */
function printRecord(
  { resolved, writer }: PrintContext,
  { executableStep, compiled }: ScriptStep,
  resolvedOperations: readonly RecordedInverse[],
): void {
  const { route, operations, operationsHash } = executableStep
  const { tier, step, header } = route
  const recorded = operationsOf(operations)
  writer.comment(`${step.revision} is recorded`)
  for (const statement of tier.tier.store.move(step, whenItRuns.toISOString())) writer.record(statement)
  printLeft(resolved, writer, tier.tier.name, header.replaces ?? [])
  writer.record(
    historyRow(resolved.dialect, resolved.names, {
      tier: tier.tier.name,
      header,
      direction: route.isRecordedOnly ? 'stamp' : step.direction,
      tiers: resolved.tiers.map((each) => each.name),
      ...(recorded.some(isOpaque) ? {} : { columnsAfter: columnsOf(recorded, compiled.after) }),
      ...(operationsHash === undefined ? {} : { operationsHash }),
      resolvedOperations,
      startedAt: whenItRuns,
      finishedAt: whenItRuns,
      ...byScript,
    }),
  )
}
