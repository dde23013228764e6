import { isAbort, MigrateError } from '../errors/migrate-error.ts'
import type { MigrationEvent } from '../options/events.ts'
import type { WaitOptions } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { eventHook } from './hooks/call-hook.ts'
import { observeTelemetry } from './telemetry/telemetry.ts'
import type { RunWaiting } from './with-lock.ts'

/** A listener that fails does not interrupt the run; its failure is reported once. */
export function createListener<E>(onEvent: ((event: E) => void) | undefined): {
  readonly emit: (event: E) => void
  readonly complaints: readonly string[]
} {
  const complaints: string[] = []
  const emit = (event: E): void => {
    const failed = (error: unknown): void => {
      if (complaints.length === 0) complaints.push(`The listener of events threw: ${String(error)}`)
    }
    try {
      // One that is async rejects instead of throwing, and its rejection would be unhandled.
      const result: unknown = onEvent?.(event)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
  return { emit, complaints }
}

/** What a run reports on the way, and how it waits and is stopped. */
interface RunObserver {
  readonly emit: (event: MigrationEvent) => void
  readonly warn: (message: string) => void
  readonly warnings: string[]
  /** The warnings, and what the listener of the call did wrong; known at the end. */
  allWarnings(): readonly string[]
  readonly waiting: RunWaiting
  /** Throws ABORTED, and what the hook that hears events threw. */
  throwIfStopped(): void
  /** Throws the error of a run: ABORTED where the signal of the call is the reason. */
  readonly rethrow: (error: unknown) => never
  /** Waits for what the hook that hears events has still to do. Throws HOOK_FAILED. */
  waitUntilIdle(): Promise<void>
}

function abortedError(cause: unknown): MigrateError {
  return new MigrateError('ABORTED', { applied: [] }, 'Stopped before anything ran; nothing was changed.', { cause })
}

/** Throws INVALID_OPTION for a wait that is no number. */
export function observeRun(resolved: UnloadedOptions, options: WaitOptions): RunObserver {
  const { dialect, waitMs } = resolved
  const lockWaitMs = options.lockWaitMs ?? resolved.lockWaitMs
  const listener = createListener(options.onEvent)
  const hook = eventHook(resolved.hooks)
  const telemetry = observeTelemetry(dialect.connection.database, dialect.name)
  const emit = (event: MigrationEvent): void => {
    telemetry?.event(event)
    listener.emit(event)
    hook?.emit(event)
  }
  const signals = [options.signal, hook?.signal].filter((signal) => signal !== undefined)
  const warnings: string[] = []
  return {
    emit,
    warnings,
    allWarnings: () => [...warnings, ...listener.complaints],
    warn(message) {
      warnings.push(message)
      emit({ type: 'warning', message })
    },
    waiting: {
      waitMs,
      lockWaitMs,
      emit,
      onWait: (waitedMs: number, holder?: string) => {
        const what =
          holder === undefined
            ? dialect.connection.database
            : `the run lock of ${dialect.connection.database}, held by ${holder}`
        emit({ type: 'waiting', what, waitedMs })
      },
      ...(signals[0] === undefined ? {} : { signal: signals.length === 1 ? signals[0] : AbortSignal.any(signals) }),
    },
    throwIfStopped() {
      if (options.signal?.aborted) throw abortedError(options.signal.reason)
      hook?.signal.throwIfAborted()
    },
    rethrow(error) {
      telemetry?.failed(error)
      throw isAbort(error, options.signal) ? abortedError(error) : error
    },
    async waitUntilIdle() {
      await hook?.waitUntilIdle()
      await telemetry?.recorded()
    },
  }
}
