import { ensureVersion as ensureVersionTables } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** Makes the bookkeeping tables that are not there, and nothing else. */
export async function ensureVersion(context: CommandContext): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const created = await ensureVersionTables(migrator)
  context.report.answer({ database, created }, () =>
    created.length === 0 ? `${database}: the bookkeeping tables exist` : `${database}: created ${created.join(', ')}`,
  )
  return exitCodes.done
}
