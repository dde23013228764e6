import { setTimeout as sleep } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'
import type { Waiting } from '@org/migrate-core/dialect'
import { isBusy } from '../sql/faults.ts'

export interface WaitLimits {
  readonly database: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly onWait?: ((waitedMs: number) => void) | undefined
}

/** How long to wait, and whom to tell: as the call says, else as the connection was opened with. */
export function waitLimitsOf(
  { database, waiting }: { readonly database: string; readonly waiting: Waiting },
  { waitMs = waiting.waitMs, signal = waiting.signal, onWait = waiting.onWait }: Waiting = {},
): WaitLimits {
  return { database, timeoutMs: waitMs ?? defaultWaitMs, signal, onWait }
}

const reportEveryMs = 1_000

/** For a connection without a limit of its own. */
const defaultWaitMs = 5_000

/**
 * Runs `attempt` until the database is free. The driver's own busy handler sleeps inside the call, which would stop the event
 * loop that the holder may need (it can be in this process): so it is off, and timers wait here.
 * Throws DATABASE_BUSY after the time, or the signal's reason.
 */
export async function whenFree<T>(limits: WaitLimits, attempt: () => T): Promise<T> {
  const since = performance.now()
  let lastReportMs = 0
  for (let round = 0; ; round += 1) {
    limits.signal?.throwIfAborted()
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      const waitedMs = Math.round(performance.now() - since)
      const left = limits.timeoutMs - waitedMs
      if (left <= 0) throw busy(limits.database, waitedMs, error)
      if (waitedMs - lastReportMs >= reportEveryMs) {
        lastReportMs = waitedMs
        limits.onWait?.(waitedMs)
      }
      const pause = Math.min(100, 2 ** Math.min(round, 6)) * (0.5 + Math.random())
      await pauseFor(Math.min(pause, left), limits.signal)
    }
  }
}

export function busy(database: string, waitedMs: number, cause: unknown): MigrateError<'DATABASE_BUSY'> {
  const message = `${database} is locked by another connection (waited ${waitedMs} ms)`
  return new MigrateError('DATABASE_BUSY', { database, waitedMs }, message, { cause })
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await sleep(ms)
    return
  }
  const waited = await sleep(ms, undefined, { signal }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  // The timer rejects with an AbortError of its own; the caller is owed the signal's reason.
  signal.throwIfAborted()
  if (waited !== undefined) throw waited.error
}
