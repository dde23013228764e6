import { runSeeds, type Seed } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { duration } from '../reporters/formatting.ts'
import type { Project } from '../wiring.ts'
import { clearSeedsDue } from './due-seeds.ts'

/** Runs the seeds with a line for each. Gives their names. */
export async function seedDatabase(
  { report, signal }: CommandContext,
  project: Project,
  seeds: readonly Seed[],
): Promise<readonly string[]> {
  const onSeeded = (name: string, ms: number): void => report.note(`seed ${name}  ${duration(ms)}`)
  await runSeeds(project.migrator, seeds, { signal, onEvent: report.event, onSeeded })
  clearSeedsDue(project)
  return seeds.map(({ name }) => name)
}
