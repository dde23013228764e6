import { MigrateError } from '../../errors/migrate-error.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { resolveTargets } from '../target.ts'
import { compareIds } from '../vertex.ts'

function invalid(why: string): MigrateError {
  return new MigrateError('INVALID_OPTION', { option: 'target', why }, `The targets cannot be stamped: ${why}.`)
}

/**
 * The targets of a stamp without what they say of the place to start from. `from:to` is `to`, wherever the database stands at
 * `from` and nowhere else; of several targets those that name a place have to name the same.
 *
 * Throws INVALID_OPTION, PLAN_STALE where the rows are others, and what `resolveTargets` throws.
 *
 * ```ts
 * stampRange(graph, ['a'], ['a:c']) // ['c']
 * ```
 */
export function stampRange(
  graph: RevisionGraph,
  rows: readonly string[],
  targets: readonly string[],
): readonly string[] {
  if (targets.length === 0) throw invalid('there is none')
  const pairs = targets.map((text) => text.split(':'))
  const broken = pairs.findIndex((parts) => parts.length > 2 || parts.some((part) => part === ''))
  if (broken !== -1) throw invalid(`${targets[broken]} is neither a target nor from:to`)
  const starts = new Set(pairs.flatMap(([from = '', to]) => (to === undefined ? [] : [from])))
  const [start, other] = starts
  if (other !== undefined) throw invalid(`they start from several places, ${start} and ${other}`)
  if (start !== undefined) requireRows(graph, rows, start)
  return pairs.map(([from = '', to = from]) => to)
}

function requireRows(graph: RevisionGraph, rows: readonly string[], start: string): void {
  const rowsInGraph = rows.filter((id) => graph.has(id))
  const planned = [...resolveTargets(graph, start, { current: rowsInGraph })].sort(compareIds)
  const actual = [...new Set(rows)].sort(compareIds)
  if (planned.length === actual.length && planned.every((id, at) => id === actual[at])) return
  const headsText = (ids: readonly string[]): string => (ids.length === 0 ? 'base' : ids.join(', '))
  throw new MigrateError(
    'PLAN_STALE',
    { planned, actual },
    `The database is at ${headsText(actual)}, not at ${headsText(planned)}; nothing was recorded.`,
    { remedy: 'Run `migrate current`, and pass the revision to start from, or leave it out.' },
  )
}
