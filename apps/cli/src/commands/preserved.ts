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
          ['revision', 'table', 'column', 'values', 'superseded', 'preserved at'],
          ...preserved.map((row) => [
            `${row.tier}:${row.revision}`,
            row.table,
            row.column === '' ? '(whole rows)' : row.column,
            String(row.values),
            String(row.superseded),
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

/** Writes what no run restored of one revision over the present values. */
export async function preservedRestore(
  context: CommandContext,
  revision: string,
  selection: { readonly table?: string; readonly column?: string },
): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const counts = await migrator.preserved.restore(revision, selection)
  context.report.answer({ database, revision, ...counts }, () => {
    const { restored, missing, refused, older = 0 } = counts
    if (restored + missing + refused + older === 0) return `nothing of ${revision} is superseded`
    const left = [
      ...(missing === 0 ? [] : [`${missing} of rows or columns that are not there`]),
      ...(refused === 0 ? [] : [`${refused} refused by a constraint`]),
      ...(older === 0 ? [] : [`${older} older than another value of the same cell`]),
    ]
    const stays = left.length === 0 ? '' : `; still preserved: ${left.join(', ')}`
    return `${plural(restored, 'value')} of ${revision} restored${stays}`
  })
  return exitCodes.done
}
