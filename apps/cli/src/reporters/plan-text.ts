import type { Plan, PlannedOperation, PlannedRestore, PlannedStatement, PlanStep, RowValue } from '@org/migrate-core'
import { oneLine, plural } from './formatting.ts'
import { lossText } from './loss-text.ts'

const longestValue = 60

/** The steps of a plan with their SQL. */
export function planLines({ steps }: Pick<Plan, 'steps'>): string {
  return steps.map((step, at) => stepText(step, `[${at + 1}/${steps.length}]`)).join('\n\n')
}

/** What to know of a step before it runs. */
export function stepRemarks({ notes, foreignKeys, parts }: PlanStep): readonly string[] {
  // A step with data steps of its own says so in its notes.
  const isMentioned = notes.some((note) => note.includes('foreign keys'))
  return [
    ...notes,
    ...(foreignKeys === 'off' && !isMentioned ? ['foreign keys are off while it runs, and checked at its end'] : []),
    ...(parts === undefined
      ? []
      : [`commits ${parts} times; if it fails in between, progress is journaled and the next run resumes`]),
  ]
}

function stepText(step: PlanStep, counter: string): string {
  const message = step.message === step.revision ? '' : `  ${oneLine(step.message)}`
  return [
    `${counter} ${step.direction} ${step.tier}:${step.revision}${message}`,
    ...stepRemarks(step).map(comment),
    ...step.operations.flatMap(operationLines),
    ...step.losses.map((loss) => comment(lossText(loss))),
    ...(step.restores === undefined ? [] : [comment(restoreText(step.restores))]),
  ].join('\n')
}

/** These are the same whatever the tables are. */
const isSameOnAnySchema: ReadonlySet<PlannedOperation['operation']['kind']> = new Set(['run', 'sql', 'expectNone'])

/** What opaque SQL before an operation means for its SQL. */
function assumption({ asExpected, operation, statements }: PlannedOperation): readonly string[] {
  if (asExpected !== true || isSameOnAnySchema.has(operation.kind)) return []
  return [
    statements.length === 0
      ? 'its SQL is known when it runs, after the SQL before it'
      : 'if the SQL before it leaves these tables as they are',
  ]
}

/** Why an operation is not as the revision has it: it is skipped, follows opaque SQL, or its time is limited. */
export function operationRemarks(operation: PlannedOperation): readonly string[] {
  const { skipped, limits } = operation
  const { lockMs, statementMs } = limits ?? {}
  const times = [
    ...(lockMs === undefined
      ? []
      : [lockMs === 0 ? 'waits for a lock without a limit' : `waits ${lockMs} ms for a lock`]),
    ...(statementMs === undefined
      ? []
      : [statementMs === 0 ? 'runs without a time limit' : `runs ${statementMs} ms at most`]),
  ]
  return [
    ...(skipped === undefined ? [] : [`skipped: ${skipped}`]),
    ...(skipped === undefined ? assumption(operation) : []),
    ...(times.length === 0 ? [] : [times.join(', ')]),
  ]
}

function operationLines(operation: PlannedOperation): readonly string[] {
  const remarks = operationRemarks(operation).map((each) => ` (${each})`)
  return [comment(`${operation.describe}${remarks.join('')}`), ...operation.statements.flatMap(statementLines)]
}

/** How a statement is committed, where that is not with its revision. */
export function statementRemarks({ commits, transaction }: PlannedStatement): readonly string[] {
  return commits ? ['commits by itself'] : transaction === 'none' ? ['outside a transaction'] : []
}

function statementLines(statement: PlannedStatement): readonly string[] {
  const { sql, params = [] } = statement
  const trimmed = sql.trim().replace(/;$/, '')
  // A comment at the end would swallow the semicolon.
  const end = /--[^\n]*$/.test(trimmed) ? '\n;' : ';'
  const text = `  ${`${trimmed}${end}`.replaceAll('\n', '\n  ')}`
  const remarks = statementRemarks(statement).map(comment)
  return params.length === 0
    ? [...remarks, text]
    : [...remarks, text, comment(`with ${params.map(valueText).join(', ')}`)]
}

/** A value of a statement for people: its beginning. */
export function valueText(value: RowValue): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

/** What becomes of the preserved values of a revision that is upgraded again. */
export function restoreText({ values, superseded, undecided = 0 }: PlannedRestore): string {
  const count = `${plural(values, 'preserved value')}: `
  if (superseded === undefined) return `${count}restored where newer data has not superseded them, known when it runs`
  if (superseded + undecided === 0) return `${count}restored`
  const parts = [
    ...(superseded === 0 ? [] : [`${superseded} superseded by newer data and not restored`]),
    ...(undecided === 0 ? [] : [`${undecided} restored where the SQL still computes the same, known when it runs`]),
    ...(superseded + undecided === values ? [] : ['the others restored']),
  ]
  return `${count}${parts.join(', ')}`
}

/** One line, whatever is in it: what follows a comment must not look like a statement. */
function comment(text: string): string {
  return `  -- ${text.replace(/[\r\n\u2028\u2029]+/g, ' ')}`
}
