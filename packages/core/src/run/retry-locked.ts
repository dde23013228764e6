import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { pauseFor } from '../lock/wait.ts'
import type { MigrationEvent } from '../options/events.ts'

interface RetryOptions {
  readonly dialect: Dialect
  readonly retries: number
  /** Asked after a failure: whether still nothing of the work is committed. Default: it never is. */
  readonly undone?: () => boolean
  /** For people: what waits. */
  readonly what: string
  readonly emit: (event: MigrationEvent) => void
  readonly signal?: AbortSignal
}

const firstPauseMs = 200
const longestPauseMs = 5_000

/** What the driver threw. Of a commit that was refused it is the cause: a deferred key is checked there, and waits for the row that it refers to. */
function failureOf(error: unknown): unknown {
  if (!isMigrateError(error)) return error
  return isMigrateError(error, 'COMMIT_FAILED') && error.outcome === undefined ? error.cause : undefined
}

/** A lock that was not had in time, or given up for others: a deadlock, and on a cluster a change that another node made first. */
function isForLocks(dialect: Dialect, error: unknown): boolean {
  const fault = isMigrateError(error, 'STATEMENT_FAILED')
    ? error.details.fault
    : dialect.errors.kindOf(failureOf(error))
  return fault === 'busy' || fault === 'deadlock'
}

/**
 * Runs work again that ended because a lock could not be had in time, or was given up for others. Only for work that then has
 * changed nothing. The pauses grow, with jitter, so that the holder of the lock, and the sessions waiting behind this one, get their turn.
 */
export async function retryLocked<T>(options: RetryOptions, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const mayRetry = attempt <= options.retries && options.undone?.() !== false
      if (!mayRetry || !isForLocks(options.dialect, error)) throw error
    }
    const waitedMs = Math.round(performance.now() - startedAt)
    const what = `a lock for: ${options.what} (attempt ${attempt} of ${options.retries + 1} ended without it)`
    options.emit({ type: 'waiting', what, waitedMs })
    const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * (0.5 + Math.random())
    await pauseFor(pause, options.signal)
  }
}
