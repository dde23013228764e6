import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** Makes the bookkeeping tables that are not there, and nothing else. */
export async function ensureVersion(context: CommandContext): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const made = await migrator.ensureVersion()
  context.report.answer({ database, made }, () =>
    made.length === 0 ? `${database}: the bookkeeping is there` : `${database}: made ${made.join(', ')}`,
  )
  return exitCodes.done
}
