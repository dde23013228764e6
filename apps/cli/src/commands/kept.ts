import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { columns, plural } from '../reporters/words.ts'

/** What is kept for a downgrade; with `purge`, forgets what one revision kept. */
export async function kept(context: CommandContext, { purge }: { readonly purge?: string }): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  if (purge !== undefined) {
    const purged = await migrator.purgeKept(purge)
    context.report.answer({ database, revision: purge, purged }, () =>
      purged === 0 ? `nothing is kept of ${purge}` : `${plural(purged, 'value')} of ${purge} forgotten`,
    )
    return exitCodes.done
  }
  const values = await migrator.kept()
  context.report.answer({ database, kept: values }, () =>
    values.length === 0
      ? 'nothing is kept'
      : columns([
          ['revision', 'table', 'column', 'values', 'kept at'],
          ...values.map((row) => [
            `${row.tier}:${row.revision}`,
            row.table,
            row.column === '' ? '(whole rows)' : row.column,
            String(row.values),
            row.keptAt,
          ]),
        ]),
  )
  return exitCodes.done
}
