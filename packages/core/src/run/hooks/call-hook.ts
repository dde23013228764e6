import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import { thrownMessage } from '../../errors/thrown-value.ts'

/** What `callHook` is told of a hook. */
export interface HookCall {
  /** The name of the option that holds it. */
  readonly hook: string
  readonly limitMs: number
  /** Whether the hook waits for something of ours, which has limits of its own and ends before the hook is given up. */
  readonly isBusy?: () => boolean
  readonly signal?: AbortSignal
}

/**
 * Calls a function of the user and waits until its promise is fulfilled or rejected, but no longer than `limitMs`: a run that waits
 * for an endless promise looks like one that works.
 *
 * Throws HOOK_FAILED with the hook's own error as its cause, and the reason of `signal` where that came first.
 */
export async function callHook(call: HookCall, work: () => unknown): Promise<void> {
  const { hook, limitMs, isBusy, signal } = call
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_resolve, reject) => {
    const startedAt = performance.now()
    // The timer also keeps the process alive: a promise that never resolves would let it end silently.
    timer = setInterval(
      () => {
        if (signal?.aborted) reject(signal.reason)
        if (performance.now() - startedAt >= limitMs && isBusy?.() !== true)
          reject(hookFailed(hook, `it did not end within ${limitMs} ms`))
      },
      Math.max(10, Math.min(250, limitMs / 4)),
    )
  })
  try {
    await Promise.race([(async () => work())(), hung])
  } catch (cause) {
    if (signal?.aborted && cause === signal.reason) throw cause
    if (isMigrateError(cause, 'HOOK_FAILED')) throw cause
    throw hookFailed(hook, thrownMessage(cause), cause)
  } finally {
    clearInterval(timer)
  }
}

export function hookFailed(hook: string, why: string, cause?: unknown): MigrateError<'HOOK_FAILED'> {
  const message = `The hook \`${hook}\` failed: ${why}`
  return new MigrateError('HOOK_FAILED', { hook, why }, message, cause === undefined ? {} : { cause })
}
