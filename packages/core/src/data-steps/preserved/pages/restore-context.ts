import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import type { SchemaModel } from '../../../model/schema-model.ts'
import type { PreservedOwner, PreservedScope, PreservedStore } from '../preserved-types.ts'

export interface RestoreContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedScope
  readonly report: (what: string, key?: string) => void
  readonly breathe: () => Promise<void>
  /** How many of the values are restored; absent where no run shows it. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Within a step, which may preserve more. */
export interface StepRestoreContext extends RestoreContext {
  readonly owner: PreservedOwner
}

/** With the tables that are written, as they stand. */
export interface TableRestoreContext extends RestoreContext {
  readonly model: SchemaModel
  /** Values that were restored since the last call. */
  readonly restored?: (values: number) => void
}
