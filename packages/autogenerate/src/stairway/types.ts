import type { Direction, Migrator, PlannedLoss, TestRows } from '@org/migrate-core'
import type { HeldLock } from '@org/migrate-core/dialect'

export interface StairwayOptions {
  /** Its dialect makes the shadow database. Its own database is not opened, and none of its hooks is called. */
  readonly migrator: Migrator
  /** Which revisions are tested, by id; those that they need are only upgraded. Default: all of every tier. */
  readonly revisions?: readonly string[]
  /** Rows by the id of a revision, instead of the `testRows` that it exports. */
  readonly fixtures?: { readonly [revision: string]: TestRows }
  readonly signal?: AbortSignal
  /** Called when the test of a revision has ended. */
  readonly onRevision?: (result: RevisionTest) => void
}

export type StairwayFindingKind =
  | 'upgrade failed'
  | 'downgrade failed'
  | 'second upgrade failed'
  | 'schema after downgrade'
  | 'schema after second upgrade'
  | 'rows after downgrade'
  | 'rows after second upgrade'
  | 'sequence behind its rows'
  | 'test rows refused'

/** What is wrong with a revision. */
export interface StairwayFinding {
  readonly kind: StairwayFindingKind
  /** One sentence. */
  readonly what: string
  /** What to do. */
  readonly next: string
  /** A line each. */
  readonly differences: readonly string[]
}

export interface StairwayStep {
  readonly direction: Direction
  readonly ms: number
  /** The strongest lock of each table at the end of the step; absent where the server does not tell. */
  readonly locks?: readonly HeldLock[]
}

export interface UnfilledTable {
  readonly table: string
  /** Why no row could be generated. */
  readonly why: string
}

export interface RevisionTest {
  readonly tier: string
  readonly revision: string
  readonly message: string
  /** The file for people. */
  readonly source: string
  /** `tested`; `no downgrade`: it has none and none can be derived; `not reached`: what it needs could not be upgraded. */
  readonly outcome: 'tested' | 'no downgrade' | 'not reached'
  readonly findings: readonly StairwayFinding[]
  /** What the plan announces that the downgrade takes away, with the rows of the test. */
  readonly losses: readonly PlannedLoss[]
  /** Tables without test rows. */
  readonly unfilled: readonly UnfilledTable[]
  /** In the order in which they ran. */
  readonly steps: readonly StairwayStep[]
}

export interface StairwayReport {
  /** Nothing was found. */
  readonly ok: boolean
  readonly dialect: string
  readonly revisions: readonly RevisionTest[]
}
