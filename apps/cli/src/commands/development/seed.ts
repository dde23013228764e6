import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { plural } from '../../reporters/formatting.ts'
import { loadSeeds } from '../../seeding/load-seeds.ts'
import { seedDatabase } from '../../seeding/seed-database.ts'
import { usage } from '../../usage.ts'

/** Runs the seeds of the configuration. */
export async function seed(context: CommandContext): Promise<ExitCode> {
  const project = await context.open()
  const { loaded, database, notes } = project
  const seeds = await loadSeeds(loaded)
  if (seeds === undefined) {
    throw usage(
      `${loaded.file} has no \`seed\``,
      "Write `seed: './seeds'` into it, a folder of modules, or a function.",
    )
  }
  for (const note of notes) context.report.note(note)
  const names = await seedDatabase(context, project, seeds)
  context.report.result(
    { command: 'seed', database, seeds: names },
    () => `${database}: ${plural(names.length, 'seed')} run`,
  )
  return exitCodes.done
}
