import type { DialectName } from '../model/column-type.ts'
import type { Operation } from './operation.ts'
import type { StepFunction } from './step-database.ts'

/** How a server may change a table, where it has a choice (MySQL, MariaDB; `nocopy` is MariaDB's alone). */
export interface OnlineChange {
  readonly algorithm?: 'instant' | 'nocopy' | 'inplace' | 'copy'
  readonly lock?: 'none' | 'shared' | 'exclusive'
}

/** How long the statements of an operation may take, in ms; 0: as long as they like; absent: as the run has it. */
export interface OperationLimits extends OnlineChange {
  readonly lockMs?: number
  readonly statementMs?: number
}

export interface RecordedOperation {
  readonly operation: Operation
  readonly limits?: OperationLimits
  /**
   * The inverse of what an upgrade did. That its object is gone (or there) already, by hand, is drift: once that is accepted, there is
   * nothing left to do for it.
   */
  readonly derived?: true
  /** `file:line:column` of the call, where the stack shows it. */
  readonly source?: string
}

/** The operations without what was recorded beside them. */
export const operationsOf = (recorded: readonly Pick<RecordedOperation, 'operation'>[]): readonly Operation[] =>
  recorded.map(({ operation }) => operation)

/** The functions of one op.run(). */
export interface RecordedStep {
  readonly label: string
  readonly up: StepFunction
  readonly down?: StepFunction
}

/** What one call of upgrade or downgrade recorded: the operations as data, the functions beside them. */
export interface Recording {
  readonly operations: readonly RecordedOperation[]
  readonly steps: ReadonlyMap<string, RecordedStep>
  /** The dialects for which `op.on` has a branch of its own. */
  readonly branches: ReadonlySet<DialectName>
}
