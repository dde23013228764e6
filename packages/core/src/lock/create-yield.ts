import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * A synchronous driver fulfils its promises without ever leaving the microtask queue, so timers, signals and Ctrl-C would
 * wait until the whole run is over. Calling this between pieces of work lets them in, at most every `everyMs`.
 */
export function createYield(everyMs = 20): (signal?: AbortSignal) => Promise<void> {
  let last = performance.now()
  return async (signal) => {
    if (performance.now() - last >= everyMs) {
      // Two: where this is called while the loop polls, the first turn comes before signals and sockets are polled again.
      await nextTurn()
      await nextTurn()
      last = performance.now()
    }
    signal?.throwIfAborted()
  }
}
