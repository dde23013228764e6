import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session } from '../dialect/session.ts'

/**
 * Savepoints of one session, one inside another, and never one beside another: the server knows no beside, so that rolling back
 * the one begun first would take with it what the other has done, and was told to be done. One that is begun beside another
 * waits for its end.
 */
export function createSavepoints(session: Session): <T>(body: () => Promise<T>) => Promise<T> {
  const around = new AsyncLocalStorage<object>()
  let innermost: object | undefined
  let waiting: (() => void)[] = []
  return async (body) => {
    const outer = around.getStore()
    while (innermost !== outer) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }
    const own = {}
    innermost = own
    try {
      return await session.savepoint(() => around.run(own, body))
    } finally {
      innermost = outer
      const woken = waiting
      waiting = []
      for (const resolve of woken) resolve()
    }
  }
}
