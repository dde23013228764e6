import type { Session } from '../../dialect/session.ts'

const everyMs = 15_000

/**
 * Sends a query now and then while the session has nothing to do: servers and networks end sessions that are idle. The signal of the work is
 * aborted where the session, and with it the lock of the run, is lost.
 */
export async function keepSessionAlive<T>(
  session: Session,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  intervalMs = everyMs,
): Promise<T> {
  const lost = new AbortController()
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= session
      .query('SELECT 1')
      .then(
        () => undefined,
        (error: unknown) => lost.abort(error),
      )
      .finally(() => {
        running = undefined
      })
  }, intervalMs)
  try {
    return await work(AbortSignal.any([signal, lost.signal]))
  } finally {
    clearInterval(timer)
    await running
  }
}
