import type { Cell, DrawnRow, Line } from '../../../drawing/lanes.ts'
import { type Html, html } from '../../../pages/html.ts'
import { timeText } from '../../../pages/text.ts'
import { oneLine } from '../../../reporters/formatting.ts'
import type { ReportedGraph } from '../data.ts'

const sides = ['up', 'down', 'left', 'right'] as const

const sideOf = (side: (typeof sides)[number], line: Line): Html =>
  html`<u class="${side}${line === 'dependency' && ' dashed'}"></u>`

function cellOf(cell: Cell, mark: string | undefined): Html {
  const lines = sides.flatMap((side) => {
    const line = cell[side]
    return line === undefined ? [] : [sideOf(side, line)]
  })
  return html`<i>${lines}${mark !== undefined && html`<b class="${mark}"></b>`}</i>`
}

const states = { current: 'the database is here', applied: 'applied', pending: 'pending' } as const

/** Texts stand in one column, unless the graph is wide. */
const widest = 8

function rowOf({ revisions }: ReportedGraph, { cells: own, node }: DrawnRow, width: number): Html {
  const cells = [...own, ...Array.from({ length: Math.max(0, width - own.length) }, (): Cell => ({}))]
  const facts = node === undefined ? undefined : revisions.get(node.revision)
  const drawn = cells.map((cell, at) => cellOf(cell, at === node?.column ? (facts?.mark ?? 'applied') : undefined))
  if (facts === undefined) return html`<li class="joint" aria-hidden="true"><span class="cells">${drawn}</span></li>`
  const { revision, message, branchLabels, dependsOn, mark, appliedAt } = facts
  const marks = facts.marks.filter((each) => each !== 'current' && !each.endsWith('point'))
  return html`<li><span class="cells" aria-hidden="true">${drawn}</span><span class="text"><span class="id">${revision}</span>
${mark !== undefined && html`<span class="badge ${mark === 'current' ? 'good' : mark === 'pending' ? 'warn' : 'soft'}">${states[mark]}</span>`}
${marks.map((each) => html`<span class="badge ${each === 'file missing' ? 'bad' : 'soft'}">${each}</span>`)}
${branchLabels.map((each) => html`<span class="badge soft">branch ${each}</span>`)}
${message !== revision && oneLine(message)}
${dependsOn.length > 0 && html`<span class="soft">needs ${dependsOn.join(', ')}</span>`}
${appliedAt !== undefined && html`<span class="soft small">${timeText(appliedAt)}</span>`}</span></li>
`
}

/** The revisions, the latest first, with where the database is. */
export function graphSection(graph: ReportedGraph): Html {
  const { rows, unknown, omitted } = graph
  const width = Math.min(widest, Math.max(0, ...rows.map(({ cells }) => cells.length)))
  return html`${unknown.map(
    (revision) =>
      html`<p class="note bad"><span>The database is at <code>${revision}</code>, and no file describes it.</span></p>`,
  )}
${rows.length === 0 ? html`<p>There are no revisions.</p>` : html`<ol class="graph">${rows.map((row) => rowOf(graph, row, width))}</ol>`}
${omitted !== undefined && html`<p class="soft">${omitted}</p>`}`
}
