import { emptyDatabase, type ResetSummary, requireUpgrade, surveyReset } from '@org/migrate-autogenerate'
import { MigrateError } from '@org/migrate-core'
import { terminalOf } from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { refuseProtected } from '../../protection.ts'
import { headsText, oneLine, plural, someOf } from '../../reporters/formatting.ts'
import { migrated } from '../../running/run.ts'
import { loadSeeds } from '../../seeding/load-seeds.ts'
import { seedDatabase } from '../../seeding/seed-database.ts'
import { usage } from '../../usage.ts'

export interface ResetSettings {
  readonly everything?: true
  readonly confirm?: string
}

/** The last part of what the database is called: the name on its server, or that of its file. */
function nameOf(database: string): string {
  const name = database.split(/[\\/]/).at(-1) ?? database
  try {
    return decodeURIComponent(name)
  } catch {
    // A file may be called `100%.db`.
    return name
  }
}

const shownObjects = 20

const listText = (objects: readonly string[]): string => someOf(objects.map(oneLine), shownObjects)

/** Throws USAGE where the name is neither given nor can be asked for, or is another; ABORTED where another was typed. */
async function requireConfirmation(
  context: CommandContext,
  { confirm }: ResetSettings,
  database: string,
  { drops }: ResetSummary,
): Promise<void> {
  const name = nameOf(database)
  if (confirm === name) return
  if (confirm !== undefined) {
    throw usage(
      `--confirm names ${confirm}, and the database is called ${name}`,
      'Check which database the configuration names.',
    )
  }
  const terminal = terminalOf(context)
  const what = drops.length === 0 ? 'its history' : `${listText(drops)}, with every row`
  if (terminal === undefined) {
    throw usage(
      `\`migrate reset\` would drop ${what}, from ${database}, and there is no terminal to ask on`,
      `Add --confirm ${name}.`,
    )
  }
  const { typed } = await import('../../prompts.ts')
  const answer = await typed(terminal, `This drops ${what}, from ${database}. Type its name to confirm: ${name}`)
  if (answer === name) return
  throw new MigrateError('ABORTED', { applied: [] }, `Nothing was dropped: ${answer} is not the name.`, {
    remedy: 'Call it again.',
  })
}

function noteLeft({ report }: CommandContext, { remaining, opaque }: ResetSummary): void {
  if (opaque.length > 0)
    report.note(`what SQL without declared effects made is left: of ${opaque.map(oneLine).join(', ')}`)
  if (remaining.length > 0) report.note(`left, because no revision made it: ${listText(remaining)}`)
}

/** Drops what the history made, upgrades the empty database and seeds it. */
export async function reset(context: CommandContext, settings: ResetSettings): Promise<ExitCode> {
  const project = await context.open()
  refuseProtected(project, 'reset')
  const { report, signal } = context
  const { migrator, database, loaded, notes } = project
  const everything = settings.everything === true
  // Whatever could stop it behind the drop is found before.
  const seeds = (await loadSeeds(loaded)) ?? []
  await requireUpgrade(migrator)
  await requireConfirmation(context, settings, database, await surveyReset(migrator, { everything }))
  for (const note of notes) report.note(note)
  const dropped = await emptyDatabase(migrator, { everything, signal, onEvent: report.event })
  noteLeft(context, dropped)
  const result = await migrated(context, project, (each, options) => each.upgrade(undefined, options))
  const names = seeds.length === 0 ? [] : await seedDatabase(context, project, seeds)
  report.result({ command: 'reset', database, ...dropped, ...result, seeds: names }, () => {
    const counts = [
      `${plural(dropped.drops.length, 'object')} dropped`,
      `${plural(result.applied.length, 'revision')} applied`,
      ...(names.length === 0 ? [] : [`${plural(names.length, 'seed')} run`]),
    ]
    return `${database}: ${counts.join(', ')}, now at ${headsText(result.heads)}`
  })
  return exitCodes.done
}
