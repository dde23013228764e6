import type { MigrationEvent } from '@org/migrate-core'
import { cleanValue } from '../../pages/clean.ts'
import { duration } from '../../reporters/formatting.ts'
import type { ReportedLoss, ReportedOperation, ReportedStatement, ReportedStep } from './data.ts'
import { budgetOf, most } from './page/limits.ts'
import { cutSql, reportedLoss } from './plan-steps.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

interface RecordedOperation extends Omit<ReportedOperation, 'statements' | 'remarks'> {
  readonly remarks: string[]
  readonly statements: Writable<ReportedStatement>[]
}

interface RecordedStep extends Writable<Omit<ReportedStep, 'operations' | 'losses' | 'notes'>> {
  readonly operations: RecordedOperation[]
  readonly losses: ReportedLoss[]
  readonly notes: string[]
}

/** A run as its events tell it, in as much memory as a page has room. */
export interface RunRecording {
  readonly steps: readonly ReportedStep[]
  readonly warnings: readonly string[]
  /** The heads before it, by tier; undefined: it never began. */
  readonly from: Extract<MigrationEvent, { readonly type: 'started' }>['from'] | undefined
  event(event: MigrationEvent): void
}

type Handlers = {
  readonly [T in MigrationEvent['type']]?: (event: Extract<MigrationEvent, { readonly type: T }>) => void
}

/** The events that are a line of the step's notes, and nothing else. */
function noteHandlers(note: (text: string) => void): Handlers {
  return {
    report: ({ label, what, count }) => note(`${label}: ${what} – ${count.toLocaleString('en-US')}`),
    stepResumed: ({ startedAt: since, operations: done, inspected }) => {
      note(`resumed: started ${since}, interrupted ${done === 0 ? 'before its first operation' : `after ${done}`}`)
      for (const each of inspected) note(`where it stopped: ${each}`)
    },
    waiting: ({ what, waitedMs }) => note(`waited ${duration(waitedMs)} for ${what}`),
  }
}

/** @param scrub takes secrets out of texts before they are cut */
export function recordRun(scrub: (text: string) => string): RunRecording {
  const steps: RecordedStep[] = []
  const warnings: string[] = []
  const [sql, operations] = [budgetOf(most.sql), budgetOf(most.operations)]
  let from: RunRecording['from']
  let statement: Writable<ReportedStatement> | undefined
  let startedAt = 0
  const current = (): RecordedStep | undefined => steps.at(-1)
  const note = (text: string): void => {
    const notes = current()?.notes
    if (notes !== undefined && notes.length < most.lines) notes.push(text)
  }
  const ended = (): void => {
    if (statement !== undefined) statement.ms = performance.now() - startedAt
    statement = undefined
  }

  function addStatement({ describe, sql: text, note: about }: Extract<MigrationEvent, { type: 'statement' }>): void {
    const step = current()
    if (step === undefined) return
    let operation = step.operations.at(-1)
    if (operation?.describe !== describe) {
      operation = { describe, remarks: [], statements: [] }
      if (operations.take(1) === 1) step.operations.push(operation)
      else step.omitted = (step.omitted ?? 0) + 1
    }
    if (step.omitted !== undefined) return
    statement = { ...cutSql(text, sql), params: [], remarks: about === undefined ? [] : [about] }
    startedAt = performance.now()
    operation.statements.push(statement)
  }

  const handlers: Handlers = {
    ...noteHandlers(note),
    started: (event) => {
      from = event.from
    },
    stepStarted: ({ tier, revision, direction, message }) =>
      steps.push({
        ...{ tier, revision, direction, message, outcome: 'interrupted' },
        ...{ operations: [], losses: [], notes: [], locks: [], durations: [] },
      }),
    statement: addStatement,
    loss: (loss) => {
      const losses = current()?.losses
      if (losses !== undefined && losses.length < most.lines) losses.push(reportedLoss(loss))
    },
    stepFinished: ({ ms }) => {
      const step = current()
      if (step !== undefined) Object.assign(step, { ms, outcome: 'done' })
    },
    stepSkipped: ({ revision, why }) => {
      const step = current()
      if (step?.revision === revision) step.outcome = 'skipped'
      note(`${revision} skipped: ${why}`)
    },
    stepFailed: ({ code, message }) => {
      const step = current()
      if (step !== undefined) step.outcome = 'failed'
      note(`${code}: ${message}`)
    },
    warning: ({ message }) => {
      if (warnings.length < most.lines) warnings.push(message)
    },
  }
  return {
    steps,
    warnings,
    get from() {
      return from
    },
    event(event) {
      // Progress belongs to the statement that makes it.
      if (event.type !== 'progress') ended()
      ;(handlers[event.type] as ((event: MigrationEvent) => void) | undefined)?.(cleanValue(event, scrub))
    },
  }
}
