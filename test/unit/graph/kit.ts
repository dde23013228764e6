import { createRevisionGraph, type GraphNode, type RevisionGraph } from '@org/migrate-core'

/** One revision in a word: `c<-a,b~>x[label]` is c with the parents a and b, a dependency on x, and a label. */
function node(text: string): GraphNode {
  const match = /^([^<~[]*)(?:<-([^~[]*))?(?:~>([^[]*))?(?:\[(.*)\])?$/.exec(text)
  if (!match) throw new Error(`not a revision: ${text}`)
  const list = (part: string | undefined): readonly string[] => (part ? part.split(',') : [])
  return {
    revision: match[1] ?? '',
    parents: list(match[2]),
    dependsOn: list(match[3]),
    branchLabels: list(match[4]),
  }
}

export function nodes(text: string): readonly GraphNode[] {
  return text.split(/\s+/).filter(Boolean).map(node)
}

export function graphOf(text: string): RevisionGraph {
  return createRevisionGraph(nodes(text))
}
