import { requireArguments } from '../errors/option-check.ts'
import { isGraph } from './argument-checks.ts'
import type { RevisionGraph } from './revision-graph.ts'

/** What there is to tell about a graph as a whole. JSON-safe. */
interface GraphFacts {
  readonly heads: readonly string[]
  readonly effectiveHeads: readonly string[]
  readonly bases: readonly string[]
  readonly independentBases: readonly string[]
  readonly branchPoints: readonly string[]
  readonly mergePoints: readonly string[]
  /** Own and inherited labels of the revisions that have any. */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

export function factsOf(graph: RevisionGraph): GraphFacts {
  requireArguments('factsOf', { graph }, { graph: isGraph })
  const { heads, effectiveHeads, bases, independentBases, branchPoints, mergePoints } = graph
  const labelled = graph.ids.map((id) => [id, graph.labelsOf(id)] as const).filter(([, labels]) => labels.length > 0)
  return {
    heads,
    effectiveHeads,
    bases,
    independentBases,
    branchPoints,
    mergePoints,
    labels: Object.fromEntries(labelled),
  }
}
