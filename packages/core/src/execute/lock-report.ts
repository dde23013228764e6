import type { ServerSession } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { withRow } from '../lock/hold.ts'
import { type LockPlace, type LockRow, lastSign, lockPlace, readLock, takeAway } from '../lock/lock-row.ts'
import { holderText } from '../lock/wait.ts'
import { type Look, look } from './look.ts'
import type { LockReport } from './migrator-types.ts'
import type { Settled } from './options.ts'

interface Seen {
  readonly report: LockReport
  readonly place: LockPlace | undefined
  readonly row: LockRow | undefined
}

async function see(settled: Settled, session: ServerSession, found?: Look): Promise<Seen> {
  const { dialect, names } = settled
  const { database } = dialect
  const place = lockPlace(dialect, names.lock, names.history)
  const { present } = found ?? (await look(settled, session))
  const row = place !== undefined && present.has(names.lock) ? await readLock(place, session) : undefined
  const lock = session.leased === undefined ? session.runLock?.(names.history) : undefined
  const epoch = row === undefined ? {} : { epoch: Number(row.epoch) }
  const holder = await lock?.holder()
  if (holder !== undefined) {
    const kind = lock?.proof === 'exclusive' ? 'session' : 'file'
    return { report: { database, held: true, kind, holder: holderText(withRow(holder, row)), ...epoch }, place, row }
  }
  if (row === undefined || row.owner === null) {
    return { report: { database, held: false, kind: 'none', ...epoch }, place, row }
  }
  const who = holderText(withRow(undefined, row))
  if (row.leaseMs !== null && row.nowMs - lastSign(row) <= row.leaseMs) {
    return { report: { database, held: true, kind: 'lease', holder: who, ...epoch }, place, row }
  }
  return { report: { database, held: false, kind: 'none', left: who, ...epoch }, place, row }
}

/** Who migrates. Nothing is written. Who has looked already hands in what was found. */
export async function reportLock(settled: Settled, session: ServerSession, found?: Look): Promise<LockReport> {
  return (await see(settled, session, found)).report
}

const longestWaitMs = 3_000

/** Takes the row away from whoever has it. Gives the report as it was before. */
export async function takeLockAway(settled: Settled, session: ServerSession): Promise<LockReport> {
  const { dialect } = settled
  // A run that is one transaction has the row to its end.
  await session.limit?.({ lockMs: longestWaitMs })
  for (;;) {
    const { report, place, row } = await see(settled, session)
    if (place === undefined || row === undefined || row.owner === null) return report
    const { sql, params } = takeAway(place, row)
    const { changes } = await session.execute(sql, params).catch((cause: unknown) => {
      if (dialect.faultOf(cause) !== 'busy') throw cause
      const { database, holder = 'another session' } = report
      const message = `The open transaction of ${holder} keeps the row of the lock: it cannot be taken away.`
      throw new MigrateError('LOCKED', { database, waitedMs: longestWaitMs, holder }, message, {
        cause,
        remedy: 'End that session in the server; its lock is free then.',
      })
    })
    if (changes === 1) return report
  }
}
