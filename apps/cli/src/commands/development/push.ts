import { type Comparison, pushChanges, surveyPush } from '@org/migrate-autogenerate'
import type { DeclaredSchema, Migrator } from '@org/migrate-core'
import { answersOf, requireAnswers } from '../../autogenerate/answers.ts'
import { askFills, fillAnswers, openFills, requireFills } from '../../autogenerate/fills.ts'
import {
  autogenerateOf,
  comparisonOptionsOf,
  conversionLossesOf,
  type GenerateFlags,
  lossesOf,
  requireAllowed,
  terminalOf,
} from '../../autogenerate/generate.ts'
import { loadDeclared } from '../../autogenerate/load-declared.ts'
import { previewDocument, previewText } from '../../autogenerate/preview.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { presentTiers } from '../../new-files/make-revision.ts'
import { refuseProtected } from '../../protection.ts'
import { duration, plural } from '../../reporters/formatting.ts'
import type { Project } from '../../wiring.ts'

export interface PushSettings extends Omit<GenerateFlags, 'from' | 'database' | 'explicitDowngrade' | 'message'> {
  readonly dryRun?: true
}

/** A prototype has no folder of revisions yet. */
const migratorOf = (project: Project): Migrator =>
  project.tier.source.locations === undefined ? project.migrator : project.migratorOn(presentTiers(project))

interface ShownPush {
  readonly migrator: Migrator
  readonly declared: DeclaredSchema
  readonly comparison: Comparison
  readonly options: Parameters<typeof surveyPush>[2]
}

const isComplete = { isDerived: true, changes: [] } as const

/** What would change, with all questions answered. Throws RENAME_UNANSWERED, REVISION_INCOMPLETE, and what comparing throws. */
async function survey(context: CommandContext, project: Project, settings: PushSettings): Promise<ShownPush> {
  const autogenerate = autogenerateOf(project)
  const { loaded, dialect } = project
  const migrator = migratorOf(project)
  const terminal = terminalOf(context)
  const fills = fillAnswers(settings.fill, autogenerate.fill)
  const declared = await loadDeclared({ context, loaded, dialect, autogenerate, server: true })
  const options = {
    ...comparisonOptionsOf(context, {}, autogenerate, dialect.name, () => undefined, fills),
    answers: answersOf(settings, autogenerate, terminal),
  }
  const compared = await surveyPush(migrator, declared, options)
  requireAnswers(compared)
  fills.requireUsed()
  const open = openFills([{ changes: compared.changes, downgrade: isComplete }])
  if (open.length === 0 || settings.dryRun) return { migrator, declared, options, comparison: compared }
  if (terminal === undefined) requireFills(open)
  else await askFills(terminal, open, fills)
  return { migrator, declared, options, comparison: await surveyPush(migrator, declared, options) }
}

/** Brings a database without a history to the declared schema, and shows what it does. */
export async function push(context: CommandContext, settings: PushSettings): Promise<ExitCode> {
  const project = await context.open()
  refuseProtected(project, 'push')
  const { report, signal } = context
  const { database, notes } = project
  for (const note of notes) report.note(note)
  const { migrator, declared, comparison, options } = await survey(context, project, settings)
  if (settings.dryRun) {
    report.answer(previewDocument([comparison]), () => previewText([comparison]))
    return exitCodes.done
  }
  if (comparison.changes.length > 0) for (const line of previewText([comparison]).split('\n')) report.note(line)
  const allowed = settings.allowDestructive === true || autogenerateOf(project).allowDestructive === true
  await requireAllowed(context, [...lossesOf([comparison]), ...conversionLossesOf([comparison])], allowed, {
    subject: 'The push',
    no: 'leave it: nothing is changed',
    yes: 'make the changes',
  })
  const expected = comparison.changes
  const { changes, ms } =
    expected.length === 0
      ? { changes: [], ms: 0 }
      : await pushChanges(migrator, declared, {
          ...options,
          expected,
          allowDestructive: true,
          signal,
          onEvent: report.event,
        })
  report.result({ command: 'push', database, changes, notes: comparison.notes, ms }, () =>
    changes.length === 0
      ? `${database}: as declared`
      : `${database}: ${plural(changes.length, 'change')} pushed in ${duration(ms)}`,
  )
  return exitCodes.done
}
