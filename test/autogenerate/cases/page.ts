import { fileURLToPath } from 'node:url'
import type { Case } from './case.ts'
import type { Grid } from './coverage.ts'
import type { Change } from './grid.ts'
import { obvious } from './reasons.ts'

export const docsFile = fileURLToPath(new URL('../../../docs/reference/autogenerate.md', import.meta.url))

/** What a database, or two that are alike, is listed with. */
export interface Listed {
  readonly name: string
  readonly cases: readonly Case[]
  readonly grid: Grid
}

const past: readonly (readonly [Exclude<Change, 'equal'>, string])[] = [
  ['add', 'added'],
  ['drop', 'dropped'],
  ['change', 'changed'],
  ['rename', 'renamed'],
]

/** Nothing is written; that it is there may be said. */
const isLeft = ({ expected, openQuestions = [] }: Case): boolean =>
  (Array.isArray(expected) ? expected : Object.values(expected).flat()).length + openQuestions.length === 0

function cellText({ cases }: Listed, object: string, attribute: string): string {
  const own = cases.filter((each) => each.object === object && each.attribute === attribute)
  if (own.length === 0) return '—'
  const changed = past.filter(([change]) => own.some((each) => each.change === change && !isLeft(each)))
  const left = past.filter(
    ([change]) => own.some((each) => each.change === change) && !changed.some(([other]) => other === change),
  )
  const quiet = own.filter(({ change }) => change === 'equal').length
  return [
    ...(changed.length === 0 ? [] : [changed.map(([, word]) => word).join(', ')]),
    ...left.map(([, word]) => `${word}: reported only`),
    ...(changed.length + left.length === 0 ? ['never changed'] : []),
    ...(quiet === 0 ? [] : [`${quiet} quiet`]),
  ].join('; ')
}

function rowsOf(lists: readonly Listed[]): readonly (readonly [object: string, attribute: string])[] {
  const rows = lists.flatMap(({ grid }) =>
    Object.entries(grid).flatMap(([object, attributes]) =>
      Object.keys(attributes).map((attribute) => [object, attribute] as const),
    ),
  )
  const objects = [...new Set(rows.map(([object]) => object))]
  return objects.flatMap((object) =>
    [...new Set(rows.flatMap(([of, attribute]) => (of === object ? [attribute] : [])))].map(
      (attribute) => [object, attribute] as const,
    ),
  )
}

/** What is never made of a thing, with the reason where that is not plain: each once, with the databases that it holds for. */
function reasonsOf(lists: readonly Listed[], object: string, attribute: string): readonly string[] {
  const explanations = new Map<string, string[]>()
  for (const { name, grid } of lists) {
    const reasons = grid[object]?.[attribute] ?? {}
    const outcomes = new Map<string, string[]>()
    for (const [change, word] of [...past, ['equal', 'written differently']] as const) {
      const why = reasons[change]
      if (why !== undefined && !obvious.has(why)) outcomes.set(why, [...(outcomes.get(why) ?? []), word])
    }
    for (const [why, changes] of outcomes) {
      const line = `not ${changes.join(', ')}: ${why}`
      explanations.set(line, [...(explanations.get(line) ?? []), name])
    }
  }
  const knowing = lists.filter(({ grid }) => grid[object]?.[attribute] !== undefined).length
  return [...explanations].map(
    ([line, names]) => `- ${object}, ${attribute}${names.length === knowing ? '' : ` (${names.join('; ')})`}: ${line}.`,
  )
}

const begin = '<!-- what the cases show: written by UPDATE_DOCS=1 -->'
const end = '<!-- /what the cases show -->'

function detected(lists: readonly Listed[]): string {
  const rows = rowsOf(lists)
  return [
    begin,
    '',
    `Each entry is what cases show on the real servers: ${lists.map(({ name, cases }) => `${cases.length} for ${name}`).join(', ')}.`,
    '"Quiet" pairs look different and are the same: nothing is written for them. After every change, a second comparison finds nothing.',
    'A dash: the database has no such thing, or it has a row under another name.',
    '',
    `| | | ${lists.map(({ name }) => name).join(' | ')} |`,
    `|---|---|${lists.map(() => '---|').join('')}`,
    ...rows.map(
      ([object, attribute]) =>
        `| ${object} | ${attribute} | ${lists.map((listed) => cellText(listed, object, attribute)).join(' | ')} |`,
    ),
    '',
    '### What is not detected, and why',
    '',
    ...rows.flatMap(([object, attribute]) => reasonsOf(lists, object, attribute)),
    '',
    end,
  ].join('\n')
}

/** The page with the part between its marks as the cases have it. */
export function withDetected(text: string, lists: readonly Listed[]): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${docsFile} has no place for what the cases show`)
  return text.slice(0, from) + detected(lists) + text.slice(to + end.length)
}
