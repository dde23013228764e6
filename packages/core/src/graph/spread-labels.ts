import type { GraphNode } from './revision-graph.ts'
import { compareIds, type Vertex } from './vertex.ts'

const none: readonly string[] = Object.freeze([])

/**
 * Unites lists of labels, each pair of lists once: along a line whole stretches share one and the same list, and a copy for each
 * revision would cost as many steps as revisions times labels.
 */
function createUnion(): (one: readonly string[], other: readonly string[]) => readonly string[] {
  const cache = new Map<readonly string[], Map<readonly string[], readonly string[]>>()
  return (one, other) => {
    if (one === other || other.length === 0) return one
    if (one.length === 0) return other
    const ofOne = cache.get(one) ?? new Map<readonly string[], readonly string[]>()
    const union = ofOne.get(other) ?? [...new Set([...one, ...other])].sort(compareIds)
    cache.set(one, ofOne.set(other, union))
    return union
  }
}

/**
 * Which labels each revision answers to: those of its ancestors by parents, its own, and those written above it with
 * neither a fork nor a merge between (`ebranch` on the second revision of a line means the line, its base included).
 *
 * @param order parents first
 */
export function spreadLabels<N extends GraphNode>(order: readonly Vertex<N>[]): Map<Vertex<N>, readonly string[]> {
  const unite = createUnion()
  const own = new Map(order.map((vertex) => [vertex, [...new Set(vertex.node.branchLabels)].sort(compareIds)]))
  const labels = new Map<Vertex<N>, readonly string[]>()
  for (const vertex of order) {
    const parents = [...new Set(vertex.parents.map((parent) => labels.get(parent) ?? none))]
    // Many parents at once: the union of one pair after the other would copy the growing list for each.
    const inherited =
      parents.length > 2 ? [...new Set(parents.flat())].sort(compareIds) : unite(parents[0] ?? none, parents[1] ?? none)
    labels.set(vertex, unite(inherited, own.get(vertex) ?? none))
  }
  /** What is written on a revision or above it on its line; nothing at a fork or a merge, which ends the line. */
  const above = new Map<Vertex<N>, readonly string[]>()
  for (const vertex of order.toReversed()) {
    if (vertex.after.length > 1 || vertex.parents.length > 1) continue
    const child = vertex.children[0]
    const written = unite((child && above.get(child)) ?? none, own.get(vertex) ?? none)
    above.set(vertex, written)
    labels.set(vertex, unite(labels.get(vertex) ?? none, written))
  }
  return labels
}
