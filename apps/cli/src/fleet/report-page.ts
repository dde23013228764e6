import { resolve } from 'node:path'
import type { FleetStatus, ObservedMember, RunRecord } from '@org/migrate-fleet'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { cleanValue } from '../pages/clean.ts'
import { type Html, html } from '../pages/html.ts'
import { prose, timeText } from '../pages/text.ts'
import { card, isReport, type Section, wholePage } from '../pages/whole-page.ts'
import { oneLine, plural } from '../reporters/formatting.ts'
import { writeOutput } from '../running/output-file.ts'
import { type HeatMap, HeatMapCounts } from './heat-map.ts'
import { openFleet } from './open-fleet.ts'
import { sharedText } from './report.ts'
import { doneOf } from './watch.ts'

declare const __MIGRATE_VERSION__: string

const mostNamed = 20
const mostRuns = 10
const number = (count: number): string => count.toLocaleString('en-US')

function heatSection({ columns, rows }: HeatMap, by: string): Html {
  return html`<div class="heat" tabindex="0" role="region" aria-label="Heat map"><table><thead><tr><th scope="col">${by}</th>${columns.map(
    ({ title, pending }) =>
      html`<th scope="col">${title}${pending !== undefined && pending > 0 && html`<br><span class="soft small">${pending} pending</span>`}</th>`,
  )}</tr></thead><tbody>
${rows.map(
  ({ name, cells }) => html`<tr><th scope="row">${oneLine(name)}</th>${cells.map(({ count, share, tone }) =>
    count === 0
      ? html`<td class="none">0</td>`
      : html`<td class="${tone}" style="--share: ${share.toFixed(3)}">${number(count)}</td>`,
  )}</tr>
`,
)}</tbody></table></div>`
}

const rowsOf = (
  titles: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
): Html => html`<table class="rows"><thead><tr>${titles.map(
  (title) => html`<th scope="col">${title}</th>`,
)}</tr></thead><tbody>
${rows.map((cells) => html`<tr>${cells.map((cell, at) => html`<td data-label="${titles[at] ?? ''}"><span>${cell}</span></td>`)}</tr>\n`)}</tbody></table>`

function failureSection({ failures }: FleetStatus): Html {
  return html`${failures.map(({ code, count, members }) => {
    const [first] = members
    const named = members.slice(0, mostNamed).map(({ id }) => oneLine(id))
    return html`<div class="note bad"><p><code>${code}</code>: ${plural(count, 'member')}</p>
${first !== undefined && html`<p>${oneLine(first.id)}: ${oneLine(first.message)}</p>`}
${first?.remedy !== undefined && html`<p class="soft">${prose(first.remedy)}</p>`}
${first?.reach !== undefined && html`<p class="soft">${prose(first.reach)}</p>`}
<p class="soft small">${named.join(', ')}${count > named.length && `, and ${number(count - named.length)} more`}</p></div>
`
  })}`
}

function bar(
  counts: { readonly migrated: number; readonly upToDate: number; readonly failed: number },
  members: number,
): Html {
  const part = (tone: string, count: number): Html | false =>
    count > 0 && html`<i class="${tone}" style="--share: ${(count / Math.max(1, members)).toFixed(4)}"></i>`
  return html`<span class="bar" aria-hidden="true">${part('good', counts.migrated)}${part('soft', counts.upToDate)}${part('bad', counts.failed)}</span>`
}

function stageRow(run: RunRecord, at: number): readonly (string | Html)[] {
  const stage = run.stages[at]
  if (stage === undefined) return []
  const { name, members, migrated, upToDate, failed } = stage
  return [
    oneLine(name),
    number(migrated),
    number(upToDate),
    number(failed),
    number(members - doneOf(stage)),
    bar(stage, members),
  ]
}

function runSection(run: RunRecord): Html {
  return rowsOf(
    ['Stage', 'Migrated', 'Up to date', 'Failed', 'Left', 'Progress'],
    run.stages.map((_, at) => stageRow(run, at)),
  )
}

const fateOf = (run: RunRecord): string =>
  run.isDead ? 'died' : run.finishedAt === undefined ? 'running' : (run.stopped ?? 'finished')

