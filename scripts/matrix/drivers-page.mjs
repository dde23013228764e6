// The tables in docs/reference/drivers.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.mjs'
import { groups, sameValues } from './driver-columns.mjs'

const file = join(root, 'docs/reference/drivers.md')
const [begin, end] = ['<!-- npm run test:drivers -->\n', '<!-- end -->']

const cellsOf = (line) => line.slice(2, -2).split(' | ')
const escaped = (text) => text.replaceAll('|', '\\|')

function tableIn(text, title) {
  const [, behind = ''] = text.split(`${title}\n\n`)
  const [head = '', , ...lines] = behind.split('\n\n')[0].trim().split('\n')
  const [, ...names] = cellsOf(head)
  return Object.fromEntries(
    lines.map(cellsOf).map(([row, ...cells]) => [row, Object.fromEntries(names.map((name, at) => [name, cells[at]]))]),
  )
}

/** What the page has, by table: `suites` and `reasons`, each row by the name of its column. */
export function committed(tables, page = readFileSync(file, 'utf8')) {
  const [, text = ''] = page.split(begin)
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      { suites: tableIn(text, `## ${name}`), reasons: tableIn(text, `### Unsupported on ${name}`) },
    ]),
  )
}

function tableOf(head, rows, columns, empty) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`
  const names = columns.map(({ name }) => name)
  const lines = Object.entries(rows).map(([row, cells]) => line([row, ...names.map((name) => cells[name] || empty)]))
  return `${line([head, ...names])}|${'---|'.repeat(names.length + 1)}\n${lines.join('')}`
}

export function write(results, tables) {
  const parts = tables.map((table) => {
    const { suites: found, reasons } = results[table.name]
    const suites = Object.fromEntries([...groups, sameValues].map((row) => [row, found[row] ?? {}]))
    const explained =
      Object.keys(reasons).length === 0
        ? ''
        : `\n### Unsupported on ${table.name}\n\n${tableOf('reason', reasons, table.columns, '')}`
    return `## ${table.name}\n\n${tableOf('suite', suites, table.columns, 'not tried')}${explained}`
  })
  const page = readFileSync(file, 'utf8')
  writeFileSync(file, `${page.split(begin)[0]}${begin}\n${parts.join('\n')}\n${end}${page.split(end)[1]}`)
}

/** The results with those of one column instead of what they had; without `groups`, only of its values. */
export function withColumn(results, table, column, { groups, row, text }) {
  const { suites, reasons } = structuredClone(results[table])
  const put = (rows, name, cell) => {
    rows[name] = { ...rows[name], [column]: cell }
  }
  const counts = {}
  for (const [group, { passed, unsupported, failed }] of Object.entries(groups ?? {})) {
    for (const why of Object.values(unsupported)) counts[why] = (counts[why] ?? 0) + 1
    const [refused, wrong] = [Object.keys(unsupported).length, Object.keys(failed).length]
    const parts = [`${passed}`, refused > 0 ? `${refused} unsupported` : '', wrong > 0 ? `${wrong} FAILED` : '']
    put(suites, group, parts.filter((part) => part !== '').join(', '))
  }
  put(suites, row, text)
  if (groups !== undefined) for (const cells of Object.values(reasons)) delete cells[column]
  for (const [why, count] of Object.entries(counts)) put(reasons, escaped(why), `${count}`)
  const left = Object.entries(reasons).filter(([, cells]) => Object.values(cells).some((cell) => cell))
  return { ...results, [table]: { suites, reasons: Object.fromEntries(left) } }
}
