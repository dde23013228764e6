import { compileOperations } from '../../compile/compile.ts'
import { type ForecastStep, forecastStep } from '../../compile/compile-step.ts'
import { noRows } from '../../compile/expect-none.ts'
import { endsPart, isNonTransactional } from '../../compile/parts.ts'
import type { Statement } from '../../compile/statement.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { isOpaque, type OperationKind } from '../../operations/operation.ts'
import { dataStepText, preservingLabel } from '../../operations/preserved-label.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { historyRow, type RecordedInverse } from '../bookkeeping/history.ts'
import { journaledParts } from '../journal/parts.ts'
import { byScript, type Settled } from '../options.ts'
import type { PreparedStep } from '../prepare.ts'
import { columnsOf } from '../record-columns.ts'
import { nothingLost, standsAt } from './demands.ts'
import { type Sheet, scriptParts, whenItRuns, writingSession } from './sheet.ts'
import type { ScriptTransaction } from './transaction.ts'

/** One step of a script, with the schema that it stands on and the rows of its tier before it. */
export interface ScriptStep {
  readonly prepared: PreparedStep
  readonly before: SchemaModel
  readonly compiled: ForecastStep
  readonly rows: readonly string[]
}

export interface PrintContext {
  readonly settled: Settled
  readonly sheet: Sheet
  readonly transaction: ScriptTransaction
  readonly allowDataLoss: boolean
}

/** Compiles a step for a script. Throws what cannot be compiled, also where a run would find out later. */
export function compileStep(settled: Settled, before: SchemaModel, prepared: PreparedStep): ForecastStep {
  const { dialect } = settled
  const { operations } = prepared
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
  sheet: Sheet,
  group: ForecastStep['groups'][number],
  recorded: readonly RecordedOperation[],
  { expected, direction }: { readonly expected: boolean; readonly direction: 'up' | 'down' },
): void {
  for (const { describe, operation, skipped, limits } of group.operations) {
    if (operation.kind === 'run') sheet.comment(`left out: data step: ${describe}`)
    else if (skipped !== undefined) sheet.comment(`${describe}: nothing to do, assumed: ${skipped}`)
    else sheet.comment(`${describe}${expected ? ' (after SQL whose effect is not known: as expected)' : ''}`)
    const preserving = direction === 'up' && skipped === undefined ? preservingLabel(operation) : undefined
    if (preserving !== undefined) sheet.comment(`left out: ${dataStepText(preserving)}`)
    const { lockMs, statementMs } = limits ?? {}
    if (lockMs !== undefined || statementMs !== undefined)
      sheet.comment('the limits of time that the revision asks for are not part of this script')
  }
  if (recorded.some(isGuarded) && group.operations.some(({ skipped }) => skipped === undefined))
    sheet.comment('assumed by the revisions before it, where a run would ask the database')
}

/** Writes one step: its demands, its statements and notes in the journal as a run would send them, its record. */
export async function printStep(context: PrintContext, step: ScriptStep): Promise<void> {
  const { settled, sheet, transaction } = context
  const { dialect, names } = settled
  const { checkDeferred } = scriptParts(dialect)
  const { prepared, before, compiled, rows } = step
  const { tier } = prepared.route
  const { revision, direction } = prepared.route.step
  const { header } = prepared.route
  const message = header.message === revision ? '' : `: ${header.message}`
  sheet.comment(`${direction === 'up' ? 'upgrade' : 'downgrade'} ${tier.tier.name}:${revision}${message}`)

  const alone =
    compiled.parts === undefined && compiled.groups.some((group) => group.statements.some(isNonTransactional))
  const journaled = compiled.parts !== undefined
  const absent = tier.tier.kind === 'sequential' && direction === 'up' ? [revision] : []
  if (!journaled && !alone) transaction.begin()
  sheet.demand(standsAt(dialect, tier, rows, absent), 'Nobody else has moved it meanwhile.')
  for (const demand of nothingLost(dialect, before, prepared)) {
    if (context.allowDataLoss) sheet.comment(`what ${demand.what} holds is lost: a script preserves nothing`)
    else sheet.demand(demand, `A run would preserve what ${demand.what} holds; a script cannot, and stops.`)
  }

  const session = writingSession(sheet, transaction)
  const parts = journaled
    ? journaledParts({
        dialect,
        session,
        names,
        step: { tier: tier.tier.name, revision, direction },
        recorded: prepared.operations,
        begin: () => session.begin(),
        startedAt: whenItRuns.toISOString(),
      })
    : undefined
  const run = async (statement: Statement): Promise<void> => {
    if (statement.expectEmpty === undefined) sheet.statement(statement)
    else sheet.demand(noRows(dialect, statement), `There must be no ${statement.expectEmpty}.`)
  }

  const effective: RecordedInverse[] = []
  let until = 0
  let pending = false
  let expected = false
  for (const [at, group] of compiled.groups.entries()) {
    const due = group.operations.filter((each) => each.skipped === undefined)
    const recorded = prepared.operations.slice(until, until + Math.max(1, group.ends))
    until += group.ends
    const span = { until, effective: due.map(({ operation, inverse }) => ({ operation, inverse })) }
    effective.push(...span.effective)
    const work = async (): Promise<void> => {
      const writes = due.every((each) => changesRows.has(each.operation.kind))
      const reads = due.every((each) => each.operation.kind === 'expectNone')
      if (pending && !writes && !reads) {
        sheet.comment('what the rows above have put off is checked before the schema changes')
        for (const line of checkDeferred ?? []) sheet.sql(line)
      }
      if (!reads) pending = writes && checkDeferred !== undefined
      notes(sheet, group, recorded, { expected, direction })
      for (const statement of group.statements) await run(statement)
    }
    if (due.length === 0) notes(sheet, group, recorded, { expected, direction })
    else if (parts === undefined) await work()
    else if (group.statements.some(isNonTransactional)) {
      await parts.close()
      notes(sheet, group, recorded, { expected, direction })
      await parts.alone(span, group.statements, run)
    } else await parts.together(span, work)
    expected ||= group.operations.some(({ operation }) => isOpaque(operation))
    if (at < compiled.groups.length - 1 && endsPart(group)) await parts?.close()
  }

  const recorded = prepared.operations.map((each) => each.operation)
  const record = async (): Promise<void> => {
    sheet.comment(`${revision} is recorded`)
    for (const statement of tier.tier.store.move(prepared.route.step, whenItRuns.toISOString())) await run(statement)
    await run(
      historyRow(dialect, names, {
        tier: tier.tier.name,
        header,
        direction,
        tiers: settled.tiers.map((each) => each.name),
        ...(recorded.some(isOpaque) ? {} : { columnsAfter: columnsOf(recorded, compiled.after) }),
        ...(prepared.operationsHash === undefined ? {} : { operationsHash: prepared.operationsHash }),
        effective,
        startedAt: whenItRuns,
        finishedAt: whenItRuns,
        ...byScript,
      }),
    )
  }
  if (parts !== undefined) return parts.last(record)
  transaction.begin()
  await record()
  transaction.end()
}
