import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionGraph } from './revision-graph.ts'

/** More are not told apart: nobody reads on. */
const most = 10

/** One of several heads: where it lies, and where its line leaves that of the others. */
export interface HeadSide {
  readonly head: string
  readonly file: string
  /** The revision that would be put behind another head; absent where the line has no single beginning, or shares none. */
  readonly first?: string
}

function sideOf(graph: RevisionGraph, head: string, others: readonly string[], file: string): HeadSide {
  const elsewhere = graph.ancestorsOf(others, 'parents')
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

/** The target that was typed, and the revisions that it may mean. */
export function multipleHeads(
  graph: RevisionGraph,
  target: string,
  heads: readonly string[],
): MigrateError<'MULTIPLE_HEADS'> {
  const sides = sidesOf(graph, heads)
  return new MigrateError(
    'MULTIPLE_HEADS',
    { target, heads, ...(sides.length === 0 ? {} : { sides }) },
    `${JSON.stringify(target)} must be one revision, but there are ${heads.length}: ${heads.slice(0, most).join(', ')}.`,
  )
}
