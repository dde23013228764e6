/** A move of the graph, before anything is known of operations: which revision, which way, and what it does to the heads. */
export type Direction = 'up' | 'down'

/**
 * What one step does to the rows of the version table. A change and not a copy: with thousands of heads and thousands of
 * steps the copies would be millions.
 */
export interface HeadChange {
  /** Sorted. */
  readonly removed: readonly string[]
  /** Sorted. */
  readonly added: readonly string[]
}

export interface RevisionStep extends HeadChange {
  readonly revision: string
  readonly direction: Direction
}

/** JSON-safe. `headsAlong(plan)` gives the heads after each step. */
export interface RevisionPlan {
  /** The heads before, sorted. */
  readonly from: readonly string[]
  /** The heads after, sorted. */
  readonly to: readonly string[]
  readonly steps: readonly RevisionStep[]
}

/** A set of rows that becomes another one without running anything. */
export interface RowChange {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export interface StampPlan {
  /** The rows before, sorted. */
  readonly from: readonly string[]
  /** The rows after, sorted. */
  readonly to: readonly string[]
  readonly changes: readonly RowChange[]
}
