import { MigrateError } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { plural } from '../reporters/formatting.ts'
import { loadSeeds } from '../seeding/load-seeds.ts'
import { seedDatabase } from '../seeding/seed-database.ts'
import type { Project } from '../wiring.ts'

/** Seeds are written for the newest schema. Throws NOT_AT_HEAD. */
async function requireHead({ migrator, database }: Project): Promise<void> {
  const { state, pending } = await migrator.status({ files: false })
  if (state === 'atHead') return
  const reported = state === 'ahead' || state === 'interrupted' ? state : 'behind'
  throw new MigrateError(
    'NOT_AT_HEAD',
    { database, state: reported, pending },
    `${database} is not at the head, for which seeds are written: ${plural(pending, 'revision')} pending`,
    { remedy: 'Run `migrate upgrade`, then `migrate seed`.' },
  )
}

/** Runs the seeds of the configuration. */
export async function seed(context: CommandContext): Promise<ExitCode> {
  const project = await context.open()
  const { loaded, database, notes } = project
  const seeds = await loadSeeds(loaded)
  if (seeds === undefined) {
    const problem = `${loaded.file} has no \`seed\``
    throw new MigrateError('USAGE', { problem }, problem, {
      remedy: "Write `seed: './seeds'` into it, a folder of modules, or a function.",
    })
  }
  await requireHead(project)
  for (const note of notes) context.report.note(note)
  const names = await seedDatabase(context, project, seeds)
  context.report.result(
    { command: 'seed', database, seeds: names },
    () => `${database}: ${plural(names.length, 'seed')} run`,
  )
  return exitCodes.done
}
