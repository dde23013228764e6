import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { columns, plural } from '../reporters/words.ts'

/** Lists what is preserved, by revision, table and column. */
export async function preservedList(context: CommandContext): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const preserved = await migrator.preserved.list()
  context.report.answer({ database, preserved }, () =>
    preserved.length === 0
      ? 'nothing is preserved'
      : columns([
          ['revision', 'table', 'column', 'values', 'preserved at'],
          ...preserved.map((row) => [
            `${row.tier}:${row.revision}`,
            row.table,
            row.column === '' ? '(whole rows)' : row.column,
            String(row.values),
            row.preservedAt,
          ]),
        ]),
  )
  return exitCodes.done
}

/** Deletes what one revision preserved. */
export async function preservedPurge(context: CommandContext, revision: string): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const purged = await migrator.preserved.purge(revision)
  context.report.answer({ database, revision, purged }, () =>
    purged === 0 ? `nothing of ${revision} is preserved` : `${plural(purged, 'value')} of ${revision} deleted`,
  )
  return exitCodes.done
}
