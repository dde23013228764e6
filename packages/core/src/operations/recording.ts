import type { Operation } from './operation.ts'
import type { StepFunction } from './step-database.ts'

export interface RecordedOperation {
  readonly operation: Operation
  /** `file:line:column` of the call, where the stack shows it. */
  readonly source?: string
}

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
}
