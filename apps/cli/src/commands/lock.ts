import type { LockReport } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

const kinds: { readonly [K in LockReport['kind']]: string } = {
  session: 'the lock of a session; it is free when that session ends',
  lease: 'a lease; it is free when it is no longer renewed',
  file: 'the file beside the database; it is free when that process ends',
  none: '',
}

function text({ database, held, kind, holder, abandonedBy: left }: LockReport): string {
  if (held) return `${database}: held by ${holder ?? 'another session'} (${kinds[kind]})`
  if (left === undefined) return `${database}: free`
  return `${database}: free; ${left} ended without giving it back, and the next run takes it over`
}

/** Who migrates the database. */
export async function lockStatus(
  context: CommandContext,
  { exitCode }: { readonly exitCode?: true },
): Promise<ExitCode> {
  const { migrator } = await context.open()
  const report = await migrator.lock.report()
  context.report.answer(report, () => text(report))
  return exitCode && report.held ? exitCodes.locked : exitCodes.done
}

interface Release extends LockReport {
  readonly released: boolean
}

function releaseText({ database, held, kind, holder, abandonedBy: left, released }: Release): string {
  const whose = holder ?? left
  if (whose === undefined) return `${database}: the lock is free`
  if (kind === 'file') return `${database}: held by ${whose}; end that process, and it is free`
  const still = kind === 'session' ? ' Its session still has the lock of the server: end it there.' : ''
  if (!released) return `${database}: held by ${whose}. It has written nothing that could be refused.${still}`
  return `${database}: taken away from ${whose}${held ? '; what that run still wants to write is refused' : ''}.${still}`
}

/** Takes the lock away. */
export async function lockRelease(context: CommandContext): Promise<ExitCode> {
  const { migrator } = await context.open()
  const before = await migrator.lock.report()
  // A session that may write creates the file of a missing SQLite database.
  const report = (before.holder ?? before.abandonedBy) === undefined ? before : await migrator.lock.release()
  // The lock of a session has no row before the run has something to write: then nothing was there to take.
  const { epoch = 0 } = await migrator.lock.report()
  const released = (report.holder ?? report.abandonedBy) !== undefined && epoch > (report.epoch ?? 0)
  context.report.answer({ ...report, released }, () => releaseText({ ...report, released }))
  return exitCodes.done
}
