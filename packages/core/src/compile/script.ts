import type { Dialect } from '../dialect/dialect.ts'
import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import { decodeRowValue } from '../operations/recorder.ts'
import { inlineParams } from '../sql/inline.ts'
import type { Statement } from '../sql/statement.ts'
import { noRows } from './expect-none.ts'
import { isNonTransactional } from './parts.ts'
import type { Plan, PlannedStatement, PlanStep } from './plan.ts'

export interface ScriptOptions {
  /** The statements that record a step; the same ones that an online run executes. */
  readonly bookkeeping: (step: PlanStep) => readonly Statement[]
  /** Statements before the first step: tables of ours that are missing. */
  readonly before?: readonly Statement[]
  /** Leave data steps out instead of refusing; the script says so where they would stand. */
  readonly skipData?: boolean
}

/** A comment must not end early: names may hold line ends. */
function comment(text: string): string {
  return `-- ${text.replace(/[\r\n\u2028\u2029]+/g, ' ')}`
}

function lineOf(dialect: Dialect, statement: Statement): string {
  return `${inlineParams(dialect.quote, statement.sql, statement.params ?? [], dialect.grammar)};`
}

function plannedLines(dialect: Dialect, { params, ...planned }: PlannedStatement): readonly string[] {
  const statement = { ...planned, ...(params === undefined ? {} : { params: params.map(decodeRowValue) }) }
  // A check of the author: a query that gives rows would stop no script.
  if (statement.counted === undefined || dialect.script === undefined) {
    const { set = [], reset = [] } = statement.settings ?? {}
    return [...set.map((text) => `${text};`), lineOf(dialect, statement), ...reset.map((text) => `${text};`)]
  }
  const { require, ended = (text: string): string => `${text};` } = dialect.script
  return require(noRows(dialect, statement)).map(ended)
}

/** What an online run would preserve before it is dropped. */
function preservedBefore(step: PlanStep): readonly string[] {
  const taken = step.operations.flatMap(({ operation, skipped }) => {
    const label = step.direction === 'up' && skipped === undefined ? preservingLabel(operation) : undefined
    return label === undefined ? [] : [label.slice(1)]
  })
  if (step.direction === 'up') return taken
  return step.losses.flatMap(({ object, rows, preserved }) =>
    preserved && rows !== 0 ? [`preserve ${rows === undefined ? 'the rows' : counted(rows, 'row')} of ${object}`] : [],
  )
}

function unprintable(plan: Plan): readonly { readonly revision: string; readonly label: string }[] {
  return plan.steps.flatMap((step) => [
    ...preservedBefore(step).map((label) => ({ revision: step.revision, label })),
    ...step.operations.flatMap(({ operation }) =>
      operation.kind === 'run' && !(operation.half === 'down' && operation.down === 'none')
        ? [{ revision: step.revision, label: operation.label }]
        : [],
    ),
  ])
}

/**
 * The transactions of one step in a script, as a run would have them: what cannot be in one, or ends it, stands between two. The
 * settings before the first hold for the whole step.
 */
function frameOf(dialect: Dialect, step: PlanStep, lines: string[]): { begin(): void; end(): void } {
  const { open, close } = dialect.scriptFrame(step.foreignKeys === undefined ? {} : { foreignKeys: step.foreignKeys })
  let isOpen = false
  lines.push(...open.slice(0, -1).map((text) => `${text};`))
  return {
    begin() {
      if (!isOpen) lines.push(...open.slice(-1).map((text) => `${text};`))
      isOpen = true
    },
    end() {
      if (isOpen) lines.push(...close.map((text) => `${text};`))
      isOpen = false
    },
  }
}

/**
 * A plan as SQL text: the statements of an online run, from the same compile path, with their values as literals.
 *
 * Throws NOT_PRINTABLE, naming every data step, unless `skipData`.
 */
export function printScript(dialect: Dialect, plan: Plan, options: ScriptOptions): string {
  const steps = unprintable(plan)
  if (steps.length > 0 && !options.skipData) {
    const named = steps.map(({ revision, label }) => `  - ${revision}: ${label}`).join('\n')
    throw new MigrateError('NOT_PRINTABLE', { steps }, `Data steps cannot be printed as SQL:\n${named}`)
  }
  const lines: string[] = []
  const before = options.before ?? []
  if (before.length > 0) lines.push(comment('bookkeeping'), ...before.map((each) => lineOf(dialect, each)), '')
  for (const step of plan.steps) {
    lines.push(comment(`${step.direction === 'up' ? 'upgrade' : 'downgrade'} ${step.revision}: ${step.message}`))
    const frame = frameOf(dialect, step, lines)
    for (const label of preservedBefore(step)) lines.push(comment(`left out: ${label}`))
    for (const each of step.operations) {
      if (each.operation.kind === 'run') lines.push(comment(`left out: data step: ${each.operation.label}`))
      for (const statement of each.statements) {
        if (isNonTransactional(statement)) frame.end()
        else frame.begin()
        lines.push(...plannedLines(dialect, statement))
        if (statement.commitAfter) frame.end()
      }
    }
    frame.begin()
    lines.push(...options.bookkeeping(step).map((each) => lineOf(dialect, each)))
    frame.end()
    lines.push('')
  }
  return lines.join('\n')
}
