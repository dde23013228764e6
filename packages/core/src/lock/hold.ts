import type { ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import type { RunLock, Session } from '../dialect/session.ts'
import type { MigrateError } from '../errors/migrate-error.ts'
import type { Statement } from '../sql/statement.ts'
import { type Fence, type LockProof, lockLost, lockTaken } from './fence.ts'
import { maintainLease } from './lease.ts'
import { type LockLocation, type LockRow, locateLock, readLock } from './lock-row.ts'
import { type ClaimOptions, takeRow } from './take-row.ts'
import { type KnownHolder, waitUntilAcquired } from './wait.ts'

interface HoldOptions extends ClaimOptions {
  readonly dialect: UnloadedDialect
  /** The table of the lock. */
  readonly table: string
  /** The table of the history: its name tells apart the locks of several in one database. */
  readonly key: string
  readonly leaseMs: number
  /** Ends the run, with LOCK_LOST, where a lease could not be renewed in time. */
  readonly lost: AbortController
  readonly onWarning?: (message: string) => void
}

/** The lock of a run, held. */
export interface Hold {
  /** No other run can change the heads while it is held; else what is due is asked again inside each transaction. */
  readonly exclusive: boolean
  /**
   * What the run writes its bookkeeping under; the first call takes the row of the lock, and makes its table. Undefined where the
   * dialect has none. `reading` may have read the row ahead, while the lock was held.
   */
  fence(revision: string | undefined, reading?: Session): Promise<Fence | undefined>
  /** False: it was not ours any more. Throws where it could not be asked. */
  release(): Promise<boolean>
}

/**
 * Takes the lock of a run. On a direct connection to a single server the lock of the session proves that the previous owner of the row
 * is gone: it is taken over at once. Where sessions prove nothing the row is the lock, with a lease.
 *
 * Throws LOCKED after `waitMs`, and the signal's reason.
 */
export async function holdLock(options: HoldOptions): Promise<Hold> {
  const { dialect, session, table, waiting } = options
  const location = locateLock(dialect, table, options.key)
  if (session.leased !== undefined && location !== undefined) {
    const { fence, free } = await takeFence(options, location, undefined)
    return { exclusive: true, fence: async () => fence, release: free }
  }
  const lock = session.runLock?.(options.key)
  if (lock === undefined) return { exclusive: false, fence: async () => undefined, release: async () => true }
  const attempt = async (): Promise<true | undefined> => ((await lock.take()) ? true : undefined)
  const findHolder = async (): Promise<KnownHolder> => ({
    holder: await lock.holder(),
    row: await tryReadRow(session, location),
  })
  await waitUntilAcquired(waiting, attempt, findHolder)
  if (lock.warning !== undefined) options.onWarning?.(lock.warning)
  const exclusive = lock.proof === 'exclusive'
  let taken: TakenFence | undefined
  return {
    exclusive,
    async fence(revision, reading) {
      if (location === undefined || !exclusive) return undefined
      if (taken === undefined || taken.isFree()) taken = await takeFence(options, location, revision, lock, reading)
      return taken.fence
    },
    async release() {
      const freed = taken === undefined || (await taken.free())
      return (await lock.release()) && freed
    },
  }
}

/** The row of the lock, taken. */
interface TakenFence {
  readonly fence: Fence
  /** It was given back with the last transaction of a plan. */
  isFree(): boolean
  /** False: it was not ours any more. */
  free(): Promise<boolean>
}

/** Takes the row. With the lock of a session that is the proof; without one the row has a lease. */
async function takeFence(
  options: HoldOptions,
  location: LockLocation,
  revision: string | undefined,
  lock?: RunLock,
  reading?: Session,
): Promise<TakenFence> {
  const { session, dialect, leaseMs, lost, waiting } = options
  const row = await takeRow(options, location, revision, lock === undefined ? leaseMs : undefined, reading)
  const { end, ...proofs } =
    lock === undefined ? await maintainLease(row, dialect, leaseMs, lost) : sessionProof(lock, dialect)
  const { epoch, held, stamp, stampLast } = row
  const { database } = dialect.connection
  // A list is over as soon as it is sent: what it stamps last guards all of it.
  const stampFirst = lock === undefined && dialect.capabilities.statementList !== true
  const taken = (): MigrateError<'LOCK_LOST'> => lockTaken(database)
  let [isLast, isFree] = [false, false]
  const giveBack = (): Statement => {
    isLast = true
    return stampLast
  }
  const endPlan = (): void => {
    isFree = isLast
  }
  return {
    fence: {
      ...proofs,
      epoch,
      held,
      stamp,
      stampFirst,
      taken,
      end: endPlan,
      ...(lock === undefined ? {} : { stampLast: giveBack }),
    },
    isFree: () => isFree,
    async free() {
      await end()
      return isFree || row.free(session, waiting.signal)
    },
  }
}

function sessionProof(lock: RunLock, { connection: { database }, capabilities }: UnloadedDialect): LockProof {
  const notHeld = (): MigrateError<'LOCK_LOST'> => lockLost(database, 'this session does not have it any more')
  const prove = async (): Promise<void> => {
    if (!(await lock.holds())) throw notHeld()
  }
  const { heldSql } = lock
  const check = async (): Promise<void> => {
    // Where every such statement has its fenced note written before it, that has asked already.
    if (capabilities.transactionalDdl === 'yes') await prove()
  }
  return {
    check,
    prove,
    ...(heldSql === undefined ? {} : { closing: { sql: heldSql, unlessOneRow: notHeld } }),
    end: async () => undefined,
  }
}

async function tryReadRow(session: ServerSession, location: LockLocation | undefined): Promise<LockRow | undefined> {
  if (location === undefined) return undefined
  return readLock(location, session).catch(() => undefined)
}
