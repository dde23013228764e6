import { setTimeout as sleep } from 'node:timers/promises'
import type { LockHolder, RunLock, Session, Waiting } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'

const askAgainMs = 100
const tellEveryMs = 3_000

export interface LockWaiting extends Omit<Waiting, 'onWait'> {
  readonly database: string
  readonly onWait?: (waitedMs: number, holder?: string) => void
}

/**
 * Takes the lock that keeps two runs on one database apart, asking again and again with jitter and never blocking in the
 * server: a session that waits there has a snapshot, for which a concurrent index build of the holder would wait in turn.
 * Undefined where the dialect has none. Throws LOCKED after `waitMs`, and the signal's reason.
 */
export async function acquireRunLock(
  session: Session,
  key: string,
  waiting: LockWaiting,
): Promise<RunLock | undefined> {
  const lock = session.runLock?.(key)
  if (lock === undefined) return undefined
  const begun = performance.now()
  let told = begun - tellEveryMs
  for (;;) {
    waiting.signal?.throwIfAborted()
    if (await lock.take()) return lock
    const now = performance.now()
    const waitedMs = Math.round(now - begun)
    const holder = async (): Promise<string> => holderText(await lock.holder())
    if (waitedMs >= (waiting.waitMs ?? 0)) {
      const found = await holder()
      const { database } = waiting
      throw new MigrateError(
        'LOCKED',
        { database, waitedMs, holder: found },
        `Another run holds the lock of ${database}: ${found}. Waited ${waitedMs} ms.`,
      )
    }
    if (now - told >= tellEveryMs) {
      told = now
      waiting.onWait?.(waitedMs, await holder())
    }
    await sleep(
      askAgainMs * (0.5 + Math.random()),
      undefined,
      waiting.signal === undefined ? {} : { signal: waiting.signal },
    )
  }
}

/** `connection 4711 of app@10.0.0.3 since 12:00:03, now: ALTER TABLE …` */
export function holderText(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'another session'
  const { who, since, doing } = holder
  return `${who}${since === undefined ? '' : ` since ${since}`}${doing === undefined ? '' : `, now: ${doing}`}`
}
