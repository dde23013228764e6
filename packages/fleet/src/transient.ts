import { isMigrateError } from '@org/migrate-core'

/**
 * What may be gone a moment later. No lock, which a run has waited for already, and neither a database that its server does not have nor a login that it refuses:
 * servers block accounts and hosts after a few of them.
 */
export function isTransient(error: unknown): boolean {
  if (isMigrateError(error, 'STATEMENT_FAILED')) return ['connection', 'busy', 'deadlock'].includes(error.details.fault)
  if (isMigrateError(error, 'DATABASE_UNREACHABLE'))
    return error.details.isMissing !== true && error.details.isRefused !== true
  return (
    isMigrateError(error, 'CONNECTION_LOST') ||
    isMigrateError(error, 'DATABASE_BUSY') ||
    isMigrateError(error, 'COMMIT_FAILED')
  )
}

export interface RetryOptions {
  /** How often a member is tried again; default 2. */
  readonly times?: number
  /** Before the first time, in ms; each further one waits twice as long, up to 30 s, and a random part. Default 500. */
  readonly delayMs?: number
}

const maxDelayMs = 30_000

/** Tries again after errors that may pass: transient ones. Gives how many attempts it took; the error of the last one has them too. */
export async function withRetries<T>(
  { times = 2, delayMs = 500 }: RetryOptions,
  onRetry: (attempt: number, error: unknown) => void,
  work: () => Promise<T>,
  mayPass: (error: unknown) => boolean = isTransient,
): Promise<T> {
  if (times === 0) return work()
  const { default: pRetry } = await import('p-retry')
  // It takes nothing but errors; what else is thrown is carried in one.
  const carried = async (): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw error instanceof Error ? error : new Error(String(error), { cause: error })
    }
  }
  return pRetry(carried, {
    retries: times,
    minTimeout: delayMs,
    maxTimeout: Math.max(delayMs, maxDelayMs),
    randomize: true,
    shouldRetry: ({ error }) => mayPass(error),
    onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
      if (retriesLeft > 0 && mayPass(error)) onRetry(attemptNumber, error)
    },
  })
}
