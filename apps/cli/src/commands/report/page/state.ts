import type { CheckAnswer, CheckAnswers, CheckFinding, CheckReport } from '@org/migrate-autogenerate'
import type { HistoryRow, MigratorStatus } from '@org/migrate-core'
import { type Html, html } from '../../../pages/html.ts'
import { prose, timeText } from '../../../pages/text.ts'
import { duration, oneLine, plural } from '../../../reporters/formatting.ts'
import { lossText } from '../../../reporters/loss-text.ts'
import { questions } from '../../check/check.ts'
import { firstOf, most } from './limits.ts'

const tones: { readonly [A in CheckAnswer]: string } = {
  yes: 'good',
  no: 'bad',
  unknown: 'warn',
  'not checked': 'soft',
}

function findingOf({ level, kind, what, next, differences = [], losses = [] }: CheckFinding): Html {
  const { shown, omitted } = firstOf(
    [...differences, ...losses.map(lossText)],
    most.lines,
    'difference',
    'migrate check',
  )
  const tone = level === 'problem' ? 'bad' : 'warn'
  return html`<div class="note ${tone}"><p><span class="${tone}">${kind}</span>: ${prose(what)}</p>
${shown.length > 0 && html`<ul>${shown.map((each) => html`<li>${oneLine(each)}</li>`)}</ul>`}
${omitted !== undefined && html`<p class="soft">${omitted}</p>`}<p class="soft small">${prose(next)}</p></div>
`
}

/** What `migrate check` answers: drift, edited files, pending revisions. */
export function checkSection({ answers, findings }: CheckReport): Html {
  const { shown, omitted } = firstOf(findings, most.lines, 'finding', 'migrate check')
  return html`<table class="answers"><tbody>${(Object.keys(questions) as (keyof CheckAnswers)[]).map(
    (question) =>
      html`<tr><td>${questions[question]}</td> <td class="${tones[answers[question]]}">${answers[question]}</td></tr>
`,
  )}</tbody></table>
${shown.map(findingOf)}${omitted !== undefined && html`<p class="soft">${omitted}</p>`}`
}

const directions: { readonly [D in HistoryRow['direction']]: string } = {
  up: 'upgrade',
  down: 'downgrade',
  stamp: 'stamp',
  edit: 'edit',
  revert: 'revert',
  push: 'push',
  load: 'load',
}

const cell = (label: string, content: Html | string): Html => html`<td data-label="${label}">${content}</td>`

function historyRow({ finishedAt, direction, tier, revision, durationMs, user, host, textHash }: HistoryRow): Html {
  return html`<tr>${cell('when', timeText(finishedAt))}${cell('what', html`<span>${directions[direction]} <span class="id">${tier}:${revision}</span></span>`)}${cell('took', duration(durationMs))}${cell('who', `${user} on ${host}`)}${cell(
    'checksum',
    textHash === undefined ? '' : html`<code title="${textHash}">${textHash.slice(0, 12)}</code>`,
  )}</tr>
`
}

/** What has run, the latest first. */
export function historySection(history: readonly HistoryRow[]): Html {
  if (history.length === 0) return html`<p>Nothing has run on this database.</p>`
  const { shown, omitted } = firstOf(history.toReversed(), most.rows, 'row', 'migrate history')
  const table = html`<table class="rows"><thead><tr><th>when</th><th>what</th><th>took</th><th>who</th><th>checksum</th></tr></thead>
<tbody>${shown.map(historyRow)}</tbody></table>${omitted !== undefined && html`<p class="soft">${omitted}</p>`}`
  if (history.length <= most.open) return table
  return html`<details><summary>${plural(history.length, 'row')}</summary><div class="inside">${table}</div></details>`
}

/** Revisions that were interrupted, and what resumes them; nothing where there are none. */
export function interruptedSection({ interrupted }: MigratorStatus): Html | undefined {
  if (interrupted.length === 0) return undefined
  return html`${interrupted.map(({ tier, revision, direction, startedAt, hasFile }) => {
    const command = direction === 'up' ? 'upgrade' : 'downgrade'
    const next = hasFile
      ? direction === 'up'
        ? html`Run <code>migrate upgrade</code> again: it resumes.`
        : html`Run <code>migrate resume</code>: it finishes the downgrade.`
      : html`This program has no file of it: run the program that has this revision, which resumes it.`
    return html`<p class="note bad"><span>The ${command} of <span class="id">${tier}:${revision}</span>, started ${timeText(startedAt)}, was interrupted. ${next}</span></p>`
  })}`
}
