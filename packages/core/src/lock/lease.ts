import { timerMs } from '../dialect/answer-watch.ts'
import type { ServerSession, UnloadedDialect } from '../dialect/dialect.ts'
import { type LockProof, lockLost } from './fence.ts'
import type { OwnedRow } from './lock-row.ts'

/**
 * Renews a lease from a second connection, as the first is busy with the run. Where that has not succeeded for half of the lease,
 * the run is over: it ends before anybody else may begin. Its proofs throw also where this process may have been stopped for longer than
 * the lease lasts.
 *
 * @param lost aborted with LOCK_LOST where the lease may have run out
 */
export async function maintainLease(
  row: OwnedRow,
  { connection, capabilities }: UnloadedDialect,
  leaseMs: number,
  lost: AbortController,
): Promise<LockProof> {
  const { sql, params } = row.renew
  let session: ServerSession | undefined
  let renewed = performance.now()
  const over = new AbortController()
  let running: Promise<void> | undefined

  async function renew(): Promise<void> {
    const requestedAt = performance.now()
    try {
      if (session?.isOpen !== true)
        session = await connection.connect({ purpose: 'run', waitMs: Math.ceil(leaseMs / 4), signal: over.signal })
      const { changes } = await session.execute(sql, params)
      if ((await row.isOwned(session)) && changes === 1) renewed = requestedAt
      else giveUp('another run has taken it')
    } catch {
      await session?.close().catch(() => undefined)
      session = undefined
      if (overdue()) giveUp(`its lease of ${leaseMs} ms could not be renewed in time`)
    }
  }

  function giveUp(why: string): void {
    if (!lost.signal.aborted) lost.abort(lockLost(connection.database, why))
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
  const patient = capabilities.leasesWaitForDdl === true
  const tooLate = (): void => giveUp(`its lease of ${leaseMs} ms could not be renewed in time`)
  const timer = setInterval(
    () => {
      if (!patient && overdue()) tooLate()
      if (!over.signal.aborted) void renewing()
    },
    timerMs(Math.max(20, leaseMs / 6)),
  )
  const check = async (): Promise<void> => {
    if (overdue() && !patient) tooLate()
    else if (overdue()) await renewing()
    lost.signal.throwIfAborted()
  }
  return {
    check,
    prove: check,
    end: async () => {
      clearInterval(timer)
      // One that waits in the server for the row is called off.
      over.abort(new Error('the run has ended'))
      await running
      await session?.close().catch(() => undefined)
    },
  }
}
