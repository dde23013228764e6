import {
  type Proof,
  prove,
  renderBody,
  type Survey,
  type SurveyOptions,
  survey as surveyDatabase,
  type ToolHistory,
} from '@org/migrate-autogenerate'
import { type ErrorCode, isMigrateError, MigrateError } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import { withCreatedFiles } from '@org/migrate-core/node'

import { type ImportWish, importFolder, wishOf } from '../adoption/import-folder.ts'
import { nearestRevision } from '../adoption/nearest-revision.ts'
import { configuredFilter } from '../autogenerate/guard-callbacks.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type CreatedRevision, filesOf, makeRevision, presentTiers } from '../new-files/make-revision.ts'
import { oneLine, plural } from '../reporters/formatting.ts'
import { requireExistingFile } from '../running/existing-file.ts'
import { oneAtATime } from '../running/one-at-a-time.ts'
import { usage } from '../usage.ts'
import type { Project } from '../wiring.ts'

export interface AdoptSettings {
  readonly message?: string
  readonly revId?: string
  /** The tool and its folder: `drizzle ./drizzle`. */
  readonly import?: readonly string[]
  /** `knex_migrations=internal.steps` */
  readonly toolTable?: readonly string[]
  readonly dryRun?: true
  /** `--no-stamp` */
  readonly stamp: boolean
}

function toolTables(assignments: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    assignments.map((word) => {
      const [name = '', called = ''] = word.split('=')
      if (name === '' || called === '')
        throw usage(`--tool-table ${word} names no table`, 'Write it as --tool-table <usual name>=<name here>.')
      return [name, called]
    }),
  )
}

function optionsOf({ loaded }: Project, settings: AdoptSettings): SurveyOptions {
  return { tables: toolTables(settings.toolTable), ...configuredFilter(loaded) }
}

