import { requireArgument } from '../errors/option-check.ts'
import { isNodes } from './argument-checks.ts'
import type { Edges, GraphNode, RevisionGraph } from './revision-graph.ts'
import { topologicalOrder } from './topological-order.ts'
import { unknownRevision } from './unknown-revision.ts'
import { compareIds, linkVertices, type Vertex } from './vertex.ts'

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
function spreadLabels<N extends GraphNode>(order: readonly Vertex<N>[]): Map<Vertex<N>, readonly string[]> {
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

type Neighbours<N extends GraphNode> = (vertex: Vertex<N>) => readonly Vertex<N>[]

function idsOf<N extends GraphNode>(vertices: readonly Vertex<N>[]): readonly string[] {
  return Object.freeze(vertices.map((vertex) => vertex.id))
}

function reach<N extends GraphNode>(from: Iterable<Vertex<N>>, neighbours: Neighbours<N>): Set<string> {
  const reached = new Set<string>()
  const waiting: Vertex<N>[] = []
  const visit = (vertex: Vertex<N>): void => {
    if (reached.has(vertex.id)) return
    reached.add(vertex.id)
    waiting.push(vertex)
  }
  for (const vertex of from) visit(vertex)
  for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) for (const next of neighbours(vertex)) visit(next)
  return reached
}

/**
 * Builds the graph of some revisions, in any order.
 *
 * Throws what is wrong with them: ILLEGAL_REVISION_ID, DUPLICATE_REVISION, DUPLICATE_LABEL, SELF_LOOP, MISSING_PARENT,
 * MISSING_DEPENDENCY, DEPENDENCY_SELF_LOOP, CYCLE, DEPENDENCY_CYCLE.
 *
 * ```ts
 * const graph = createRevisionGraph([
 *   { revision: 'b', parents: ['a'], dependsOn: [], branchLabels: [] },
 *   { revision: 'a', parents: [], dependsOn: [], branchLabels: ['main'] },
 * ])
 * graph.order // ['a', 'b']
 * graph.labelsOf('b') // ['main']
 * ```
 */
export function createRevisionGraph<N extends GraphNode>(nodes: readonly N[]): RevisionGraph<N> {
  requireArgument('createRevisionGraph', 'nodes', nodes, isNodes)
  const { byId, byLabel } = linkVertices(nodes)
  const sorted = [...byId.values()]
  const order = topologicalOrder(sorted)
  let labels: ReadonlyMap<Vertex<N>, readonly string[]> | undefined

  const vertexOf = (revision: string): Vertex<N> => {
    const vertex = byId.get(revision)
    if (!vertex) throw unknownRevision(revision, revision, [...byId.keys(), ...byLabel.keys()])
    return vertex
  }
  const below = (edges: Edges): Neighbours<N> => (edges === 'all' ? (v) => v.before : (v) => v.parents)
  const above = (edges: Edges): Neighbours<N> => (edges === 'all' ? (v) => v.after : (v) => v.children)
  const vertices = (revisions: Iterable<string>): Vertex<N>[] => Array.from(revisions, vertexOf)
  const where = (test: (vertex: Vertex<N>) => boolean): readonly string[] => idsOf(sorted.filter(test))

  return Object.freeze({
    size: byId.size,
    heads: where((v) => v.children.length === 0),
    effectiveHeads: where((v) => v.after.length === 0),
    bases: where((v) => v.parents.length === 0),
    independentBases: where((v) => v.before.length === 0),
    branchPoints: where((v) => v.children.length > 1),
    mergePoints: where((v) => v.parents.length > 1),
    order: idsOf(order),
    ids: idsOf(sorted),
    labels: new Map(Array.from(byLabel, ([label, vertex]) => [label, vertex.id])),
    has: (revision: string) => byId.has(revision),
    get: (revision: string) => vertexOf(revision).node,
    labelsOf: (revision: string) => {
      const vertex = vertexOf(revision)
      if (byLabel.size === 0) return none
      labels ??= spreadLabels(order)
      return labels.get(vertex) ?? []
    },
    parentsOf: (revision: string) => idsOf(vertexOf(revision).parents),
    dependenciesOf: (revision: string) => idsOf(vertexOf(revision).dependencies),
    childrenOf: (revision: string) => idsOf(vertexOf(revision).children),
    dependantsOf: (revision: string) => idsOf(vertexOf(revision).dependants),
    beforeOf: (revision: string) => idsOf(vertexOf(revision).before),
    afterOf: (revision: string) => idsOf(vertexOf(revision).after),
    effectiveParentsOf: (revision: string) => {
      const vertex = vertexOf(revision)
      if (vertex.dependencies.length === 0) return idsOf(vertex.parents)
      const impliedDependencies = new Set<Vertex<N>>()
      for (const id of reach(vertex.parents, (v) => v.parents)) {
        for (const dependency of vertexOf(id).dependencies) impliedDependencies.add(dependency)
      }
      return idsOf(vertex.before.filter((v) => vertex.parents.includes(v) || !impliedDependencies.has(v)))
    },
    ancestorsOf: (revisions: Iterable<string>, edges: Edges = 'all') => reach(vertices(revisions), below(edges)),
    descendantsOf: (revisions: Iterable<string>, edges: Edges = 'all') => reach(vertices(revisions), above(edges)),
    lineageOf: (revision: string, edges: Edges = 'parents') => {
      const start = [vertexOf(revision)]
      return new Set([...reach(start, below(edges)), ...reach(start, above(edges))])
    },
  })
}
