import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'
import type { MigrationEvent } from '../../options/events.ts'
import type { Hooks } from '../../options/hooks.ts'

/** Work of a user that is awaited. */
interface WatchedWork {
  readonly signal?: AbortSignal | undefined
  readonly everyMs: number
  /** Why the work is given up; undefined: it is not. */
  readonly givenUp: () => MigrateError | undefined
}

/**
 * Waits for work of a user, but not for ever: a run that waits for an endless promise looks like one that works. Throws what the work throws,
 * why it was given up, and the reason of the signal.
 */
export async function watched({ signal, everyMs, givenUp }: WatchedWork, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_resolve, reject) => {
    // The timer also keeps the process alive: a promise that never resolves would let it end silently.
    timer = setInterval(
      () => {
        if (signal?.aborted) reject(signal.reason)
        const why = givenUp()
        if (why !== undefined) reject(why)
      },
      Math.max(10, everyMs),
    )
  })
  try {
    await Promise.race([(async () => work())(), hung])
  } finally {
    clearInterval(timer)
  }
}

/** What `callHook` is told of a hook. */
interface HookCall {
  /** The name of the option that holds it. */
  readonly hook: string
  readonly limitMs: number
  /** Whether the hook waits for something of ours, which has limits of its own and ends before the hook is given up. */
  readonly isBusy?: () => boolean
  readonly signal?: AbortSignal
}

/** Calls a hook. Throws HOOK_FAILED with the hook's own error as its cause, and the reason of `signal` where that came first. */
export async function callHook(call: HookCall, work: () => unknown): Promise<void> {
  const { hook, limitMs, isBusy, signal } = call
  const startedAt = performance.now()
  const givenUp = (): MigrateError | undefined =>
    performance.now() - startedAt >= limitMs && isBusy?.() !== true
      ? hookFailed(hook, `it did not end within ${limitMs} ms`)
      : undefined
  try {
    await watched({ signal, everyMs: Math.min(250, limitMs / 4), givenUp }, work)
  } catch (cause) {
    if (signal?.aborted && cause === signal.reason) throw cause
    if (isMigrateError(cause, 'HOOK_FAILED')) throw cause
    throw hookFailed(hook, thrownMessage(cause), cause)
  }
}

export function hookFailed(hook: string, why: string, cause?: unknown): MigrateError<'HOOK_FAILED'> {
  const message = `The hook \`${hook}\` failed: ${why}`
  return new MigrateError('HOOK_FAILED', { hook, why }, message, { cause })
}

/** The hook that hears events. They are told from inside of the work, so its failure stops the run at the next look at the signal. */
interface EventHook {
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
