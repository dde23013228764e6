import { MigrateError } from '../errors/migrate-error.ts'
import { type ParsedTarget, parseTarget } from './parse-target.ts'
import type { RevisionGraph } from './revision-graph.ts'

/** More are not told apart: the list would be too long to read. */
const most = 10

/** One of several heads: where it lies, and where its line leaves that of the others. */
interface HeadSide {
  readonly head: string
  readonly file: string
  /** The revision that would be put behind another head; absent where the line has no single beginning, or shares none. */
  readonly first?: string
}

function sideOf(graph: RevisionGraph, head: string, otherHeads: readonly string[], file: string): HeadSide {
  const elsewhere = graph.ancestorsOf(otherHeads, 'parents')
  const own = [...graph.ancestorsOf([head], 'parents')].filter((id) => !elsewhere.has(id))
  const [first, ...more] = own.filter((id) => graph.parentsOf(id).every((parent) => elsewhere.has(parent)))
  const leaves = first !== undefined && more.length === 0 && graph.parentsOf(first).length === 1
  return { head, file, ...(leaves ? { first } : {}) }
}

/** Files are known where revisions come from files: a graph of plain nodes has none. */
function sidesOf(graph: RevisionGraph, heads: readonly string[]): readonly HeadSide[] {
  const shown = heads.slice(0, most)
  return shown.flatMap((head) => {
    const file = graph.get(head).source
    return file === undefined
      ? []
      : [
          sideOf(
            graph,
            head,
            heads.filter((other) => other !== head),
            file,
          ),
        ]
  })
}

/** `head-1` counts from one of them: within the line of each it is one. */
function fromEach({ symbol, text }: ParsedTarget, heads: readonly string[]): string {
  const steps = text.slice(Math.max(text.lastIndexOf('+'), text.lastIndexOf('-')))
  return `Name the line to count in: ${heads.map((head) => `\`${head}@${symbol}${steps}\``).join(', ')}.`
}

/**
 * What leads to one head. All that the target may mean are joined, also those that another one depends on: to join the others alone
 * would leave `head` as ambiguous as before.
 */
function remedyOf(
  graph: RevisionGraph,
  target: ParsedTarget | undefined,
  heads: readonly string[],
  sides: readonly HeadSide[],
  rows: readonly string[],
): string {
  if (target?.steps !== undefined) return fromEach(target, heads.slice(0, most))
  const tips = new Set(graph.heads)
  if (!heads.every((head) => tips.has(head))) return 'Name one of them.'
  const all = target?.branch === undefined ? 'heads' : `${target.branch}@heads`
  const isEach = heads.length === graph.effectiveHeads.length && heads.every((id) => graph.effectiveHeads.includes(id))
  const remedies = [
    'Name one head',
    `write \`${all}\` for all of them`,
    `join them with a merge revision: \`migrate merge ${isEach ? 'heads' : heads.join(' ')}\``,
  ]
  // What the database has keeps its place: `rebase` refuses to move it.
  const applied = graph.ancestorsOf(rows.filter((row) => graph.has(row)))
  const isApplied = ({ head, first = head }: HeadSide): boolean => applied.has(first)
  const [stays, ...remaining] = sides.toSorted((a, b) => Number(isApplied(b)) - Number(isApplied(a)))
  // Behind a head that stands on it, through a dependency, it cannot be put.
  const moves = remaining.find(
    (side) => side.first && stays && !isApplied(side) && !graph.ancestorsOf([stays.head]).has(side.first),
  )
  if (stays && moves)
    remedies.push(
      `put one line behind the other, where it is not applied yet: \`migrate rebase ${moves.first} --onto ${stays.head}\``,
    )
  return `${remedies.join('; or ')}.`
}

/** The target that was typed, the revisions that it may mean, and those that the database is at, where one was asked. */
export function multipleHeads(
  graph: RevisionGraph,
  target: string,
  heads: readonly string[],
  rows: readonly string[],
): MigrateError<'MULTIPLE_HEADS'> {
  const sides = sidesOf(graph, heads)
  const parsed = parseTarget(target)
  const names = `${heads.length}: ${heads.slice(0, most).join(', ')}`
  const text = JSON.stringify(target)
  return new MigrateError(
    'MULTIPLE_HEADS',
    { target, heads, ...(sides.length === 0 ? {} : { sides }) },
    parsed?.steps === undefined
      ? `${text} must be one revision, but there are ${names}.`
      : `${text} counts from one revision, but \`${parsed.symbol}\` is ${names}.`,
    { remedy: remedyOf(graph, parsed, heads, sides, rows) },
  )
}