function runsSection(runs: readonly RunRecord[]): Html {
  const total = ({ stages }: RunRecord, of: 'members' | 'migrated' | 'failed'): string =>
    number(stages.reduce((sum, stage) => sum + stage[of], 0))
  return rowsOf(
    ['Started', 'Ended', 'Members', 'Migrated', 'Failed', 'Revisions'],
    runs.map((run) => [
      timeText(run.startedAt),
      run.finishedAt === undefined ? fateOf(run) : `${fateOf(run)} ${timeText(run.finishedAt)}`,
      total(run, 'members'),
      total(run, 'migrated'),
      total(run, 'failed'),
      html`<code>${run.release}</code>`,
    ]),
  )
}

/** What the page of a fleet is made of. */
interface FleetReportData {
  readonly status: FleetStatus
  readonly heat: HeatMap
  /** Whether the rows of the heat map are groups, or stages. */
  readonly by: 'Group' | 'Stage'
  readonly runs: readonly RunRecord[]
  readonly createdAt: string
  readonly tool: string
}

function fleetPage({ status, heat, by, runs, createdAt, tool }: FleetReportData): string {
  const { members, stages, failures, oldest, shared } = status
  const atHead = stages.reduce((sum, stage) => sum + stage.atHead, 0)
  const unreadable = stages.reduce((sum, stage) => sum + stage.unreadable, 0)
  const [newest] = runs
  const verdict =
    atHead === members
      ? `All of ${plural(members, 'member')} are at the head.`
      : `${number(atHead)} of ${plural(members, 'member')} are at the head.`
  const cards = html`<div class="cards">
${card(number(members), 'members')}${card(number(atHead), 'at the head', atHead === members ? 'good' : 'warn')}
${card(number(members - atHead - unreadable), 'elsewhere', members - atHead - unreadable > 0 ? 'warn' : 'good')}
${card(number(unreadable), 'unreadable', unreadable > 0 ? 'bad' : 'good')}
${oldest !== undefined && card(oneLine(oldest.id), `farthest behind: ${oldest.pending} pending`, 'warn')}
${shared !== undefined && card(sharedText(shared), 'shared', shared.state === 'atHead' ? 'good' : 'warn')}
${newest !== undefined && card(fateOf(newest), 'the last run', newest.stopped !== undefined || newest.isDead ? 'bad' : '')}
</div>`
  const sections: readonly Section[] = [
    { id: 'heat', title: 'Members by revision', body: heatSection(heat, by) },
    ...(newest === undefined ? [] : [{ id: 'run', title: 'The last run', body: runSection(newest) }]),
    ...(failures.length === 0 ? [] : [{ id: 'failures', title: 'Unreadable members', body: failureSection(status) }]),
    ...(runs.length === 0 ? [] : [{ id: 'runs', title: 'Runs', body: runsSection(runs) }]),
  ]
  const subject = `${plural(members, 'member')}, read one by one`
  return wholePage({ title: 'Fleet report', verdict, subject, createdAt, tool, cards, notes: [], sections })
}

/** One page about the fleet: each member is read, nothing is changed. */
export async function fleetReport(context: CommandContext, { out }: { readonly out?: string }): Promise<ExitCode> {
  const { fleet } = await openFleet(context)
  const byGroup = new HeatMapCounts(({ group }: ObservedMember) => group ?? '')
  const byStage = new HeatMapCounts(({ stage }: ObservedMember) => stage ?? '')
  const status = await fleet.status({
    signal: context.signal,
    onMember: (member) => {
      byGroup.add(member)
      byStage.add(member)
    },
  })
  const runs = await fleet.runs(mostRuns)
  const hasGroups = status.parts.some(({ name }) => name !== '')
  const data: FleetReportData = cleanValue(
    {
      ...{ status, runs, tool: __MIGRATE_VERSION__, createdAt: new Date().toISOString() },
      heat: hasGroups ? byGroup.map('no group') : byStage.map('no stage'),
      by: hasGroups ? 'Group' : 'Stage',
    },
    context.scrub,
  )
  const page = fleetPage(data)
  const document = { status: data.status, runs: data.runs }
  if (out === undefined) {
    context.report.verbatim({ ...document, html: page }, page)
    return exitCodes.done
  }
  const file = await writeOutput(context, resolve(context.caller.folder, out), page, isReport)
  context.report.answer({ file, ...document }, () => `${plural(status.members, 'member')} reported in ${file}`)
  return exitCodes.done
}
