import type { LockReport } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

const kinds: { readonly [K in LockReport['kind']]: string } = {
  session: 'the lock of a session; it is free when that session ends',
  lease: 'a lease; it is free when it is no longer renewed',
  file: 'the file beside the database; it is free when that process ends',
  none: '',
}

function text({ database, held, kind, holder, left }: LockReport): string {
  if (held) return `${database}: held by ${holder ?? 'somebody'} (${kinds[kind]})`
  if (left === undefined) return `${database}: free`
  return `${database}: free; ${left} ended without giving it back, and the next run takes it over`
}

/** Who migrates the database. */
export async function lockStatus(
  context: CommandContext,
  { exitCode }: { readonly exitCode?: true },
): Promise<ExitCode> {
  const { migrator } = await context.open()
  const report = await migrator.lock()
  context.report.answer(report, () => text(report))
  return exitCode && report.held ? exitCodes.locked : exitCodes.done
}

function released({ database, held, kind, holder, left }: LockReport): string {
  const whose = holder ?? left
  if (whose === undefined) return `${database}: nobody has the lock`
  if (kind === 'file') return `${database}: held by ${whose}; end that process, and it is free`
  const still = kind === 'session' ? ' Its session still has the lock of the server: end it there.' : ''
  return `${database}: taken away from ${whose}${held ? '; what that run still wants to write is refused' : ''}.${still}`
}

/** Takes the lock away. */
export async function lockRelease(context: CommandContext): Promise<ExitCode> {
  const { migrator } = await context.open()
  const report = await migrator.releaseLock()
  context.report.answer(
    { ...report, released: report.kind !== 'file' && (report.holder ?? report.left) !== undefined },
    () => released(report),
  )
  return exitCodes.done
}
