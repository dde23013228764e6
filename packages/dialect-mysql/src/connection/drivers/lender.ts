import { setTimeout as sleep } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'
import type { DriverConnection } from './driver.ts'

/** A connection of an open client, while a session has it. */
export interface LentConnection extends Pick<DriverConnection, 'threadId' | 'text' | 'prepared' | 'onLost'> {
  /** Once its character set is utf8mb4. Throws INVALID_OPTION where the client's options change what statements mean. */
  requireUsable(): void
  /** With an error it is not to be used again; a client's only connection is left to the application. */
  giveBack(lost?: Error): void
  /** Ends what the session of that number runs. Absent: nothing can. */
  interrupt?(threadId: number): Promise<void>
}

/** What connections are borrowed from. */
export interface Lender {
  /** The same for all who borrow from one client. */
  readonly key: object
  /** It has one connection: sessions take turns. */
  readonly isSingle: boolean
  lend(): Promise<LentConnection>
}

export function refused(why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`)
}

/** The client has no connection free in time. */
const clientBusy = 'CLIENT_BUSY'

/** The work's result within the time; one that comes later is handed to `late`. */
export async function inTime<T>(
  work: Promise<T>,
  { ms, signal, why, late }: { ms: number; signal: AbortSignal | undefined; why: () => string; late(value: T): void },
): Promise<T> {
  const stop = new AbortController()
  const stopped = (): void => stop.abort()
  signal?.addEventListener('abort', stopped, { once: true })
  try {
    const timer = sleep(ms, 'late' as const, { signal: stop.signal }).catch(() => 'stopped' as const)
    const first = await Promise.race([work.then((value) => ({ value })), timer])
    if (typeof first === 'object') return first.value
    work.then(late, () => undefined)
    signal?.throwIfAborted()
    throw Object.assign(new Error(why()), { code: clientBusy })
  } finally {
    signal?.removeEventListener('abort', stopped)
    stop.abort()
  }
}
