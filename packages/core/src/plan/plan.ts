/** A move of the graph, before anything is known of operations: which revision, which way, and the heads around it. */
export type Direction = 'up' | 'down'

export interface RevisionStep {
  readonly revision: string
  readonly direction: Direction
  readonly headsBefore: readonly string[]
  readonly headsAfter: readonly string[]
}

export interface RevisionPlan {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly steps: readonly RevisionStep[]
}
