import { randomUUID } from 'node:crypto'
import { ownTableStatements } from '../compile/own-table.ts'
import type { Dialect, ServerSession } from '../dialect/dialect.ts'
import type { FaultKind } from '../dialect/errors.ts'
import type { LockHolder, RunLock } from '../dialect/session.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { createFence, type Fence, lockLost } from './fence.ts'
import { maintainLease } from './lease.ts'
import {
  type Claimant,
  claim,
  firstRows,
  type LockLocation,
  type LockRow,
  lastRenewalMs,
  locateLock,
  readLock,
  releaseRow,
} from './lock-row.ts'
import { lockTable } from './lock-table.ts'
import { type LockWaiting, waitUntilAcquired } from './wait.ts'

export interface HoldOptions {
  readonly dialect: Dialect
  readonly session: ServerSession
  /** The table of the lock. */
  readonly table: string
  /** The table of the history: its name tells apart the locks of several in one database. */
  readonly key: string
  readonly leaseMs: number
  readonly waiting: LockWaiting
  /** Ends the run, with LOCK_LOST, where a lease could not be renewed in time. */
  readonly lost: AbortController
  readonly by: { readonly host: string; readonly user: string; readonly tool: string }
  readonly onWarning?: (message: string) => void
  /** A lock that its run left behind was taken over. */
  readonly onTakenOver?: (row: LockRow) => void
}

/** The lock of a run, held. */
export interface Hold {
  /** No other run can change the heads while it is held; else what is due is asked again inside each transaction. */
  readonly exclusive: boolean
  /**
   * What the run writes its bookkeeping under; the first call takes the row of the lock, and makes its table. Undefined where the
   * dialect has none.
   */
  fence(revision: string | undefined): Promise<Fence | undefined>
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
  if (session.leased !== undefined && location !== undefined) return leasedHold(options, location)
  const lock = session.runLock?.(options.key)
  if (lock === undefined) return { exclusive: false, fence: async () => undefined, release: async () => true }
  await waitUntilAcquired(
    waiting,
    async () => ((await lock.take()) ? true : undefined),
    async () => withRow(await lock.holder(), await tryReadRow(session, location)),
  )
  if (lock.warning !== undefined) options.onWarning?.(lock.warning)
  return sessionHold(options, lock, location)
}

function sessionHold(options: HoldOptions, lock: RunLock, location: LockLocation | undefined): Hold {
  const exclusive = lock.proof === 'exclusive'
  let fence: Fence | undefined
  const owner = randomUUID()
  return {
    exclusive,
    async fence(revision) {
      if (location === undefined || !exclusive) return undefined
      if (fence !== undefined) return fence
      const epoch = await takeRow(options, location, { ...claimantOf(options, owner), leaseMs: undefined }, revision)
      const prove = async (): Promise<void> => {
        if (!(await lock.holds()))
          throw lockLost(location.dialect.connection.database, 'this session does not have it any more')
      }
      const check = async (): Promise<void> => {
        // Where every such statement has its fenced note written before it, that has asked already.
        if (options.dialect.capabilities.transactionalDdl === 'yes') await prove()
      }
      fence = createFence({ location, owner, epoch, stampFirst: false, check, prove })
      return fence
    },
    async release() {
      const stopped = options.waiting.signal?.aborted === true
      const freed =
        fence === undefined || location === undefined || (await freeRow(options.session, location, owner, stopped))
      return (await lock.release()) && freed
    },
  }
}

async function leasedHold(options: HoldOptions, location: LockLocation): Promise<Hold> {
  const { session, dialect, leaseMs, lost } = options
  const owner = randomUUID()
  const epoch = await takeRow(options, location, { ...claimantOf(options, owner), leaseMs }, undefined)
  const lease = await maintainLease({
    location,
    owner,
    epoch,
    leaseMs,
    lost,
    connect: (connectOptions) => dialect.connection.connect(connectOptions),
  })
  const fence = createFence({ location, owner, epoch, stampFirst: true, check: lease.check, prove: lease.check })
  return {
    exclusive: true,
    fence: async () => fence,
    async release() {
      await lease.end()
      return freeRow(session, location, owner, options.waiting.signal?.aborted === true)
    },
  }
}

function claimantOf({ session, by }: HoldOptions, token: string): Omit<Claimant, 'leaseMs'> {
  return { token, ...by, session: session.identity }
}

/** Also where the run was stopped: the next run must not wait for the end of a lease, nor report a run that died. */
async function freeRow(
  session: ServerSession,
  location: LockLocation,
  owner: string,
  stopped: boolean,
): Promise<boolean> {
  const { sql, params } = releaseRow(location, owner)
  if (!stopped) return (await session.execute(sql, params)).changes === 1
  // The signal of the session ends all that it sends but what is in a transaction with a signal of its own.
  const scope = await session.begin({ signal: new AbortController().signal })
  try {
    const { changes } = await session.execute(sql, params)
    await scope.commit()
    return changes === 1
  } catch (error) {
    await scope.rollback().catch(() => undefined)
    throw error
  }
}

