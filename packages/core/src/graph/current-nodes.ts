import type { GraphNode } from './revision-graph.ts'

export const isSquashed = ({ replaces = [] }: Pick<GraphNode, 'replaces'>): boolean => replaces.length > 0

/** The revisions as a database without any of them sees them. Throws SQUASH_CROSSED. */
export async function currentNodes<N extends GraphNode>(nodes: readonly N[]): Promise<readonly N[]> {
  if (!nodes.some(isSquashed)) return nodes
  const { replaceNodes } = await import('./replace.ts')
  return replaceNodes(nodes, { rows: [] }).nodes
}
