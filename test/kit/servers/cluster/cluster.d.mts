import type { ClusterName } from './names.mjs'

export interface ClusterOutcome {
  readonly name: string
  readonly url?: string
  readonly environment?: Record<string, string>
  readonly version?: string
  readonly from?: string
  /** Why it is not there. */
  readonly reason?: string
}

export function startCluster(names: readonly ClusterName[]): {
  outcomes(): Promise<readonly ClusterOutcome[]>
  stop(): Promise<void>
}
export function environmentOfCluster(outcomes: readonly ClusterOutcome[]): Record<string, string>
