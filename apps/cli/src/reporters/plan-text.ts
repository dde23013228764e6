import type { Plan, PlannedOperation, PlannedRestore, PlannedStatement, PlanStep, RowValue } from '@org/migrate-core'
import { oneLine, plural } from './formatting.ts'
import { lossText } from './loss-text.ts'

const longestValue = 60

/** The steps of a plan with their SQL. */
export function planLines({ steps }: Pick<Plan, 'steps'>): string {
  return steps.map((step, at) => stepText(step, `[${at + 1}/${steps.length}]`)).join('\n\n')
}

function stepText(step: PlanStep, counter: string): string {
  const message = step.message === step.revision ? '' : `  ${oneLine(step.message)}`
  // A step with data steps of its own says so in its notes.
  const isMentioned = step.notes.some((note) => note.includes('foreign keys'))
  const foreignKeys =
    step.foreignKeys === 'off' && !isMentioned
      ? [comment('foreign keys are off while it runs, and checked at its end')]
      : []
  return [
    `${counter} ${step.direction} ${step.tier}:${step.revision}${message}`,
    ...step.notes.map(comment),
    ...foreignKeys,
    ...(step.parts === undefined
      ? []
      : [
          comment(
            `commits ${step.parts} times; if it fails in between, progress is journaled and the next run resumes`,
          ),
        ]),
    ...step.operations.flatMap(operationLines),
    ...step.losses.map((loss) => comment(lossText(loss))),
    ...(step.restores === undefined ? [] : [restoreLine(step.restores)]),
  ].join('\n')
}

function operationLines(operation: PlannedOperation): readonly string[] {
  const { describe, statements, skipped, asExpected, limits } = operation
  const why =
    skipped === undefined ? (asExpected ? ' (as expected after the data step)' : '') : ` (skipped: ${skipped})`
  const { lockMs, statementMs } = limits ?? {}
  const times = [
    ...(lockMs === undefined ? [] : [`waits ${lockMs} ms for a lock`]),
    ...(statementMs === undefined ? [] : [`runs ${statementMs} ms at most`]),
  ]
  const limited = times.length === 0 ? '' : ` (${times.join(', ')})`
  return [comment(`${describe}${why}${limited}`), ...statements.flatMap(statementLines)]
}

function statementLines({ sql, params = [], commits, transaction }: PlannedStatement): readonly string[] {
  const trimmed = sql.trim().replace(/;$/, '')
  // A comment at the end would swallow the semicolon.
  const end = /--[^\n]*$/.test(trimmed) ? '\n;' : ';'
  const text = `  ${`${trimmed}${end}`.replaceAll('\n', '\n  ')}`
  const remarks = commits
    ? [comment('commits by itself')]
    : transaction === 'none'
      ? [comment('outside a transaction')]
      : []
  return params.length === 0
    ? [...remarks, text]
    : [...remarks, text, comment(`with ${params.map(valueText).join(', ')}`)]
}

function valueText(value: RowValue): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function restoreLine({ values, superseded, undecided = 0 }: PlannedRestore): string {
  const count = `${plural(values, 'preserved value')}: `
  if (superseded === undefined)
    return comment(`${count}restored where newer data has not superseded them, known when it runs`)
  if (superseded + undecided === 0) return comment(`${count}restored`)
  const parts = [
    ...(superseded === 0 ? [] : [`${superseded} superseded by newer data and not restored`]),
    ...(undecided === 0 ? [] : [`${undecided} restored where the SQL still computes the same, known when it runs`]),
    ...(superseded + undecided === values ? [] : ['the others restored']),
  ]
  return comment(`${count}${parts.join(', ')}`)
}

/** One line, whatever is in it: what follows a comment must not look like a statement. */
function comment(text: string): string {
  return `  -- ${text.replace(/[\r\n\u2028\u2029]+/g, ' ')}`
}
