import { type CopiedTable, type CopyReport, proveOnCopy } from '@org/migrate-autogenerate'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { byteCount, columns, duration, oneLine, plural } from '../../reporters/formatting.ts'
import { lossText } from '../../reporters/loss-text.ts'
import { usage } from '../../usage.ts'

/** Runs the pending plan on a copy of a database, which is only read. */
export async function testOnCopy(context: CommandContext, url: string): Promise<ExitCode> {
  const { report, settings, signal } = context
  if (settings.url !== undefined) {
    throw usage('--on-copy names the database, and so does --url', 'Leave out --url.')
  }
  const { migrator } = await context.open(url)
  const tested = await proveOnCopy({
    migrator,
    signal,
    onCopy: ({ database, bytes }) => report.note(`copying ${database}, which takes ${byteCount(bytes)}`),
    onLeftover: (database, why) => report.note(`the copy ${database} could not be dropped, and is left: ${why}`),
  })
  report.answer(tested, () => text(tested))
  return tested.ok ? exitCodes.done : exitCodes.todo
}

const rowOf = ({ table, rowsBefore, rowsAfter }: CopiedTable): readonly string[] => [
  oneLine(table),
  `${rowsText(rowsBefore)} -> ${rowsText(rowsAfter)} rows`,
]

const rowsText = (rows: number | undefined): string => (rows === undefined ? 'none' : String(rows))

function text({ database, revisions, ms, losses, tables, findings }: CopyReport): string {
  if (revisions.length === 0 && findings.length === 0) return `${database}: no revision is pending`
  const named = tables.filter(({ isNamed }) => isNamed)
  const verdict = findings.length === 0 ? 'nothing found' : plural(findings.length, 'finding')
  const compared = tables.length - named.length
  return [
    ...revisions.map(
      ({ tier, revision, message }) => `${tier}:${revision}${message === revision ? '' : `  ${oneLine(message)}`}`,
    ),
    ...losses.map((loss) => `  ${lossText(loss)}`),
    ...(named.length === 0 ? [] : [columns(named.map(rowOf), '  ')]),
    ...findings.flatMap(({ kind, what, next, differences }) => [
      `problem (${kind}): ${oneLine(what)}`,
      ...differences.map((each) => `  - ${oneLine(each)}`),
      `  ${next}`,
    ]),
    `${plural(revisions.length, 'revision')} tested on a copy of ${database} in ${duration(ms)}, ${plural(compared, 'other table')} compared: ${verdict}`,
  ].join('\n')
}
