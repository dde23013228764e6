import { thrownMessage } from '../../errors/thrown-value.ts'
import type { MigrationEvent } from '../../options/events.ts'
import type { Hooks } from '../../options/hooks.ts'
import { callHook, hookFailed } from './call-hook.ts'

/** The hook that hears events. They are told from inside of the work, so its failure stops the run at the next look at the signal. */
export interface EventHook {
  readonly emit: (event: MigrationEvent) => void
  readonly signal: AbortSignal
  /** Waits for what the hook has still to do. Throws HOOK_FAILED. */
  waitUntilIdle(): Promise<void>
}

export function eventHook({ onEvent, limitMs }: Hooks): EventHook | undefined {
  if (onEvent === undefined) return undefined
  const stop = new AbortController()
  const pending = new Set<Promise<unknown>>()
  const fail = (cause: unknown): void => {
    if (stop.signal.aborted) return
    stop.abort(hookFailed('onEvent', thrownMessage(cause), cause))
  }
  return {
    signal: stop.signal,
    emit(event) {
      if (stop.signal.aborted) return
      try {
        const result = onEvent(event)
        if (result === undefined) return
        const pendingCall = Promise.resolve(result)
          .catch(fail)
          .finally(() => pending.delete(pendingCall))
        pending.add(pendingCall)
      } catch (error) {
        fail(error)
      }
    },
    async waitUntilIdle() {
      if (pending.size > 0) await callHook({ hook: 'onEvent', limitMs }, () => Promise.all(pending))
      stop.signal.throwIfAborted()
    },
  }
}