const collided: ReadonlySet<FaultKind> = new Set<FaultKind>(['deadlock', 'busy', 'constraint'])

/** Takes the row as soon as it has no living owner. Believed because its change was committed. */
async function takeRow(
  options: HoldOptions,
  location: LockLocation,
  claimant: Claimant,
  revision: string | undefined,
): Promise<bigint> {
  const { session, waiting } = options
  let observed: LockRow | undefined
  const msWithoutRenewal = trackRenewals()
  const attempt = async (): Promise<bigint | undefined> => {
    const requestedAt = performance.now()
    observed = await ensureRow(session, location)
    if (observed === undefined || (await isOwnerAlive(session, observed, claimant.leaseMs !== undefined)))
      return undefined
    if (observed.leaseMs !== null && msWithoutRenewal(observed, requestedAt) < Number(observed.leaseMs) / 2)
      return undefined
    const { sql, params } = claim(location, observed, claimant, revision)
    const { changes } = await session.execute(sql, params)
    if (changes !== 1) return undefined
    if (observed.owner !== null) options.onTakenOver?.(observed)
    return observed.epoch + 1n
  }
  // On a cluster the loser of a race is told by an error, also where it makes the table: its change collided with one that was
  // certified before. And DDL of the holder keeps every node from answering.
  let refused: unknown
  const attemptIgnoringCollisions = async (): Promise<bigint | undefined> => {
    refused = undefined
    return attempt().catch((error: unknown) => {
      if (!collided.has(location.dialect.errors.kindOf(error))) throw error
      refused = error
      return undefined
    })
  }
  return waitUntilAcquired(waiting, attemptIgnoringCollisions, async () => withRow(undefined, observed)).catch(
    (error: unknown) => {
      // What the server still reports at the end of the wait has to be fixed; the lock is not the problem.
      throw isMigrateError(error, 'LOCKED') && refused !== undefined ? refused : error
    },
  )
}

/**
 * For how many ms, by the clock of this process, a lease was not renewed. What kept the server from answering (DDL on a cluster
 * keeps all nodes) also kept the renewal: it counts from the answer.
 */
function trackRenewals(): (row: LockRow, requestedAt: number) => number {
  let previous = ''
  let since = 0
  return ({ epoch, beatMs, leaseMs }, requestedAt) => {
    const now = performance.now()
    const latest = `${epoch} ${beatMs}`
    if (latest !== previous || now - requestedAt > Number(leaseMs) / 6) since = now
    previous = latest
    return now - since
  }
}

/** The row as it stands, created if the lock was never taken; undefined while another session creates it. */
async function ensureRow(session: ServerSession, location: LockLocation): Promise<LockRow | undefined> {
  const quietly = (faults: readonly FaultKind[]) => (error: unknown) => {
    if (!faults.includes(location.dialect.errors.kindOf(error))) throw error
    return undefined
  }
  const existing = await readLock(location, session).catch(quietly(['missing']))
  if (existing !== undefined) return existing
  for (const { sql } of ownTableStatements(location.dialect, lockTable(location.table))) {
    // Two that make it at once: PostgreSQL tells the second of a duplicate key in its catalogue.
    await session.execute(sql).catch(quietly(['exists', 'constraint']))
  }
  for (const { sql, params } of firstRows(location)) {
    await session.execute(sql, params).catch(quietly(['constraint', 'exists']))
  }
  return readLock(location, session)
}

/** Whether the owner of the row may still be at work. While this session has the lock, an owner without a lease is not. */
async function isOwnerAlive(session: ServerSession, row: LockRow, leased: boolean): Promise<boolean> {
  if (row.owner === null) return false
  if (row.leaseMs === null && !leased) return false
  const state = row.session === null ? 'unknown' : ((await session.sessionState?.(row.session)) ?? 'unknown')
  if (row.leaseMs === null) return state !== 'ended'
  const since = row.nowMs - lastRenewalMs(row)
  // What the dead run left may still be executed by the server: where that cannot be seen, it gets another lease's time.
  if (since <= row.leaseMs || state === 'busy') return true
  return state === 'unknown' && since <= row.leaseMs * 2n
}

async function tryReadRow(session: ServerSession, location: LockLocation | undefined): Promise<LockRow | undefined> {
  if (location === undefined) return undefined
  return readLock(location, session).catch(() => undefined)
}

/** The holder of the lock as the row names it, together with what the server reports. */
export function withRow(holder: LockHolder | undefined, row: LockRow | undefined): LockHolder | undefined {
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
