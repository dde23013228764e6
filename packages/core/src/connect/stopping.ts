/** How long one use of a database may last. */
export interface UseOptions {
  /** Ends the use, also in the server; what it did not commit is rolled back. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** The signal of one use: the caller's, the time limit's, or whichever speaks first. */
export function signalOf({ signal, timeoutMs }: UseOptions): AbortSignal | undefined {
  const signals = [...(signal ? [signal] : []), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])]
  return signals.length > 1 ? AbortSignal.any(signals) : signals[0]
}

/** What the work gives, unless the signal comes first: its reason is thrown then, and nobody waits for the work. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  const stop = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: stop.signal })
  })
  // Both may fail; the one that comes second must not be an unhandled rejection.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    stop.abort()
  }
}
