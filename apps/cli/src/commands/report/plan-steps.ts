import type { StairwayReport } from '@org/migrate-autogenerate'
import {
  type HistoryRow,
  isMigrateError,
  type Plan,
  type PlannedLoss,
  type PlannedOperation,
  type PlanStep,
} from '@org/migrate-core'
import type { Dialect, SchemaModel } from '@org/migrate-core/dialect'
import { tableKey } from '@org/migrate-core/dialect'
import { duration } from '../../reporters/formatting.ts'
import { lossText } from '../../reporters/loss-text.ts'
import { operationRemarks, restoreText, statementRemarks, stepRemarks, valueText } from '../../reporters/plan-text.ts'
import { heldLocks } from '../test/test.ts'
import type { ReportedLoss, ReportedOperation, ReportedStatement, ReportedStep } from './data.ts'
import { type Budget, budgetOf, most, startOf } from './page/limits.ts'

/** The beginning of a statement, as far as the page has room. */
export function cutSql(sql: string, budget: Budget): Pick<ReportedStatement, 'sql' | 'omitted'> {
  const text = sql.trim()
  const shown = startOf(text, budget.take(Math.min(text.length, most.statement)))
  return shown.length === text.length ? { sql: text } : { sql: shown, omitted: text.length - shown.length }
}

function operationOf(operation: PlannedOperation, budget: Budget): ReportedOperation {
  return {
    describe: startOf(operation.describe, most.statement),
    remarks: operationRemarks(operation),
    statements: operation.statements.map((statement) => ({
      ...cutSql(statement.sql, budget),
      params: (statement.params ?? []).slice(0, most.columns).map(valueText),
      remarks: [...statementRemarks(statement), ...(statement.note === undefined ? [] : [statement.note])],
    })),
  }
}

export function reportedLoss(loss: PlannedLoss): ReportedLoss {
  return { text: lossText(loss), fate: loss.rows === 0 ? 'none' : loss.preserved ? 'preserved' : 'lost' }
}

const waiting = { all: 'readers and writers', writers: 'writers' } as const

/** The tables that other sessions wait for while a step runs, as far as that is known before. */
function blockedBy(dialect: Dialect, before: SchemaModel, { operations }: PlanStep) {
  const blocked = new Map<string, string>()
  let model = before
  for (const { operation, skipped } of operations) {
    if (skipped !== undefined) continue
    for (const { table, who } of dialect.compiler.blocked?.(model, operation) ?? []) {
      const key = tableKey(table)
      // One that does not exist before the step has no sessions that wait for it.
      if (before.tables.has(key) && (who === 'all' || !blocked.has(key)))
        blocked.set(key, `${waiting[who]} of ${key} wait`)
    }
    model = dialect.model.apply(model, operation)
  }
  return { locks: [...blocked.values()], after: model }
}

/** The locks of each step. What SQL has made is not known: the steps behind it have none. */
export function locksOf(
  dialect: Dialect,
  before: SchemaModel,
  steps: readonly PlanStep[],
): readonly (readonly string[])[] {
  const all: (readonly string[])[] = []
  let model = before
  for (const step of steps) {
    try {
      const { locks, after } = blockedBy(dialect, model, step)
      all.push(locks)
      model = after
    } catch (error) {
      if (!isMigrateError(error)) throw error
      break
    }
  }
  return all
}

/** What is known of how long a step takes and what it locks. */
interface Experience {
  readonly locks: readonly (readonly string[])[]
  readonly history: readonly HistoryRow[]
  readonly tests?: StairwayReport
}

function durationsOf({ tier, revision, direction }: PlanStep, { history, tests }: Experience): readonly string[] {
  const last = history.findLast((row) => row.tier === tier && row.revision === revision && row.direction === direction)
  const tested = tests?.revisions.find((each) => each.tier === tier && each.revision === revision)
  const times = tested?.steps.filter((step) => step.direction === direction).map(({ ms }) => ms) ?? []
  const range = [...new Set([Math.min(...times), Math.max(...times)].map(duration))].join(' to ')
  return [
    ...(last === undefined ? [] : [`${duration(last.durationMs)} on this database, on ${last.finishedAt}`]),
    ...(times.length === 0 ? [] : [`${range} on a shadow database, with few rows`]),
  ]
}

function testedLocks({ tier, revision }: PlanStep, { tests }: Experience): readonly string[] {
  const tested = tests?.revisions.find((each) => each.tier === tier && each.revision === revision)
  const locks = tested === undefined ? '' : heldLocks(tested)
  return locks === '' ? [] : [`held on a shadow database: ${locks}`]
}

/** The steps of a plan for a page, and how many there are. */
export function stepsOfPlan(plan: Plan, experience: Experience): readonly ReportedStep[] {
  const [sql, operations] = [budgetOf(most.sql), budgetOf(most.operations)]
  return plan.steps.slice(0, most.steps).map((step, at) => {
    const shown = step.operations.slice(0, operations.take(step.operations.length))
    const omitted = step.operations.length - shown.length
    return {
      tier: step.tier,
      revision: step.revision,
      message: step.message,
      direction: step.direction,
      source: step.source,
      operations: shown.map((each) => operationOf(each, sql)),
      ...(omitted === 0 ? {} : { omitted }),
      losses: step.losses.map(reportedLoss),
      notes: [...stepRemarks(step), ...(step.restores === undefined ? [] : [restoreText(step.restores)])],
      locks: [...(experience.locks[at] ?? []), ...testedLocks(step, experience)],
      durations: durationsOf(step, experience),
    }
  })
}
