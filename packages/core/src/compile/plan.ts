import type { Direction } from '../graph/selection/plan.ts'
import type { DialectName } from '../model/column-type.ts'
import type { Operation, RowValue } from '../operations/operation.ts'
import type { OperationLimits } from '../operations/recording.ts'
import type { Statement } from '../sql/statement.ts'

/** A statement with its values in a form that JSON can hold. */
export interface PlannedStatement extends Omit<Statement, 'params'> {
  readonly params?: readonly RowValue[]
}

/** One operation of a planned step with its statements. Data steps have none: `run` names them. */
export interface PlannedOperation {
  readonly describe: string
  readonly operation: Operation
  readonly statements: readonly PlannedStatement[]
  /** A guard found that there is nothing to do; says why. */
  readonly skipped?: string
  /** Follows opaque SQL: the schema before it is what is expected, not what was seen. */
  readonly asExpected?: true
  /** `file:line:column` in the revision. */
  readonly source?: string
  /** How long its statements may take, in ms, where it has limits of its own. */
  readonly limits?: OperationLimits
}

/** What a step takes away from rows, in either direction, and what happens to it. */
export interface PlannedLoss {
  readonly object: string
  /** `converted`: to another type or by an expression, so that some values do not come back; `deleted`: rows, by their keys. */
  readonly how: 'dropped' | 'converted' | 'deleted'
  /** Values of the column, or rows of the table; absent: known when the step runs, or not counted. */
  readonly rows?: number
  /** `rows` is not counted when the step runs either. */
  readonly uncounted?: true
  /** `rows` is the server's estimate of all rows of the table, which has more than 100,000. */
  readonly about?: true
  readonly preserved: boolean
  /** What it takes in `migrate_preserved`, estimated; absent where nothing is preserved, or where that is known when the step runs. */
  readonly bytes?: number
  /** Its operation says `preserve`, and it cannot be: the run is refused unless data loss is allowed. */
  readonly refused?: true
  /** Why it is not preserved. */
  readonly why?: string
  /** Why no upgrade restores what is preserved, or no downgrade what is converted. */
  readonly byHand?: string
}

/** Preserved values of a revision that is about to be upgraded again. */
export interface PlannedRestore {
  readonly values: number
  /**
   * How many of them are not restored, as far as that is known before the upgrade runs. Absent: the steps before this one decide.
   */
  readonly superseded?: number
  /** How many others are restored only where the SQL of the upgrade still computes the same, which is known when it runs. Absent: none. */
  readonly undecided?: number
}

export interface PlanStep {
  readonly tier: string
  readonly revision: string
  readonly message: string
  readonly source: string
  readonly direction: Direction
  /** How the step moves the recorded heads; copies of all heads would be quadratic in wide graphs. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
  readonly operations: readonly PlannedOperation[]
  /** The hash of the file, where the step calls functions of it: they are no part of the plan. Absent: the operations say everything. */
  readonly textHash?: string
  /** The hash of what these functions have as `db.arguments`. Absent: they have none. */
  readonly arguments?: string
  /** Foreign keys are not enforced while this step runs; its end checks them against the beginning. */
  readonly foreignKeys?: 'off'
  /**
   * How many times it commits where it cannot be one transaction: a failure then leaves what was committed, which is journaled, and the
   * next run resumes from there.
   */
  readonly parts?: number
  readonly losses: readonly PlannedLoss[]
  /** What an upgrade restores of what its last downgrade preserved; absent: nothing is preserved. */
  readonly restores?: PlannedRestore
  readonly notes: readonly string[]
}

export interface TierHeads {
  readonly tier: string
  readonly heads: readonly string[]
}

/** A value: JSON-safe and frozen. Nothing has run. */
export interface Plan {
  readonly version: 2
  readonly dialect: DialectName
  readonly database: string
  /** The tier that the target is of. */
  readonly tier: string
  readonly target: string
  readonly direction: Direction
  readonly from: readonly TierHeads[]
  readonly to: readonly TierHeads[]
  readonly transaction: 'revision' | 'run'
  readonly steps: readonly PlanStep[]
  readonly warnings: readonly string[]
}
