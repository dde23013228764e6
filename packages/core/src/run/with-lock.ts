import { randomUUID } from 'node:crypto'
import type { ServerSession } from '../dialect/dialect.ts'
import { withUnloadedSession } from '../history/with-session.ts'
import type { Hold } from '../lock/hold.ts'
import type { LockRow } from '../lock/lock-row.ts'
import type { LockWaiting } from '../lock/wait.ts'
import type { MigrationEvent } from '../options/events.ts'
import { loadParts, type ResolvedOptions, toolVersion, type UnloadedOptions } from '../options/resolve-options.ts'

export type LockedWork<T> = (
  session: ServerSession,
  resolved: ResolvedOptions,
  hold: Hold,
  signal: AbortSignal,
) => Promise<T>

/** How long a run waits, and who hears its warnings. */
export interface RunWaiting extends Omit<LockWaiting, 'database'> {
  readonly warn?: (message: string) => void
  readonly emit?: (event: MigrationEvent) => void
  readonly lockWaitMs?: number
  /** Whether the work itself brings our tables to the current format, before it writes to them. */
  readonly updatesFormat?: boolean
}

function takeoverWarning({ host, user, revision, sinceMs }: LockRow): string {
  const since = sinceMs === null ? '' : ` since ${new Date(Number(sinceMs)).toISOString()}`
  const at = revision === null ? '' : ` at revision ${revision}`
  return `The run of ${user ?? 'an unknown user'} on ${host ?? 'an unknown host'}${since} ended${at} without releasing its lock; this run takes it over.`
}

/** Ends what a run sends when its lock is lost. */
interface LockLoss {
  readonly lost: AbortController
  /** That, or the signal of the call. */
  readonly signal: AbortSignal
}

/** Opens the session of a run, which may take the lock, and closes it. */
export function withRunSession<T>(
  resolved: UnloadedOptions,
  { warn: _, lockWaitMs: __, updatesFormat: ___, emit: ____, ...waiting }: RunWaiting,
  work: (session: ServerSession, resolved: UnloadedOptions, loss: LockLoss) => Promise<T>,
): Promise<T> {
  const lost = new AbortController()
  const signal = waiting.signal === undefined ? lost.signal : AbortSignal.any([waiting.signal, lost.signal])
  return withUnloadedSession(resolved, { purpose: 'run', ...waiting, signal }, (session, here) =>
    work(session, here, { lost, signal }),
  )
}

/** Works on a session that holds the lock of a run, and gives it back however the work ends. Throws LOCKED. */
export function withLock<T>(resolved: UnloadedOptions, options: RunWaiting, work: LockedWork<T>): Promise<T> {
  return withRunSession(resolved, options, async (session, here, loss) =>
    holdingLock(session, await loadParts(here), loss, options, work),
  )
}

/** The same on a session that is open. */
export async function holdingLock<T>(
  session: ServerSession,
  here: ResolvedOptions,
  { lost, signal }: LockLoss,
  { warn, lockWaitMs, updatesFormat, emit, ...waiting }: RunWaiting,
  work: LockedWork<T>,
): Promise<T> {
  const [{ holdLock }, { updateFormat }] = await Promise.all([import('../lock/hold.ts'), import('./update-format.ts')])
  const { names, dialect, leaseMs, recordedBy } = here
  const hold = await holdLock({
    dialect,
    session,
    table: names.lock,
    key: names.history,
    leaseMs,
    waiting: { ...waiting, signal, waitMs: lockWaitMs ?? here.lockWaitMs, database: dialect.connection.database },
    lost,
    by: { ...recordedBy(), tool: toolVersion },
    onWarning: (message) => warn?.(message),
    onTakenOver: (row) => warn?.(takeoverWarning(row)),
  })
  let released = false
  try {
    if (session.isNew === true) emit?.({ type: 'databaseCreated', database: dialect.connection.database })
    if (updatesFormat !== true) await updateFormat(here, session)
    const result = await work(session, { ...here, run: randomUUID() }, hold, signal)
    released = await hold.release()
    if (!released) warn?.(`The lock of ${dialect.connection.database} was not ours any more when it was given back.`)
    return result
  } finally {
    // What the work threw is the thing to tell. Also where the session is lost: its lease is not to be renewed any longer.
    if (!released) await hold.release().catch(() => false)
  }
}
