import { isMigrateError, type Migrator, type RunOptions, type RunResult } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { duration, headsText, plural } from '../reporters/formatting.ts'
import type { Project } from '../wiring.ts'

/** What every run of the command line is given. */
type CommandRunOptions = RunOptions & Required<Pick<RunOptions, 'tier' | 'signal' | 'onEvent'>>

/** Of a database that was pushed also which revisions were recorded without being run. */
export type CommandResult = RunResult & { readonly stamped?: readonly string[] }

export interface RunLabels {
  readonly command: string
  /** `applied`, `reverted`. */
  readonly done: string
  /** What to say where no revision ran. */
  readonly nothing: string
}

/** Runs what changes the database, with its events. Gives the result, which the caller reports. */
export async function migrated<R extends RunResult>(
  { settings, report, signal }: CommandContext,
  { migrator, tier }: Project,
  work: (migrator: Migrator, options: CommandRunOptions) => Promise<R>,
): Promise<R> {
  return work(migrator, {
    tier: tier.name,
    signal,
    onEvent: report.event,
    allowDataLoss: settings.allowDataLoss,
    acceptDrift: settings.acceptDrift,
    strict: settings.strict,
  })
}

/**
 * What an upgrade does that was refused because the database was pushed: it records the pending revisions. Any other error is thrown as it is, and at
 * once: Node 20 reports a CommonJS module that threw as an uncaught error too, while this would wait for an import.
 */
export function whenPushed(context: CommandContext, project: Project, target: string | undefined) {
  return async (error: unknown): Promise<CommandResult> => {
    if (!isMigrateError(error, 'NOT_AT_HEAD') || error.details.state !== 'pushed') throw error
    return (await import('./record-pushed.ts')).recordPushed(context, project, target)
  }
}

/** A command that changes the database: its events on the way, its result at the end. */
export async function run(
  context: CommandContext,
  labels: RunLabels,
  work: (migrator: Migrator, options: CommandRunOptions, project: Project) => Promise<CommandResult>,
): Promise<ExitCode> {
  const { report } = context
  const project = await context.open()
  const { database, notes } = project
  for (const note of notes) report.note(note)
  // An upgrade first finishes a downgrade that was interrupted.
  const finished = { up: 0, down: 0 }
  const event: typeof report.event = (each) => {
    if (each.type === 'stepFinished') finished[each.direction] += 1
    report.event(each)
  }
  const counting = { ...context, report: { ...report, event } }
  const hasSnapshot = labels.command === 'upgrade' && project.loaded.config.snapshot !== undefined
  if (hasSnapshot) await (await import('./snapshot-file.ts')).requireSnapshotReplaceable(project)
  const result = await migrated(counting, project, (migrator, options) => work(migrator, options, project))
  if (hasSnapshot) {
    const { updateSnapshot } = await import('./snapshot-file.ts')
    await updateSnapshot(context, project, project.migrator)
  }
  report.result({ command: labels.command, database, ...result }, () => text(database, labels, result, finished))
  return exitCodes.done
}

function text(
  database: string,
  labels: RunLabels,
  { applied, stamped = [], heads, preserved, ms }: CommandResult,
  { up, down }: Readonly<Record<'up' | 'down', number>>,
): string {
  const position = headsText(heads)
  if (stamped.length > 0) return `${database}: ${plural(stamped.length, 'revision')} recorded, now at ${position}`
  if (applied.length === 0) return `${database}: ${labels.nothing} at ${position}`
  const values = preserved === 0 ? '' : `; ${plural(preserved, 'value')} preserved (see \`migrate preserved\`)`
  const done =
    up > 0 && down > 0
      ? `${plural(down, 'revision')} reverted and ${up} applied`
      : `${plural(applied.length, 'revision')} ${labels.done}`
  return `${database}: ${done} in ${duration(ms)}, now at ${position}${values}`
}
