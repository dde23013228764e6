import type { FleetEvent } from '../fleet-events.ts'

/** What a worker reports on the way. */
export type FleetWorkEvent =
  | Extract<FleetEvent, { readonly type: 'memberStarted' | 'memberRetried' | 'memberFinished' | 'memberFailed' }>
  | { readonly type: 'jobStarted'; readonly run: string; readonly stage: string; readonly members: number }
  | { readonly type: 'jobFinished'; readonly run: string; readonly members: number }
  /** Its result could not be written or handed in: another worker takes it. */
  | { readonly type: 'jobReturned'; readonly run: string; readonly message: string }
  /** A run with other revisions than this worker has: it takes none of its jobs. */
  | { readonly type: 'runRefused'; readonly run: string; readonly release: string; readonly own: string }
  | { readonly type: 'queueLost'; readonly message: string }
  | { readonly type: 'queueBack' }

export interface FleetWorkOptions {
  /** Ends the work after the members that are running; what is left of a job goes back to the queue. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: FleetWorkEvent) => void
  /** Ends when the run of these revisions has ended: for a job of Kubernetes. */
  readonly once?: boolean
}

export interface FleetWorkResult {
  readonly jobs: number
  readonly members: number
  readonly failed: number
  /** Runs with other revisions, whose jobs were not taken. */
  readonly refused: readonly string[]
  /** What `onEvent` threw first: it ends no work. */
  readonly warnings: readonly string[]
}
