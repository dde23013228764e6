import type { GraphNode } from './revision-graph.ts'
import { compareIds, type Vertex } from './vertex.ts'

const none: readonly string[] = Object.freeze([])

function unite(lists: readonly (readonly string[])[]): readonly string[] {
  // Along a plain line all lists are one and the same; a copy per revision would be quadratic in a long one.
  const distinct = [...new Set(lists)].filter((list) => list.length > 0)
  if (distinct.length <= 1) return distinct[0] ?? none
  return [...new Set(distinct.flat())].sort(compareIds)
}

/**
 * Which labels each revision answers to: those of its ancestors by parents, its own, and those written above it with
 * neither a fork nor a merge between (`ebranch` on the second revision of a line means the line, its base included).
 *
 * @param order parents first
 */
export function spreadLabels<N extends GraphNode>(order: readonly Vertex<N>[]): Map<Vertex<N>, readonly string[]> {
  const spread = new Map<Vertex<N>, readonly string[]>()
  for (const vertex of order) {
    const inherited = vertex.parents.map((parent) => spread.get(parent) ?? none)
    spread.set(vertex, unite([...inherited, [...vertex.node.branchLabels].sort(compareIds)]))
  }
  for (const vertex of order) {
    const own = vertex.node.branchLabels
    if (own.length === 0) continue
    let below: Vertex<N> | undefined = vertex
    while (below && below.after.length <= 1 && below.parents.length <= 1) {
      spread.set(below, unite([spread.get(below) ?? none, own]))
      below = below.parents[0]
    }
  }
  return spread
}
