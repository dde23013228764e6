/** How long one use of a database may last. */
export interface UseOptions {
  /** Ends the use, also in the server; what it did not commit is rolled back. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** The signal of one use, and the end of its watching. */
interface UseSignal {
  readonly signal: AbortSignal | undefined
  release(): void
}

/** One listener for all uses that wait for a signal: Node warns of more than ten, and a service has one signal for its end. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const existing = waiting.get(signal)
  const all = existing ?? new Set()
  if (existing === undefined) {
    waiting.set(signal, all)
    const stopAll = (): void => {
      for (const each of [...all]) each()
    }
    signal.addEventListener('abort', stopAll, { once: true })
  }
  all.add(stop)
  return () => all.delete(stop)
}

/**
 * The caller's signal and the time limit as one signal that lives as long as the use: `AbortSignal.any` and `.timeout` hold what
 * listens to them until the time is over, however short the use was.
 */
export function openUseSignal({ signal, timeoutMs }: UseOptions): UseSignal {
  if (signal === undefined && timeoutMs === undefined) return { signal, release: () => undefined }
  const own = new AbortController()
  if (signal?.aborted === true) own.abort(signal.reason)
  const leave = signal === undefined ? undefined : onAbort(signal, () => own.abort(signal.reason))
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => own.abort(late(timeoutMs)), timeoutMs)
  return {
    signal: own.signal,
    release: () => {
      clearTimeout(timer)
      leave?.()
    },
  }
}

const late = (ms: number): Error => Object.assign(new Error(`It took longer than ${ms} ms.`), { name: 'TimeoutError' })

/** What the work gives, unless the signal comes first: its reason is thrown then, and the work is not awaited. */
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
