import { setTimeout as sleep } from 'node:timers/promises'
import type { LockHolder, Waiting } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { LockRow } from './lock-row.ts'

const retryDelayMs = 100
const reportEveryMs = 3_000

export interface LockWaiting extends Omit<Waiting, 'onWait'> {
  /** For people. */
  readonly database: string
  readonly onWait?: (waitedMs: number, holder?: string) => void
}

/** What is known of who holds the lock: as the server reports it, and as the row names it. */
export interface KnownHolder {
  readonly holder?: LockHolder | undefined
  readonly row?: LockRow | undefined
}

/** The holder of the lock as the row names it, together with what the server reports. */
function withRow(holder: LockHolder | undefined, row: LockRow | undefined): LockHolder | undefined {
  if (row === undefined || row.owner === null) return holder
  const from = `${row.user ?? 'an unknown user'} on ${row.host ?? 'an unknown host'}`
  const at = row.revision === null ? '' : `, at revision ${row.revision}`
  const since = row.sinceMs === null ? holder?.since : new Date(Number(row.sinceMs)).toISOString()
  return {
    ...holder,
    who: `${holder === undefined ? '' : `${holder.who}, `}${from}${at}`,
    ...(since === undefined ? {} : { since }),
  }
}

/** `connection 4711 of app@10.0.0.3 since 12:00:03, now: ALTER TABLE …` */
export function holderText({ holder, row }: KnownHolder): string {
  const { who, since, doing } = withRow(holder, row) ?? { who: 'another session' }
  return `${who}${since === undefined ? '' : ` since ${since}`}${doing === undefined ? '' : `, now: ${doing}`}`
}

/** Throws the signal's reason: the timer has an error of its own for it. */
export async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}

/**
 * Asks again and again with jitter, and never waits in the server: a session that waits there has a snapshot, for which a
 * concurrent index build of the holder would wait in turn. Throws LOCKED after `waitMs`, and the signal's reason.
 */
export async function waitUntilAcquired<T>(
  waiting: LockWaiting,
  attempt: () => Promise<T | undefined>,
  findHolder: () => Promise<KnownHolder>,
): Promise<T> {
  const startedAt = performance.now()
  let reportedAt = startedAt - reportEveryMs
  const { signal, database } = waiting
  for (;;) {
    signal?.throwIfAborted()
    const acquired = await attempt()
    if (acquired !== undefined) return acquired
    const now = performance.now()
    const waitedMs = Math.round(now - startedAt)
    if (waitedMs >= (waiting.waitMs ?? 0)) {
      const holder = holderText(await findHolder())
      const message = `Another run holds the lock of ${database}: ${holder}. Waited ${waitedMs} ms.`
      throw new MigrateError('LOCKED', { database, waitedMs, holder }, message)
    }
    if (now - reportedAt >= reportEveryMs) {
      reportedAt = now
      waiting.onWait?.(waitedMs, holderText(await findHolder()))
    }
    await pauseFor(retryDelayMs * (0.5 + Math.random()), signal)
  }
}
