// docs/reference/performance.md: made of results.json and of performance.intro.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './project.mjs'
import { readResults } from './results.mjs'

const headings = {
  noop: 'Nothing to do',
  files: 'Many files',
  apply: 'Apply revisions',
  compare: 'Compare a schema without differences',
  rebuild: 'Rebuild a table on SQLite',
  preserved: 'Preserved values',
  data: 'Data steps',
  stampede: 'Many instances at once',
  chain: "Open WebUI's revisions",
  'long-row': 'A long row',
  lock: 'The lock',
  'peers-at-head': 'Other tools with nothing to do',
  'peers-apply': 'Other tools apply 200 revisions',
  'preserved-growth': 'A million preserved values',
  growth: 'Growth',
  fleets: 'Fleets',
}

function tableOf(rows) {
  const lines = rows.map(({ name, floorMs, ms, ratio, least, most, cpu, aim, note, lossFrom }) => {
    const verdict = aim === undefined ? '' : ratio <= aim ? 'met' : 'missed'
    const remarks = [note, lossFrom === undefined ? undefined : `was ${lossFrom}x`]
      .filter((each) => each !== undefined)
      .join('; ')
    const figures = [
      `${floorMs.toFixed(0)} ms`,
      `${ms.toFixed(0)} ms`,
      `${ratio.toFixed(2)}x`,
      `${least.toFixed(2)}-${most.toFixed(2)}`,
    ]
    return `| ${[name, ...figures, cpu === undefined ? '' : `${cpu.toFixed(2)}x`, aim === undefined ? '' : `<= ${aim}x`, verdict, remarks].join(' | ')} |`
  })
  return [
    '| | floor | time | ratio | spread | cpu | aim | | |',
    '|---|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

export function pageText() {
  const intro = readFileSync(fileURLToPath(new URL('../performance.intro.md', import.meta.url)), 'utf8')
  const parts = Object.entries(readResults()).flatMap(([node, { machine, rows }]) => [
    `## Node ${node}\n\nMeasured on ${machine}.`,
    ...Object.entries(headings).flatMap(([subject, heading]) => {
      const own = rows.filter((row) => row.subject === subject)
      return own.length === 0 ? [] : [`### ${heading} {#node-${node}-${subject}}\n\n${tableOf(own)}`]
    }),
  ])
  return `${[intro.trimEnd(), ...parts].join('\n\n')}\n`
}

export const writePage = () => writeFileSync(join(root, 'docs/reference/performance.md'), pageText())
