import type { ScenarioName } from '../scenarios/index.ts'
import type { DisturbedDialect } from './dialects.ts'

/** Where the process of a run meets its end. */
export interface Strike {
  /** The number of a boundary, from 1. */
  readonly at: number
  /**
   * `before`: what would have been sent is not. `sent`: it is on its way, and the answer is lost; on SQLite, which runs in
   * the process itself, it is done.
   */
  readonly when: 'before' | 'sent'
  /** Default SIGKILL; a process that gets SIGSTOP stands still there until it gets SIGCONT. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP'
}

/** One run of migrations, in a process of its own. */
export interface Job {
  readonly scenario: ScenarioName
  readonly dialect: DisturbedDialect
  readonly url: string
  readonly direction: 'up' | 'down'
  readonly target: string
  readonly tier?: string
  readonly strike?: Strike
  /** Only for SQLite: what a connection sets for itself. */
  readonly journalMode?: 'delete' | 'truncate' | 'wal'
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
  readonly lockRetries?: number
  readonly waitMs?: number
}

export interface Failure {
  readonly code: string
  readonly message: string
  readonly remedy?: string
  readonly details?: unknown
}

/** What the process says before it ends by itself. */
export interface JobAnswer {
  /** What crossed each boundary, as far as it can be read: SQL, mostly. */
  readonly boundaries: readonly string[]
  readonly applied?: readonly string[]
  readonly failure?: Failure
}

export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'ended'; readonly answer: JobAnswer }
