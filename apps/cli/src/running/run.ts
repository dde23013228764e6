import type { Migrator, RunOptions, RunResult } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { duration, headsText, plural } from '../reporters/formatting.ts'

/** What every run of the command line is given. */
type CommandRunOptions = RunOptions & Required<Pick<RunOptions, 'tier' | 'signal' | 'onEvent'>>

interface RunLabels {
  readonly command: string
  /** `applied`, `reverted`. */
  readonly done: string
  /** What to say where no revision ran. */
  readonly nothing: string
}

/** A command that changes the database: its events on the way, its result at the end. */
export async function run(
  context: CommandContext,
  labels: RunLabels,
  work: (migrator: Migrator, options: CommandRunOptions) => Promise<RunResult>,
): Promise<ExitCode> {
  const { settings, report, signal } = context
  const { migrator, database, tier, notes } = await context.open()
  for (const note of notes) report.note(note)
  const result = await work(migrator, {
    tier: tier.name,
    signal,
    onEvent: report.event,
    allowDataLoss: settings.allowDataLoss,
    acceptDrift: settings.acceptDrift,
    strict: settings.strict,
  })
  report.result({ command: labels.command, database, ...result }, () => text(database, labels, result))
  return exitCodes.done
}

function text(database: string, labels: RunLabels, { applied, heads, preserved, ms }: RunResult): string {
  const position = headsText(heads)
  if (applied.length === 0) return `${database}: ${labels.nothing} at ${position}`
  const values = preserved === 0 ? '' : `; ${plural(preserved, 'value')} preserved (see \`migrate preserved\`)`
  return `${database}: ${plural(applied.length, 'revision')} ${labels.done} in ${duration(ms)}, now at ${position}${values}`
}
