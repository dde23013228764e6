import type { RecordedInverse } from '../../bookkeeping/history.ts'
import type { Statement } from '../../sql/statement.ts'

/** Work of a step: how many of the recorded operations are done with it, and what it came to. */
export interface OperationSpan {
  readonly until: number
  readonly resolvedOperations: readonly RecordedInverse[]
}

/** Work before the first operation. */
export const noOperations: OperationSpan = { until: 0, resolvedOperations: [] }

/** How the work of a step falls into transactions. */
export interface StepParts {
  /** Work that may share a transaction with what stands beside it. */
  runInTransaction<T>(span: OperationSpan, work: () => Promise<T>): Promise<T>
  /** Statements of which one or more commit by themselves, in their order. */
  runNonTransactional(span: OperationSpan, statements: readonly Statement[], run: RunStatement): Promise<void>
  /** Commits what is open, with a note of it: what follows needs it committed. */
  close(): Promise<void>
}

/** A step that is one transaction, which the caller opens and ends. */
export const oneTransaction: StepParts = {
  runInTransaction: (_span, work) => work(),
  async runNonTransactional(_span, statements, run) {
    for (const statement of statements) await run(statement)
  },
  close: async () => undefined,
}

export type RunStatement = (statement: Statement) => Promise<void>
