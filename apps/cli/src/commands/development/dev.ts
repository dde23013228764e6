import { isMigrateError, MigrateError, type RunResult } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import {
  autogenerateOf,
  conversionLossesOf,
  type GenerateFlags,
  generate,
  lossesOf,
  requireAllowed,
  terminalOf,
} from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { makeRevision, presentTiers } from '../../new-files/make-revision.ts'
import { refuseProtected } from '../../protection.ts'
import { headsText, plural } from '../../reporters/formatting.ts'
import { oneAtATime } from '../../running/one-at-a-time.ts'
import { migrated, whenPushed } from '../../running/run.ts'
import { requireSnapshotReplaceable, updateSnapshot } from '../../running/snapshot-file.ts'
import { areSeedsDue, setSeedsDue } from '../../seeding/due-seeds.ts'
import { loadSeeds } from '../../seeding/load-seeds.ts'
import { seedDatabase } from '../../seeding/seed-database.ts'
import type { Project } from '../../wiring.ts'
import { makingOf } from '../revision.ts'
import { offerAdoption } from './offer-adoption.ts'

export interface DevSettings extends Omit<GenerateFlags, 'from' | 'database' | 'explicitDowngrade'> {
  readonly watch?: true
}

/** The project as its folders are now: the first revision makes its folder. */
export const current = (project: Project): Project => ({
  ...project,
  migrator: project.migratorOn(presentTiers(project)),
})

/** Applies what is pending up to a revision, else all of it, as `upgrade` does. */
export const upgraded = (context: CommandContext, project: Project, revision?: string): Promise<RunResult> =>
  migrated(context, current(project), (migrator, options) =>
    migrator.upgrade(revision, options).catch(whenPushed(context, current(project), revision)),
  )

/** What a revision does, in a few words: the first of its changes, unless something else is given or typed. */
async function messageOf(
  context: CommandContext,
  { message }: DevSettings,
  [line = 'schema', ...more]: readonly string[],
): Promise<string> {
  if (message !== undefined) return message
  const first = line.replace(/ \(destructive\)$/, '')
  const proposal = more.length === 0 ? first : `${first} and ${more.length} more`
  const terminal = terminalOf(context)
  if (terminal === undefined) return proposal
  const { written } = await import('../../prompts.ts')
  return written(terminal, { message: 'What does the revision do?', initialValue: proposal })
}

interface Written {
  readonly files: readonly string[]
  readonly applied: readonly string[]
  readonly heads: RunResult['heads']
}

/** Applies what is pending and writes the revision of what differs then. Throws MULTIPLE_HEADS, and what generating throws. */
async function writeRevision(context: CommandContext, project: Project, settings: DevSettings): Promise<Written> {
  const { applied, heads } = await upgraded(context, project)
  const flags = { ...settings, database: true }
  const { comparisons, body } = await generate(context, project, flags, { complete: true })
  for (const note of new Set(comparisons.flatMap(({ notes }) => notes))) context.report.note(note)
  if (body === undefined) return { files: [], applied, heads }
  const allowed = settings.allowDestructive === true || autogenerateOf(project).allowDestructive === true
  await requireAllowed(context, [...lossesOf(comparisons), ...conversionLossesOf(comparisons)], allowed)
  const message = await messageOf(context, settings, body.summary)
  const making = await makingOf(context, project, { ...flags, message })
  const { draft, files } = await makeRevision(context, { ...making, body })
  for (const file of files) context.report.note(`created ${file}`)
  for (const line of body.summary) context.report.note(`  ${line}`)
  const last = await upgraded(context, project).catch((error: unknown) => {
    throw withFile(error, draft.revision, files)
  })
  return { files, applied: [...applied, ...last.applied], heads: last.heads }
}

/** A revision that was written and can't be applied is the author's to correct: the next call applies it first. */
function withFile(error: unknown, revision: string, files: readonly string[]): unknown {
  if (!isMigrateError(error) || error.location.revision !== revision) return error
  return withRemedy(error, `Correct the rows, or the revision in ${files.join(', ')}; then call \`migrate dev\` again.`)
}

/** The same error with other advice. */
export function withRemedy(error: MigrateError, remedy: string): MigrateError {
  const { code, details, message, location, outcome, cause } = error
  return new MigrateError(code, details, message, { remedy, location, ...present({ outcome }), cause })
}

/** One round of development: pending revisions, the new one, and seeds where the database was empty. */
export async function dev(context: CommandContext, settings: DevSettings): Promise<ExitCode> {
  const project = await context.open()
  refuseProtected(project, 'dev')
  autogenerateOf(project)
  if (settings.watch) return (await import('./watch.ts')).watch(context, project)
  const adopted = await offerAdoption(context, project)
  if (adopted !== undefined) return adopted
  const { report } = context
  const { loaded, database, notes } = project
  const seeds = (await loadSeeds(loaded)) ?? []
  for (const note of notes) report.note(note)
  await requireSnapshotReplaceable(project)
  const { files, applied, heads, names } = await oneAtATime(context, project, async () => {
    const { revision } = await current(project).migrator.status({ files: false })
    const wasEmpty = revision.length === 0
    if (wasEmpty && seeds.length > 0) setSeedsDue(project)
    const written = await writeRevision(context, project, settings)
    const isDue = wasEmpty ? written.applied.length > 0 : areSeedsDue(project)
    return { ...written, names: isDue && seeds.length > 0 ? await seedDatabase(context, current(project), seeds) : [] }
  })
  await updateSnapshot(context, project, current(project).migrator)
  report.result({ command: 'dev', database, files, applied, heads, seeds: names }, () => {
    const counts = [
      ...(files.length === 0 ? [] : ['1 revision written']),
      ...(applied.length === 0 ? [] : [`${plural(applied.length, 'revision')} applied`]),
      ...(names.length === 0 ? [] : [`${plural(names.length, 'seed')} run`]),
    ]
    return `${database}: ${counts.length === 0 ? 'as declared' : counts.join(', ')}, now at ${headsText(heads)}`
  })
  return exitCodes.done
}
