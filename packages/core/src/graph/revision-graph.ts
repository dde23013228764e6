/** What the graph needs to know of a revision. */
export interface GraphNode {
  readonly revision: string
  readonly parents: readonly string[]
  /** Ids or branch labels. */
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  /** What it stands for, in order, the head of the range last; absent or empty: it is no squashed revision. */
  readonly replaces?: readonly string[]
  /** The file, for people: named where two revisions share an id. */
  readonly source?: string
}

/** `parents`: the lines of one branch. `all`: also what was asked for through `dependsOn`. */
export type Edges = 'parents' | 'all'

/**
 * Immutable; answers questions. Built by `createRevisionGraph`. All orders are independent of the order of input.
 * Every method that takes an id throws UNKNOWN_REVISION for one that the graph does not have.
 */
export interface RevisionGraph<N extends GraphNode = GraphNode> {
  readonly size: number
  /** No child by parents. */
  readonly heads: readonly string[]
  /** Heads that nothing depends on. */
  readonly effectiveHeads: readonly string[]
  /** No parents. */
  readonly bases: readonly string[]
  /** Neither parents nor dependencies. */
  readonly independentBases: readonly string[]
  /** More than one child. */
  readonly branchPoints: readonly string[]
  /** More than one parent. */
  readonly mergePoints: readonly string[]
  /** All revisions, parents and dependencies first; ties by id, a branch in one piece where that is possible. */
  readonly order: readonly string[]
  /** All revisions, sorted by id. */
  readonly ids: readonly string[]
  /** Each label with the revision that carries it. */
  readonly labels: ReadonlyMap<string, string>
  has(revision: string): boolean
  /** Throws UNKNOWN_REVISION. */
  get(revision: string): N
  /**
   * Own and inherited branch labels: a label goes to every descendant by parents, and down from where it is written until
   * the first fork or merge.
   */
  labelsOf(revision: string): readonly string[]
  parentsOf(revision: string): readonly string[]
  /** `dependsOn` with labels replaced by ids. */
  dependenciesOf(revision: string): readonly string[]
  childrenOf(revision: string): readonly string[]
  /** Those that name it in `dependsOn`. */
  dependantsOf(revision: string): readonly string[]
  /** Parents and dependencies. */
  beforeOf(revision: string): readonly string[]
  /** Children and dependants. */
  afterOf(revision: string): readonly string[]
  /** Parents, and the dependencies that no ancestor by parents asked for already. */
  effectiveParentsOf(revision: string): readonly string[]
  /** The revisions themselves and everything below them; `edges` is `all` unless told. */
  ancestorsOf(revisions: Iterable<string>, edges?: Edges): ReadonlySet<string>
  /** The revisions themselves and everything above them; `edges` is `all` unless told. */
  descendantsOf(revisions: Iterable<string>, edges?: Edges): ReadonlySet<string>
  /** Itself, its ancestors and its descendants; `edges` is `parents` unless told. */
  lineageOf(revision: string, edges?: Edges): ReadonlySet<string>
}
