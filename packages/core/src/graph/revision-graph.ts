/** What the graph needs to know of a revision. */
export interface GraphNode {
  readonly revision: string
  readonly parents: readonly string[]
  /** Ids or branch labels. */
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
}

/** Immutable; answers questions. Built by `createRevisionGraph`. All orders are independent of the order of input. */
export interface RevisionGraph<N extends GraphNode = GraphNode> {
  readonly size: number
  /** No child by parents. */
  readonly heads: readonly string[]
  /** Heads that nothing depends on. */
  readonly effectiveHeads: readonly string[]
  readonly bases: readonly string[]
  has(revision: string): boolean
  /** Throws UNKNOWN_REVISION. */
  get(revision: string): N
  /** Own and inherited branch labels. */
  labelsOf(revision: string): readonly string[]
  childrenOf(revision: string): readonly string[]
  /** All revisions, parents and dependencies first; ties by id. */
  readonly order: readonly string[]
}
