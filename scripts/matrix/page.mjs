// The table in docs/reference/platforms.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.mjs'

const file = join(root, 'docs/reference/platforms.md')
const [begin, end] = ['<!-- npm run test:matrix -->\n', '<!-- end -->']

const cellsOf = (line) => line.slice(2, -2).split(' | ')

/** What the page has: the results of a row by the name of its column. */
export function committed(page = readFileSync(file, 'utf8')) {
  const [, table = ''] = page.split(begin)
  const [head = '', , ...lines] = table.split(end)[0].trim().split('\n')
  const [, ...names] = cellsOf(head)
  return Object.fromEntries(
    lines.map(cellsOf).map(([row, ...cells]) => [row, Object.fromEntries(names.map((name, at) => [name, cells[at]]))]),
  )
}

/** Writes the table; `results` has those of a row by the name of its column. */
export function write(results, rows, columns) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`
  const head = `${line(['check', ...columns.map(({ name }) => name)])}|${'---|'.repeat(columns.length + 1)}\n`
  const table = rows.map((row) =>
    line([row.name, ...columns.map(({ name }) => results[row.name]?.[name] ?? 'not tried')]),
  )
  const page = readFileSync(file, 'utf8')
  const [before, after] = [page.split(begin)[0], page.split(end)[1]]
  writeFileSync(file, `${before}${begin}${head}${table.join('')}${end}${after}`)
}
