import type { RowChanges } from './row-changes.ts'
import type { MemberFailure } from './run/failures.ts'

export interface StageResult {
  readonly name: string
  readonly migrated: number
  readonly upToDate: number
  readonly failed: number
}

/** Everything a run over a fleet reports on the way. */
export type FleetEvent =
  /** The shared tier is at its head, after these ran. */
  | ({ readonly type: 'sharedFinished'; readonly applied: readonly string[] } & RowChanges)
  | { readonly type: 'gateChecked'; readonly stage: string; readonly isOpen: boolean; readonly why?: string }
  | { readonly type: 'stageStarted'; readonly stage: string }
  | { readonly type: 'memberStarted'; readonly id: string; readonly stage: string }
  | {
      readonly type: 'memberRetried'
      readonly id: string
      readonly attempt: number
      readonly failure: MemberFailure
    }
  | (RowChanges & {
      readonly type: 'memberFinished'
      readonly id: string
      readonly stage: string
      /** `tier:revision` of what ran. */
      readonly applied: readonly string[]
      readonly ms: number
    })
  /** Its losses and reports are of the steps that stay. */
  | (RowChanges & {
      readonly type: 'memberFailed'
      readonly stage: string
      readonly failure: MemberFailure
      readonly ms: number
    })
  | ({ readonly type: 'stageFinished' } & StageResult)
  /** Of a run over a queue: what it waits for. */
  | { readonly type: 'note'; readonly message: string }
