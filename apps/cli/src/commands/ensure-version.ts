import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** Makes the bookkeeping tables that are not there, and nothing else. */
export async function ensureVersion(context: CommandContext): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const created = await migrator.ensureVersion()
  context.report.answer({ database, created }, () =>
    created.length === 0 ? `${database}: the bookkeeping tables exist` : `${database}: created ${created.join(', ')}`,
  )
  return exitCodes.done
}
