import { type Html, html } from '../../../pages/html.ts'
import { prose } from '../../../pages/text.ts'
import { card, type Section, wholePage } from '../../../pages/whole-page.ts'
import { duration, plural } from '../../../reporters/formatting.ts'
import { stateName } from '../../../reporters/state-text.ts'
import type { ReportData, ReportProblem } from '../data.ts'
import { diagramSection } from './diagram.ts'
import { graphSection } from './graph.ts'
import { checkSection, historySection, interruptedSection } from './state.ts'
import { lossesSection, stepsSection } from './steps.ts'

const answerCards = {
  yes: ['none', 'good'],
  no: ['found', 'bad'],
  unknown: ['unknown', 'warn'],
  'not checked': ['not checked', ''],
} as const

function cards(data: ReportData): Html {
  const { status, steps, stepCount, isRun, ms, check, failure, from, to, isUnplanned } = data
  const fates = steps.flatMap(({ losses }) => losses.map(({ fate }) => fate))
  const lost = fates.filter((fate) => fate === 'lost').length
  const isPreserved = fates.includes('preserved')
  const [drift, driftTone] = answerCards[check?.answers.noDrift ?? 'not checked']
  const planned = html`${card(from, isRun ? 'it was at' : 'from')}${card(to, failure !== undefined ? 'it is at' : isRun ? 'now at' : 'to')}
${card(plural(stepCount, 'revision'), failure !== undefined ? 'ended with an error' : isRun ? 'ran' : 'to run', failure !== undefined ? 'bad' : '')}
${ms !== undefined && card(duration(ms), 'took')}
${card(lost > 0 ? `${lost} lost` : isPreserved ? 'preserved' : 'none', 'losses of data', lost > 0 ? 'bad' : isPreserved ? 'warn' : 'good')}`
  return html`<div class="cards">
${isUnplanned === true ? card('none', 'the plan', 'bad') : planned}
${card(drift, 'drift', driftTone)}
${status !== undefined && card(stateName(status.state), 'the database is', status.state === 'atHead' ? 'good' : 'warn')}
${status !== undefined && card(status.lock.held ? 'held' : 'free', 'lock', status.lock.held ? 'warn' : 'good')}
${status !== undefined && status.preserved > 0 && card(plural(status.preserved, 'value'), 'preserved')}
</div>`
}

const problemOf = ({ part, code, message, remedy }: ReportProblem): Html =>
  html`<div class="note bad"><p><b>${part}</b> <code>${code}</code></p><p>${message}</p><p class="soft">${prose(remedy)}</p></div>`

function sectionsOf(data: ReportData): readonly Section[] {
  const { status, graph, diagram, history, check, isRun } = data
  return [
    { id: 'interrupted', title: 'Interrupted', body: status && interruptedSection(status) },
    { id: 'graph', title: 'Graph', body: graph && graphSection(graph) },
    { id: 'steps', title: isRun ? 'What ran' : 'Plan', body: stepsSection(data) },
    { id: 'losses', title: 'Lost and preserved', body: lossesSection(data) },
    { id: 'schema', title: 'Schema', body: diagram && diagramSection(diagram) },
    { id: 'check', title: 'Drift and checks', body: check && checkSection(check) },
    { id: 'history', title: 'History', body: history && historySection(history) },
  ].filter(({ body }) => body !== undefined)
}

/** The page of one database. */
export function reportPage(data: ReportData): string {
  const { title, verdict, database, dialect, createdAt, tool, problems, failure } = data
  return wholePage({
    ...{ title, verdict, createdAt, tool },
    subject: `${database === undefined ? 'from the files alone' : database} · ${dialect}`,
    cards: cards(data),
    notes: [...(failure === undefined ? [] : [failure]), ...problems].map(problemOf),
    sections: sectionsOf(data),
  })
}
