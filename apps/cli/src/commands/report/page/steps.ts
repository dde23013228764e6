import { type Html, html } from '../../../pages/html.ts'
import { duration, oneLine, plural } from '../../../reporters/formatting.ts'
import type { LossFate, ReportData, ReportedOperation, ReportedStatement, ReportedStep } from '../data.ts'
import { firstOf, most } from './limits.ts'

function statementOf({ sql, omitted, params, remarks, ms }: ReportedStatement): Html {
  const about = [...remarks, ...(ms === undefined ? [] : [duration(ms)])]
  return html`${sql !== '' && html`<pre><code>${sql}</code></pre>`}
${omitted !== undefined && html`<p class="soft small">${plural(omitted, 'more character')} not shown</p>`}
${params.length > 0 && html`<p class="soft small">with ${params.join(', ')}</p>`}
${about.length > 0 && html`<p class="soft small">${about.join(', ')}</p>`}`
}

function operationOf({ describe, remarks, statements }: ReportedOperation): Html {
  return html`<div class="operation">${oneLine(describe)}${remarks.map((each) => html` <span class="soft small">(${oneLine(each)})</span>`)}
${statements.map(statementOf)}</div>
`
}

const outcomes = {
  done: ['done', 'good'],
  failed: ['failed', 'bad'],
  skipped: ['skipped', 'soft'],
  interrupted: ['not finished', 'warn'],
} as const

function list(title: string, lines: readonly string[], noun: string): Html | false {
  if (lines.length === 0) return false
  const { shown, omitted } = firstOf(lines, most.lines, noun)
  return html`<h3>${title}</h3><ul>${shown.map((each) => html`<li>${oneLine(each)}</li>`)}${
    omitted !== undefined && html`<li class="soft">${omitted}</li>`
  }</ul>`
}

function stepOf(step: ReportedStep, at: number, isOpen: boolean): Html {
  const { revision, tier, message, direction, outcome, ms, operations, omitted = 0, losses, source } = step
  const has = (fate: LossFate): boolean => losses.some((each) => each.fate === fate)
  const [state, tone] = outcome === undefined ? [] : outcomes[outcome]
  const count = operations.length + omitted
  return html`<details id="step-${at + 1}"${isOpen && html` open`}><summary>${at + 1}. ${direction === 'up' ? 'upgrade' : 'downgrade'} <span class="id">${revision}</span>
${message !== revision && oneLine(message)}
${state !== undefined && html`<span class="badge ${tone}">${state}</span>`}${ms !== undefined && html` <span class="soft small">${duration(ms)}</span>`}
${has('lost') && html`<span class="badge bad">loses data</span>`}${
  has('preserved') && html`<span class="badge warn">preserves data</span>`
}</summary><div class="inside">
<p class="soft small">${tier}${source !== undefined && html` · ${source}`} · ${plural(count, 'operation')}</p>
${list(
  'Lost and preserved',
  losses.map(({ text }) => text),
  'loss',
)}
${list('Locks', step.locks, 'lock')}
${list('Durations', step.durations, 'duration')}
${list('Notes', step.notes, 'note')}
${operations.length > 0 && html`<h3>Operations</h3>`}
${operations.map(operationOf)}
${omitted > 0 && html`<p class="soft">${plural(omitted, 'more operation')} not shown; \`migrate plan\` lists all of them</p>`}
</div></details>
`
}

const unplanned = html`<p>It is not known what would run: the plan could not be made.</p>`

/** The steps of a plan or a run with their SQL; few are open. */
export function stepsSection({ steps, stepCount, isRun, warnings, isUnplanned }: ReportData): Html {
  if (isUnplanned === true) return unplanned
  const operations = steps.reduce((sum, each) => sum + each.operations.length + (each.omitted ?? 0), 0)
  const isOpen = operations <= most.open
  const omitted = stepCount - steps.length
  return html`${warnings.map((each) => html`<p class="note warn"><span>${oneLine(each)}</span></p>`)}
${stepCount === 0 && html`<p>${isRun ? 'No revision ran.' : 'There is nothing to run.'}</p>`}
${steps.map((step, at) => stepOf(step, at, isOpen || step.outcome === 'failed'))}
${omitted > 0 && html`<p class="soft">${plural(omitted, 'more step')} not shown</p>`}`
}

const fates = ['lost', 'preserved', 'none'] as const
const fateTones: { readonly [F in LossFate]: string } = { lost: 'bad', preserved: 'warn', none: 'good' }

/** What all steps take away, in one list. */
export function lossesSection({ steps, isUnplanned }: ReportData): Html {
  if (isUnplanned === true) return unplanned
  const all = steps.flatMap(({ revision, losses }, at) => losses.map((loss) => ({ ...loss, revision, at })))
  // What does not come back is read first.
  const ordered = fates.flatMap((fate) => all.filter((each) => each.fate === fate))
  const { shown, omitted } = firstOf(ordered, most.lines, 'loss')
  if (all.length === 0) return html`<p>No row or value is taken away.</p>`
  return html`<ul>${shown.map(
    ({ text, fate, revision, at }) =>
      html`<li><span class="${fateTones[fate]}">${fate === 'none' ? 'nothing lost' : fate}</span>: ${oneLine(text)} <a href="#step-${at + 1}"><span class="id">${revision}</span></a></li>`,
  )}</ul>${omitted !== undefined && html`<p class="soft">${omitted}</p>`}`
}
