import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, MigrateError } from '@org/migrate-core/connection'
import type { DriverConnection } from './driver.ts'

/** A connection of an open client, while a session has it. */
export interface LentConnection extends Pick<DriverConnection, 'threadId' | 'text' | 'prepared' | 'onLost'> {
  /** Once its character set is utf8mb4. Throws INVALID_OPTION where the client's options change what statements mean. */
  requireUsable(): void
  /** With an error it is not to be used again, and is ended. */
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
  /** All of its connections are in use. Where they are not, one that does not come is not opened in time. */
  isFull(): boolean
  lend(): Promise<LentConnection>
}

export function refused(why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`)
}

type Listener = (error?: unknown) => void

/** What tells that a connection has ended. */
export interface EndingConnection {
  on(event: 'error' | 'end', listener: Listener): unknown
  off(event: 'error' | 'end', listener: Listener): unknown
}

/** One listener for all sessions that follow each other on a connection: Node warns of many. */
export function watchEnd(
  connection: EndingConnection,
  toError: (error: unknown) => Error,
): Pick<LentConnection, 'onLost'> & { readonly stop: () => void } {
  const watchers: ((error: Error) => void)[] = []
  const onError: Listener = (error) => {
    for (const lost of watchers) lost(toError(error))
  }
  const onEnd: Listener = () => {
    for (const lost of watchers) lost(new Error('the server closed the connection'))
  }
  connection.on('error', onError)
  connection.on('end', onEnd)
  return {
    onLost: (lost) => void watchers.push(lost),
    stop: () => {
      connection.off('error', onError)
      connection.off('end', onEnd)
    },
  }
}

/** The client has no connection free in time. */
export const clientBusy = 'CLIENT_BUSY'

export const busy = (why: string): Error => Object.assign(new Error(why), { code: clientBusy })

interface TimeLimit<T> {
  readonly ms: number
  readonly signal: AbortSignal | undefined
  /** Why there is no result in time. */
  why(): Error
  /** Gets the result that comes later. */
  late?(value: T): void
}

/** The work's result within the time. Throws the signal's reason. */
export async function inTime<T>(
  work: Promise<T>,
  { ms, signal, why, late = () => undefined }: TimeLimit<T>,
): Promise<T> {
  const stop = new AbortController()
  const stopped = (): void => stop.abort()
  signal?.addEventListener('abort', stopped, { once: true })
  if (signal?.aborted === true) stopped()
  try {
    const timer = sleep(ms, 'late' as const, { signal: stop.signal }).catch(() => 'stopped' as const)
    const answer = work.then(
      (value) => ({ value }),
      (error: unknown) => {
        if (codeOf(error) === clientBusy) return 'late' as const
        throw error
      },
    )
    const first = await Promise.race([answer, timer])
    if (typeof first === 'object') return first.value
    work.then(late, () => undefined)
    signal?.throwIfAborted()
    throw why()
  } finally {
    signal?.removeEventListener('abort', stopped)
    stop.abort()
  }
}
