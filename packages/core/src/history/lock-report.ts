import type { ServerSession } from '../dialect/dialect.ts'
import { type LockLocation, type LockRow, locateLock, readLock } from '../lock/lock-row.ts'
import { holderText } from '../lock/wait.ts'
import type { LockReport } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { type BookkeepingInspection, inspectBookkeeping } from './inspect-bookkeeping.ts'

interface LockInspection {
  readonly report: LockReport
  readonly location: LockLocation | undefined
  readonly row: LockRow | undefined
}

export async function inspectLock(
  resolved: UnloadedOptions,
  session: ServerSession,
  inspection?: BookkeepingInspection,
): Promise<LockInspection> {
  const { dialect, names } = resolved
  const { database } = dialect.connection
  const location = locateLock(dialect, names.lock, names.history)
  const { present } = inspection ?? (await inspectBookkeeping(resolved, session))
  const lock = session.leased === undefined ? session.runLock?.(names.history) : undefined
  const readRow = async (): Promise<LockRow | undefined> =>
    location !== undefined && present.has(names.lock) ? readLock(location, session) : undefined
  const [first, holder] = await Promise.all([readRow(), lock?.holder()])
  // What was read ahead may be of a run that has ended in order since.
  const row = holder === undefined && first !== undefined && first.owner !== null ? await readRow() : first
  const epoch = row === undefined ? {} : { epoch: Number(row.epoch) }
  if (holder !== undefined) {
    const kind = lock?.proof === 'exclusive' ? 'session' : 'file'
    return { report: { database, held: true, kind, holder: holderText({ holder, row }), ...epoch }, location, row }
  }
  if (row === undefined || row.owner === null) {
    return { report: { database, held: false, kind: 'none', ...epoch }, location, row }
  }
  const who = holderText({ row })
  if (row.leaseMs !== null && row.nowMs - row.renewedMs <= row.leaseMs) {
    return { report: { database, held: true, kind: 'lease', holder: who, ...epoch }, location, row }
  }
  return { report: { database, held: false, kind: 'none', abandonedBy: who, ...epoch }, location, row }
}

/** Who migrates. Nothing is written. Who has looked already hands in what was found. */
export async function reportLock(
  resolved: UnloadedOptions,
  session: ServerSession,
  inspection?: BookkeepingInspection,
): Promise<LockReport> {
  return (await inspectLock(resolved, session, inspection)).report
}
