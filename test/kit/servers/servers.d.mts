import type { ServerName } from './names.mjs'

export interface Outcome {
  readonly name: ServerName
  readonly url?: string
  readonly version?: string
  readonly from?: string
  /** Why it is not there. */
  readonly reason?: string
}

export function startServers(servers?: string): {
  outcomes(): Promise<readonly Outcome[]>
  stop(): Promise<void>
}
export function environmentOf(outcomes: readonly Outcome[]): Record<string, string>
export function missing(outcomes: readonly Outcome[]): readonly Outcome[]
export function reportOf(outcomes: readonly Outcome[]): string
