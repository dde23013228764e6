import { randomUUID } from 'node:crypto'
import { existsRow, insertRow, updateRow } from '../compile/own-rows.ts'
import { ownTableStatements } from '../compile/own-table.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import type { FaultKind } from '../dialect/errors.ts'
import type { Session } from '../dialect/session.ts'
import { isAbort, isMigrateError } from '../errors/migrate-error.ts'
import type { Statement } from '../sql/statement.ts'
import { sql } from '../sql/tag.ts'
import { lockTaken } from './fence.ts'
import { type LockLocation, type LockRow, noOwner, type OwnedRow, readLock, rowWhere } from './lock-row.ts'
import { lockTable, protocol, rowIds } from './lock-table.ts'
import { type KnownHolder, type LockWaiting, waitUntilAcquired } from './wait.ts'

/** Who takes the row, and how long that may take. */
export interface ClaimOptions {
  readonly session: ServerSession
  readonly waiting: LockWaiting
  readonly by: { readonly host: string; readonly user: string; readonly tool: string }
  /** A lock that its run left behind was taken over. */
  readonly onTakenOver?: (row: LockRow) => void
}

/** Who wants the lock. The token tells this run from every other. */
interface Claimant {
  readonly token: string
  readonly host: string
  readonly user: string
  readonly tool: string
  readonly session: string | undefined
  /** In ms; absent: the lock of the session is the proof. */
  readonly leaseMs: number | undefined
}

/**
 * The two rows, without an owner; the one that is the lock last: where it stands, both do, also after a kill between them. One of two that
 * make them at once fails on the key.
 */
function firstRows({ dialect, table, history }: LockLocation): readonly Statement[] {
  return [rowIds.beat, rowIds.lock].map((id) =>
    insertRow(dialect, table, [
      ['history', history],
      ['id', id],
      ['protocol', protocol],
      ['epoch', 0n],
    ]),
  )
}

/** Takes the lock from where it was seen to stand: of several who try, the row lets one through. */
function claim(location: LockLocation, observed: LockRow, claimant: Claimant, revision: string | undefined): Statement {
  const { dialect, table, clock } = location
  const cells = [
    ['epoch', observed.epoch + 1n],
    ['owner', claimant.token],
    ['session', claimant.session ?? null],
    ['host', claimant.host],
    ['user_name', claimant.user],
    ['tool_version', claimant.tool],
    ['revision', revision ?? null],
    ['lease_ms', claimant.leaseMs === undefined ? null : BigInt(claimant.leaseMs)],
    ['since_ms', clock],
  ] as const
  return updateRow(dialect, table, cells, rowWhere(location, rowIds.lock, [['epoch', observed.epoch]]))
}

