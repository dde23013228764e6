import { MigrateError } from '../errors/migrate-error.ts'
import type { GraphNode } from './revision-graph.ts'
import { nameWithFile, type Vertex } from './vertex.ts'

interface Visit<N extends GraphNode> {
  readonly vertex: Vertex<N>
  next: number
}

/** More of a cycle are not named. */
const most = 10

function cycleError<N extends GraphNode>(path: readonly Vertex<N>[]): MigrateError {
  let first = 0
  for (const [i, vertex] of path.entries()) if (vertex.id < (path[first]?.id ?? '')) first = i
  const members = [...path.slice(first), ...path.slice(0, first)]
  const revisions = members.map((vertex) => vertex.id)
  const shown = members.slice(0, most).map(({ node }) => nameWithFile(node))
  const more = members.length > most ? [`… (${members.length} in all)`] : []
  const arrows = [...shown, ...more, ...revisions.slice(0, 1)].join(' → ')
  const byParents = members.every((vertex, i) => {
    const below = members[(i + 1) % members.length]
    return below !== undefined && vertex.parents.includes(below)
  })
  return byParents
    ? new MigrateError('CYCLE', { revisions }, `These revisions revise each other in a circle: ${arrows}.`)
    : new MigrateError(
        'DEPENDENCY_CYCLE',
        { revisions },
        `These revisions need each other in a circle (parents and dependsOn): ${arrows}.`,
      )
}

/**
 * Parents and dependencies first. Depth first from the tips, so that a branch stays in one piece: a partly applied branch is
 * harder to understand than a missing one. Everything is walked in the order of ids, never of files.
 *
 * The stack is a list: a chain of 200,000 revisions is deeper than the call stack.
 *
 * Throws CYCLE, DEPENDENCY_CYCLE.
 *
 * @param vertices all of them, sorted by id
 */
export function topologicalOrder<N extends GraphNode>(vertices: Iterable<Vertex<N>>): readonly Vertex<N>[] {
  const all = [...vertices]
  const done = new Set<Vertex<N>>()
  const onPath = new Set<Vertex<N>>()
  const order: Vertex<N>[] = []
  const stack: Visit<N>[] = []

  const enter = (vertex: Vertex<N>): void => {
    onPath.add(vertex)
    stack.push({ vertex, next: 0 })
  }
  const drain = (): void => {
    for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
      const { vertex } = visit
      const below = vertex.before[visit.next]
      visit.next += 1
      if (below === undefined) {
        stack.pop()
        onPath.delete(vertex)
        done.add(vertex)
        order.push(vertex)
      } else if (onPath.has(below)) {
        const path = stack.map((entry) => entry.vertex)
        throw cycleError(path.slice(path.indexOf(below)))
      } else if (!done.has(below)) {
        enter(below)
      }
    }
  }
  const visit = (vertex: Vertex<N>): void => {
    if (done.has(vertex)) return
    enter(vertex)
    drain()
  }

  for (const vertex of all) if (vertex.after.length === 0) visit(vertex)
  // Reached only where a cycle has no tip above it.
  for (const vertex of all) visit(vertex)
  return order
}
