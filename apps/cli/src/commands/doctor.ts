import { type Examination, examine } from '@org/migrate-autogenerate'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine } from '../reporters/formatting.ts'

/** What could go wrong on this database. Nothing is written. */
export async function doctor(context: CommandContext): Promise<ExitCode> {
  const { migrator } = await context.open()
  const examination = await examine(migrator)
  context.report.answer(examination, () => text(examination))
  return examination.ok ? exitCodes.done : exitCodes.todo
}

function text({ database, findings }: Examination): string {
  const lines = findings.flatMap(({ level, about, what, next }) => [
    `${level.padEnd('warning'.length)}  ${about}: ${oneLine(what)}`,
    ...(next === undefined ? [] : [`         ${oneLine(next)}`]),
  ])
  return [database, ...lines].join('\n')
}
