import type { Dialect, ServerSession } from '../dialect/dialect.ts'
import { lockLost } from './fence.ts'
import { type LockLocation, readLock, renewRow } from './lock-row.ts'

/** A lease that is kept alive. */
export interface Lease {
  /** Throws LOCK_LOST where it may have run out: this process may have been stopped for longer than it lasts. */
  check(): Promise<void>
  end(): Promise<void>
}

export interface LeaseOptions {
  readonly location: LockLocation
  readonly owner: string
  readonly epoch: bigint
  readonly leaseMs: number
  readonly connect: Dialect['connection']['connect']
  /** Aborted with LOCK_LOST where the lease may have run out. */
  readonly lost: AbortController
}

/**
 * Renews a lease from a second connection, as the first is busy with the run. Where that has not succeeded for half of the lease,
 * the run is over: it ends before anybody else may begin.
 */
export async function maintainLease(options: LeaseOptions): Promise<Lease> {
  const { location, owner, epoch, leaseMs, connect, lost } = options
  const { database } = location.dialect.connection
  const statement = renewRow(location, epoch)
  let session: ServerSession | undefined
  let renewed = performance.now()
  const over = new AbortController()
  let running: Promise<void> | undefined

  async function renew(): Promise<void> {
    const requestedAt = performance.now()
    try {
      if (session?.isOpen !== true)
        session = await connect({ purpose: 'run', waitMs: Math.ceil(leaseMs / 4), signal: over.signal })
      const { changes } = await session.execute(statement.sql, statement.params)
      const row = await readLock(location, session)
      if (changes === 1 && row?.owner === owner && row.epoch === epoch) renewed = requestedAt
      else giveUp('another run has taken it')
    } catch {
      await session?.close().catch(() => undefined)
      session = undefined
      if (overdue()) giveUp(`its lease of ${leaseMs} ms could not be renewed in time`)
    }
  }

  function giveUp(why: string): void {
    if (!lost.signal.aborted) lost.abort(lockLost(database, why))
  }
  const overdue = (): boolean => performance.now() - renewed > leaseMs / 2
  const renewing = (): Promise<void> => {
    running ??= renew().finally(() => {
      running = undefined
    })
    return running
  }
  await renew()
  // A renewal that is not answered says nothing where DDL has its place in the order of all nodes (Galera): no session writes before it
  // has ended, neither this run nor one that would take its lease. Elsewhere another session may be answered.
  const patient = location.dialect.capabilities.transactionalDdl === 'implicitCommit'
  const tooLate = (): void => giveUp(`its lease of ${leaseMs} ms could not be renewed in time`)
  const timer = setInterval(
    () => {
      if (!patient && overdue()) tooLate()
      if (!over.signal.aborted) void renewing()
    },
    Math.max(20, leaseMs / 6),
  )
  return {
    check: async () => {
      if (overdue() && !patient) tooLate()
      else if (overdue()) await renewing()
      lost.signal.throwIfAborted()
    },
    end: async () => {
      clearInterval(timer)
      // One that waits in the server for the row is called off.
      over.abort(new Error('the run has ended'))
      await running
      await session?.close().catch(() => undefined)
    },
  }
}
