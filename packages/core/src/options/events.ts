import type { PlannedLoss, TierHeads } from '../compile/plan.ts'
import type { Direction } from '../graph/selection/plan.ts'

interface StepNamed {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction
}

export interface StepReport {
  readonly tier: string
  readonly revision: string
  readonly label: string
  readonly what: string
  readonly count: number
  readonly firstKeys: readonly string[]
}

/** What a step took away from rows, counted right before. */
export interface StepLoss extends StepNamed, PlannedLoss {}

/** Everything a run tells. A closed union: a reporter that forgot one does not compile. */
export type MigrationEvent =
  | { readonly type: 'started'; readonly database: string; readonly steps: number; readonly from: readonly TierHeads[] }
  /** There was no such file (SQLite) or folder (PGlite): the run has created it. */
  | { readonly type: 'databaseCreated'; readonly database: string }
  | {
      /** Before the first change: the copy is whole, and under its name. */
      readonly type: 'backupWritten'
      readonly database: string
      /** An absolute path. */
      readonly file: string
      readonly bytes: number
      /** The line of a shell that restores it. Absent: `backupCommand` made it. */
      readonly restore?: string
    }
  | (StepNamed & {
      readonly type: 'stepStarted'
      readonly message: string
      readonly index: number
      readonly total: number
    })
  | (StepNamed & {
      readonly type: 'statement'
      readonly describe: string
      readonly sql: string
      readonly note?: string
    })
  | (StepNamed & { readonly type: 'progress'; readonly what: string; readonly done: number; readonly total?: number })
  | ({ readonly type: 'report' } & StepReport)
  | ({ readonly type: 'loss' } & StepLoss)
  | (StepNamed & { readonly type: 'stepFinished'; readonly ms: number })
  | (StepNamed & { readonly type: 'stepSkipped'; readonly why: string })
  | (StepNamed & {
      readonly type: 'stepResumed'
      /** When it was begun, ISO 8601. */
      readonly startedAt: string
      /** How many of its operations stood already. */
      readonly operations: number
      /** For each statement whose result was not recorded: whether it had run. */
      readonly inspected: readonly string[]
    })
  | (StepNamed & { readonly type: 'stepFailed'; readonly code: string; readonly message: string })
  | { readonly type: 'waiting'; readonly what: string; readonly waitedMs: number }
  | { readonly type: 'warning'; readonly message: string }
  | {
      readonly type: 'finished'
      readonly applied: readonly string[]
      readonly heads: readonly TierHeads[]
      readonly ms: number
    }
