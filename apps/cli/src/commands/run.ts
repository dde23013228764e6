import type { Migrator, RunOptions, RunResult } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { duration, headsText, plural } from '../reporters/words.ts'

export interface RunWords {
  readonly command: string
  /** `applied`, `reverted`. */
  readonly done: string
  /** What to say where no revision ran. */
  readonly nothing: string
}

/** A command that changes the database: its events on the way, its result at the end. */
export async function run(
  context: CommandContext,
  words: RunWords,
  work: (migrator: Migrator, options: RunOptions) => Promise<RunResult>,
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
    ...(settings.lockWait === undefined ? {} : { lockWaitMs: settings.lockWait }),
  })
  report.result({ command: words.command, database, ...result }, () => text(database, words, result))
  return exitCodes.done
}

function text(database: string, words: RunWords, { applied, heads, preserved, ms }: RunResult): string {
  const place = headsText(heads)
  if (applied.length === 0) return `${database}: ${words.nothing} at ${place}`
  const values = preserved === 0 ? '' : `; ${plural(preserved, 'value')} preserved (see \`migrate preserved\`)`
  return `${database}: ${plural(applied.length, 'revision')} ${words.done} in ${duration(ms)}, now at ${place}${values}`
}
