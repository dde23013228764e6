import type { GraphNode } from '@org/migrate-core'
import fc from 'fast-check'

const names = ['q', 'c', 'x', 'a', 'm', 'e', 'z', 'b', 'k']

/**
 * Small graphs of every shape: node i may only stand on nodes before it, so there is no cycle; the names are out of order, so
 * that nothing works by the alphabet.
 */
export const randomNodes: fc.Arbitrary<readonly GraphNode[]> = fc
  .integer({ min: 1, max: names.length })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, i) =>
        fc.record({
          parents: fc.subarray(names.slice(0, i), { maxLength: Math.min(i, 3) }),
          dependsOn: fc.oneof(
            { weight: 2, arbitrary: fc.constant([]) },
            { weight: 1, arbitrary: fc.subarray(names.slice(0, i), { maxLength: Math.min(i, 2) }) },
          ),
        }),
      ),
    ),
  )
  .map((parts) =>
    parts.map(({ parents, dependsOn }, i) => ({ revision: names[i] ?? '', parents, dependsOn, branchLabels: [] })),
  )

/** A graph, some of its revisions as where a database stands, and another one as a target. */
export const randomSituation = randomNodes.chain((nodes) => {
  const ids = nodes.map((node) => node.revision)
  return fc.record({ nodes: fc.constant(nodes), positions: fc.subarray(ids), target: fc.constantFrom(...ids) })
})

/**
 * The rules written down once more, as slowly as they read: closures by repetition, maximal elements by comparing all
 * pairs. It shares no code with the graph.
 */
export function naive(nodes: readonly GraphNode[]) {
  const ids = nodes.map((node) => node.revision)
  const dependsDirectlyOn = (a: string, b: string): boolean =>
    nodes.some((node) => node.revision === a && (node.parents.includes(b) || node.dependsOn.includes(b)))
  const grow = (start: readonly string[], joins: (candidate: string, member: string) => boolean): string[] => {
    let members = ids.filter((id) => start.includes(id))
    for (;;) {
      const more = ids.filter((id) => members.includes(id) || members.some((member) => joins(id, member)))
      if (more.length === members.length) return members
      members = more
    }
  }
  const below = (start: readonly string[]): string[] => grow(start, (id, member) => dependsDirectlyOn(member, id))
  const above = (start: readonly string[]): string[] => grow(start, (id, member) => dependsDirectlyOn(id, member))
  const maximal = (set: readonly string[]): string[] =>
    set.filter((id) => !set.some((other) => other !== id && below([other]).includes(id))).sort()
  const children = (id: string): string[] =>
    nodes.filter((node) => node.parents.includes(id)).map((node) => node.revision)
  const bases = (): string[] => nodes.filter((node) => node.parents.length === 0).map((node) => node.revision)
  return { ids, below, above, maximal, children, bases }
}