/** Throws USAGE where the database is ours already, BOOKKEEPING_INVALID where the other tool has unfinished work. */
function requireFree({ applied, database, tools }: Survey): void {
  if (applied.length > 0) {
    throw usage(
      `${database} is migrated by us already: ${applied.join(', ')}`,
      'See where it stands with `migrate status`.',
    )
  }
  for (const { tool, tables, problems } of tools) {
    const [why] = problems
    const table = tables[0]?.name ?? tool
    if (why === undefined) continue
    throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${tool} has unfinished work: ${why}`, {
      remedy: `Finish or repair it with ${tool} itself, then adopt the database.`,
    })
  }
}

const toolText = ({ tool, applied, tables }: ToolHistory): string =>
  `${tool} has run ${plural(applied.length, 'migration')}; its ${tables.map(({ name }) => name).join(', ')} ${tables.length === 1 ? 'is' : 'are'} left alone`

function surveyText({ tools, changes, notes }: Survey, producedNotes: readonly string[] = []): readonly string[] {
  return [
    ...tools.map(toolText),
    `${plural(changes.length, 'operation')} ${changes.length === 1 ? 'creates' : 'create'} the current schema`,
    ...notes.filter((note) => !producedNotes.includes(note)).map((note) => `note: ${oneLine(note)}`),
  ]
}

interface Adopted {
  readonly survey: Survey
  readonly files: readonly string[]
  readonly revision: string
  readonly proof: Proof
  readonly stamped: boolean
  /** Of revisions that are there already: whether one is known to make what is there. */
  readonly isFound?: boolean
  readonly pending?: readonly string[]
  readonly notes?: readonly string[]
}

function provedOf({ differences, ran }: Proof): string {
  if (differences.length > 0)
    return `${ran ? 'run on an empty database, it creates' : 'its operations create'} another schema:`
  return ran ? 'run on an empty database, it creates the same schema' : 'it was not run on an empty database'
}

function report(context: CommandContext, adopted: Adopted): ExitCode {
  const { survey, files, revision, proof, stamped, pending = [], notes = [] } = adopted
  const { database, tools } = survey
  const { isFound: isSame = proof.differences.length === 0 } = adopted
  const { producedNotes, ...proofDocument } = proof
  const remarks = [...notes, ...proof.notes]
  const document = { database, tools, files, revision, ...proofDocument, notes: remarks, stamped, pending }
  context.report.answer(document, () =>
    [
      ...surveyText(survey, producedNotes),
      ...files.map((file) => `created ${file}`),
      ...remarks.map((note) => `note: ${oneLine(note)}`),
      `${revision}: ${provedOf(proof)}`,
      ...proof.differences.map((line) => `  - ${oneLine(line)}`),
      stamped ? `${database}: recorded without running, now at ${revision}` : 'nothing was stamped',
      ...(isSame || proof.compared
        ? []
        : [
            'find out which revision makes this schema, and record it with `migrate stamp`; or adopt with the rights for a shadow schema',
          ]),
      ...(isSame || files.length === 0
        ? []
        : ['the files stay: correct them and call `migrate stamp`, or remove them and adopt the database again']),
      ...(pending.length === 0 ? [] : [`pending: ${pending.join(', ')}`]),
    ].join('\n'),
  )
  return isSame ? exitCodes.done : exitCodes.todo
}

/** Throws USAGE for an option of the revision that is written, where none is. */
function refuseOfRevision({ message, revId }: AdoptSettings, why: string): void {
  const given = { '--message': message, '--rev-id': revId }
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (option !== undefined) throw usage(`${option} is of one first revision, and ${why}`, 'Leave it out.')
}

/** Takes over a database that another tool manages, or that no tool manages. */
export async function adopt(context: CommandContext, settings: AdoptSettings): Promise<ExitCode> {
  const project = await context.open()
  const takeOver = () => surveyed(context, project, settings)
  return settings.dryRun ? takeOver() : oneAtATime(context, project, takeOver)
}

async function surveyed(context: CommandContext, project: Project, settings: AdoptSettings): Promise<ExitCode> {
  const importWish = wishOf(settings.import)
  if (importWish !== undefined) refuseOfRevision(settings, '--import writes one for each migration, named after it')
  requireExistingFile(project.database, 'adopted')
  const options = optionsOf(project, settings)
  const survey = await surveyDatabase(project.migratorOn(presentTiers(project)), options)
  requireFree(survey)
  if (settings.dryRun) {
    // With `--import` the revisions are those of the folder.
    const operations = importWish === undefined ? survey.changes.map(({ describe }) => `- ${oneLine(describe)}`) : []
    context.report.answer(survey, () => [...surveyText(survey, importWish && survey.notes), ...operations].join('\n'))
    return exitCodes.done
  }
  const { graph, locations } = await filesOf(project)
  const [head, ...older] = [...graph.order].reverse()
  if (importWish === undefined && head !== undefined) {
    refuseOfRevision(settings, 'the folder has revisions already, of which one is recorded')
    return matchExistingRevisions(context, project, survey, options, settings, [head, ...older])
  }
  const folder = locations.folders[0] ?? ''
  if (importWish !== undefined)
    return withCreatedFiles(folder, (report) =>
      imported(context, project, survey, options, settings, { importWish, report }),
    )
  let unproven: MigrateError | undefined
  const code = await withCreatedFiles(folder, async (report) => {
    const { files, draft } = await baseline(context, project, survey, settings, report)
    try {
      return await finish(context, project, options, settings, { survey, files, revision: draft.revision })
    } catch (error) {
      if (!isMigrateError(error, 'OBJECT_MISSING') && !isMigrateError(error, 'STATEMENT_FAILED')) throw error
      // What an empty database lacks is for its author to add to the revision.
      for (const file of files) context.report.note(`created ${file}: it stays, to be corrected or removed`)
      unproven = error
      return exitCodes.done
    }
  })
  if (unproven !== undefined) throw unproven
  return code
}

async function baseline(
  context: CommandContext,
  project: Project,
  survey: Survey,
  settings: AdoptSettings,
  report: (files: readonly string[]) => void,
): Promise<CreatedRevision> {
  const changes = survey.changes.map(({ change }) => change)
  return makeRevision(context, {
    ...(await filesOf(project)),
    project,
    options: { message: settings.message ?? 'what was there', ...present({ revision: settings.revId }) },
    body: renderBody({ upgrade: new Map([[survey.dialect, changes]]) }),
    onCreated: report,
  })
}

/** The revision was proved to make what is there: the history of the tool before is in the way no more. */
async function stamp({ migratorOn, tiers }: Project, revision: string): Promise<void> {
  await migratorOn(tiers.map(({ foreignHistory: _, ...tier }) => tier)).stamp(revision)
}

type Finishing = Omit<Adopted, 'proof' | 'stamped'>

async function finish(
  context: CommandContext,
  project: Project,
  options: SurveyOptions,
  settings: AdoptSettings,
  finishing: Finishing,
): Promise<ExitCode> {
  const proof = await prove(project.migrator, finishing.revision, options)
  const stamped = settings.stamp && proof.differences.length === 0
  if (stamped) await stamp(project, finishing.revision)
  return report(context, { ...finishing, proof, stamped })
}

/** There are revisions already, of another database of the same kind: which of them makes what is here? */
async function matchExistingRevisions(
  context: CommandContext,
  project: Project,
  survey: Survey,
  options: SurveyOptions,
  settings: AdoptSettings,
  newest: readonly [string, ...string[]],
): Promise<ExitCode> {
  const { notes, ...nearest } = await nearestRevision(project, options, newest)
  const stamped = settings.stamp && nearest.isFound
  if (stamped) await stamp(project, nearest.revision)
  const pending = stamped ? newest.slice(0, newest.indexOf(nearest.revision)).reverse() : []
  return report(context, { survey, files: [], ...nearest, stamped, pending, notes })
}

/** Of a tool that stores hashes no file may be edited: an edited one is refused. */
function unlessHashed({ tools }: Survey, error: unknown): unknown {
  if (!isMigrateError(error, 'OBJECT_MISSING') && !isMigrateError(error, 'STATEMENT_FAILED')) return error
  const tool = tools.find(({ applied }) => applied.some(({ hash }) => hash !== undefined))
  if (tool === undefined) return error
  return new MigrateError<ErrorCode>(error.code, error.details, error.message, {
    remedy:
      'Adopt the database without `--import`, by what is in it. The tool stores a hash of each file, so that no file may be edited.',
    location: error.location,
    cause: error.cause,
  })
}

async function imported(
  context: CommandContext,
  project: Project,
  survey: Survey,
  options: SurveyOptions,
  settings: AdoptSettings,
  {
    importWish,
    report: reportFiles,
  }: { readonly importWish: ImportWish; readonly report: (files: readonly string[]) => void },
): Promise<ExitCode> {
  const { files, at, pending, notes } = await importFolder(context, project, survey, importWish)
  reportFiles(files)
  if (at !== undefined) {
    try {
      return await finish(context, project, options, settings, { survey, files, revision: at, pending, notes })
    } catch (error) {
      throw unlessHashed(survey, error)
    }
  }
  context.report.answer({ database: survey.database, tools: survey.tools, files, stamped: false, pending }, () =>
    [
      // What the SQL of the folder makes is not known before it is run.
      ...surveyText(survey, survey.notes),
      ...files.map((file) => `created ${file}`),
      ...notes.map((note) => `note: ${oneLine(note)}`),
      'none of it is applied here: nothing was stamped',
    ].join('\n'),
  )
  return exitCodes.done
}