/** Also where the run was stopped: the next run must not wait for the end of a lease, nor report a run that died. */
async function freeRow(
  session: ServerSession,
  { sql, params }: Statement,
  stop: AbortSignal | undefined,
): Promise<boolean> {
  if (stop?.aborted !== true) {
    try {
      return (await session.execute(sql, params)).changes === 1
    } catch (error) {
      if (!isAbort(error, stop)) throw error
    }
  }
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

function ownedRow(location: LockLocation, owner: string, epoch: bigint): OwnedRow {
  const { dialect, table, clock } = location
  const where = rowWhere(location, rowIds.lock, [
    ['owner', owner],
    ['epoch', epoch],
  ])
  const beat = [
    ['epoch', epoch],
    ['beat_ms', clock],
  ] as const
  const notLater = { sql: sql`${dialect.sql.quote.identifier('epoch')} <= ?`, params: [epoch] }
  return {
    epoch,
    held: existsRow(dialect, table, where),
    stamp: (revision) => updateRow(dialect, table, [['revision', revision ?? null]], where),
    stampLast: updateRow(dialect, table, noOwner, where),
    async isOwned(session) {
      const row = await readLock(location, session)
      return row?.owner === owner && row.epoch === epoch
    },
    renew: updateRow(dialect, table, beat, rowWhere(location, rowIds.beat), notLater),
    free: (session, stop) =>
      freeRow(
        session,
        updateRow(dialect, table, noOwner, rowWhere(location, rowIds.lock, [['owner', owner]])),
        // It has no transactions to be stopped in.
        dialect.capabilities.statementList === true ? undefined : stop,
      ),
  }
}

const collided: ReadonlySet<FaultKind> = new Set<FaultKind>(['deadlock', 'busy', 'constraint'])

/**
 * Takes the row as soon as it has no living owner. Believed because its change was committed; where the session has the lock, and can send
 * a note later, a free row is taken together with what is written first.
 *
 * @param reading a session that has read the row ahead, under the lock
 */
export async function takeRow(
  { session, waiting, by, onTakenOver }: ClaimOptions,
  location: LockLocation,
  revision: string | undefined,
  leaseMs: number | undefined,
  reading: Session = session,
): Promise<OwnedRow> {
  const claimant = { token: randomUUID(), ...by, session: session.identity, leaseMs }
  let observed: LockRow | undefined
  const msWithoutRenewal = trackRenewals()
  const attempt = async (): Promise<bigint | undefined> => {
    const requestedAt = performance.now()
    observed = await ensureRow(session, location, reading)
    if (observed === undefined || (await isOwnerAlive(session, observed, leaseMs !== undefined))) return undefined
    if (observed.leaseMs !== null && msWithoutRenewal(observed, requestedAt) < Number(observed.leaseMs) / 2)
      return undefined
    const next = observed.epoch + 1n
    const taking = claim(location, observed, claimant, revision)
    if (leaseMs === undefined && observed.owner === null && session.later !== undefined) {
      session.later({ ...taking, unlessOneRow: () => lockTaken(location.dialect.connection.database) })
      return next
    }
    const { changes } = await session.execute(taking.sql, taking.params)
    if (changes !== 1) return undefined
    if (observed.owner !== null) onTakenOver?.(observed)
    return next
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
  const findHolder = async (): Promise<KnownHolder> => ({ row: observed })
  const epoch = await waitUntilAcquired(waiting, attemptIgnoringCollisions, findHolder).catch((error: unknown) => {
    // What the server still reports at the end of the wait has to be fixed; the lock is not the problem.
    throw isMigrateError(error, 'LOCKED') && refused !== undefined ? refused : error
  })
  return ownedRow(location, claimant.token, epoch)
}

/**
 * For how many ms, by the clock of this process, a lease was not renewed. What kept the server from answering (DDL on a cluster
 * keeps all nodes) also kept the renewal: it counts from the answer.
 */
function trackRenewals(): (row: LockRow, requestedAt: number) => number {
  let previous = ''
  let since = 0
  return ({ epoch, renewedMs, leaseMs }, requestedAt) => {
    const now = performance.now()
    const latest = `${epoch} ${renewedMs}`
    if (latest !== previous || now - requestedAt > Number(leaseMs) / 6) since = now
    previous = latest
    return now - since
  }
}

/** The row as it stands, created if the lock was never taken; undefined while another session creates it. */
async function ensureRow(
  session: ServerSession,
  location: LockLocation,
  reading: Session,
): Promise<LockRow | undefined> {
  const quietly = (faults: readonly FaultKind[]) => (error: unknown) => {
    if (!faults.includes(location.dialect.errors.kindOf(error))) throw error
    return undefined
  }
  const existing = await readLock(location, reading).catch(quietly(['missing']))
  if (existing !== undefined) return existing
  for (const { sql } of ownTableStatements(await location.dialect.load(), lockTable(location.table))) {
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
  const since = row.nowMs - row.renewedMs
  // What the dead run left may still be executed by the server: where that cannot be seen, it gets another lease's time.
  if (since <= row.leaseMs || state === 'busy') return true
  return state === 'unknown' && since <= row.leaseMs * 2n
}
