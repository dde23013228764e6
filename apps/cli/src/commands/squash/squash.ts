import { rmSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import {
  proveSquash,
  type SquashContent,
  type SquashRange,
  type SquashStep,
  squashContent,
  squashRange,
} from '@org/migrate-autogenerate'
import { MigrateError, type Revision, type RevisionHeader, revisions, type Tier } from '@org/migrate-core'
import { type Dialect, requireUrl } from '@org/migrate-core/dialect'
import { listHistory } from '@org/migrate-core/internal'
import { importModule, makeFile } from '@org/migrate-core/node'
import { dialectsOf } from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import { dialectFor } from '../../dialect-packages.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { rowsFor } from '../../graph/graph-state.ts'
import { filesOf, makeRevision, reportCreated } from '../../new-files/make-revision.ts'
import { oneAtATime } from '../../running/one-at-a-time.ts'
import { usage } from '../../usage.ts'
import { keyOf, type Project } from '../../wiring.ts'
import { squashBody } from './body.ts'
import { decideSteps, type StepFlags, stepName } from './data-steps.ts'

export interface SquashSettings extends StepFlags {
  readonly message?: string
  readonly revId?: string
  /** Databases besides that of the project. */
  readonly on?: readonly string[]
  readonly prune?: true
}

/** The path of a revision. One in SQL is a folder. */
export const pathOf = ({ source }: Pick<RevisionHeader, 'source'>): string =>
  basename(source) === 'up.sql' ? dirname(source) : source

type Files = Awaited<ReturnType<typeof filesOf>>

/** The range that an argument names. Throws USAGE, SQUASH_CROSSED and what resolving throws. */
async function rangeOf(context: CommandContext, { graph }: Files, argument: string): Promise<SquashRange> {
  const { current = [] } = await rowsFor(context, graph, argument.split(':'))
  const listed = listHistory(graph, argument, current)
  const [to] = listed
  const from = listed.at(-1)
  if (from === undefined || to === undefined)
    throw usage(`${argument} names no revision`, 'Write a range as <from>:<to>; both ends belong to it.')
  const range = squashRange(graph, from, to)
  const squashed = range.revisions.find((id) => (graph.get(id).replaces ?? []).length > 0)
  if (squashed !== undefined) {
    throw usage(
      `${squashed} is squashed itself, and a database may still be inside its range`,
      'Choose a range without it.',
    )
  }
  const left = listed.find((id) => !range.revisions.includes(id))
  if (left === undefined) return range
  throw usage(
    `${argument} has more than one base or head: ${left} stands beside it`,
    'Name a range with one base and one head.',
  )
}

/** Throws EDITED_REVISION: the database has what a revision was before, and the squashed one would make something else. */
async function requireUnedited({ migrator, tier }: Project, { revisions }: SquashRange): Promise<void> {
  const { edited } = await migrator.status()
  const changed = edited.flatMap((each) =>
    each.tier === tier.name &&
    revisions.includes(each.revision) &&
    (each.what === 'operations differ' || each.what === 'cannot be compared')
      ? [each.revision]
      : [],
  )
  if (changed.length === 0) return
  throw new MigrateError(
    'EDITED_REVISION',
    { revisions: changed },
    `${changed.join(', ')} of the range was edited after it was applied, and may not make what the database has.`,
  )
}

/** A database of each dialect of the project, that of the URL first. Throws USAGE where one is missing. */
function requireDialects({ loaded, dialect }: Project, databases: readonly Dialect[]): readonly Dialect[] {
  const byName = new Map(databases.toReversed().map((each) => [each.name as string, each]))
  const { autogenerate } = loaded.config
  const declared = autogenerate === undefined ? [dialect.name] : dialectsOf(dialect.name, autogenerate)
  const names = new Set<string>([...declared, ...byName.keys()])
  const missing = [...names].filter((name) => !byName.has(name))
  if (missing.length > 0) {
    throw usage(
      `the squashed revision has to be proven on ${missing.join(' and ')}, too, and no server of it is named`,
      `Add --on <url> for ${missing.join(' and ')}: only a shadow database is made there, and dropped.`,
    )
  }
  return [...names].flatMap((name) => byName.get(name) ?? [])
}

async function contentsOf(
  project: Project,
  dialects: readonly Dialect[],
  range: SquashRange,
  preserved: ReadonlySet<string>,
): Promise<readonly SquashContent[]> {
  const contents: SquashContent[] = []
  const isPreserved = (step: SquashStep): boolean => preserved.has(stepName(step))
  for (const dialect of dialects) {
    const migrator = project.migratorOn(project.tiers, dialect)
    contents.push(await squashContent(migrator, project.tier.name, range, isPreserved))
  }
  return contents
}

/**
 * Works with a tier that has one more revision, whose file is not in the folder yet: its text lies in the same folder under a hidden name,
 * which no run reads, and is removed afterwards. The name is always the same, so that the next call removes what a killed one left.
 */
async function withTrial<T>(tier: Tier, file: string, text: string, work: (tier: Tier) => Promise<T>): Promise<T> {
  const hidden = join(dirname(file), `.squash-trial${extname(file)}`)
  rmSync(hidden, { force: true })
  makeFile(hidden, text)
  try {
    const module = (await importModule(hidden)) as unknown as Revision
    const trial = revisions([{ ...module }])
    const { source } = tier
    return await work({
      ...tier,
      source: {
        ...source,
        headers: async (options) => [...(await source.headers(options)), ...(await trial.headers())],
        module: (id) => (id === module.revision ? trial.module(id) : source.module(id)),
      },
    })
  } finally {
    rmSync(hidden, { force: true })
  }
}

/** Proves the text of the squashed revision on each dialect, before its file is there. */
async function prove(
  context: CommandContext,
  project: Project,
  dialects: readonly Dialect[],
  range: SquashRange,
  { file, text, revision }: { readonly file: string; readonly text: string; readonly revision: string },
): Promise<void> {
  const unproven = new Set<string>()
  await withTrial(project.tier, file, text, async (trial) => {
    const tiers = project.tiers.map((each) => (each === project.tier ? trial : each))
    for (const dialect of dialects) {
      const why = await proveSquash({
        original: project.migratorOn(project.tiers, dialect),
        squashed: project.migratorOn(tiers, dialect),
        tier: trial.name,
        range,
        revision,
        signal: context.signal,
      })
      if (why !== undefined) unproven.add(why)
    }
  })
  const what = unproven.size === 0 ? 'schema, rows and downgrade' : 'schema and rows'
  context.report.note(`proven equal on ${dialects.map(({ name }) => name).join(', ')}: ${what}`)
  for (const why of unproven) context.report.note(`no downgrade to compare: ${why}`)
}

async function write(
  context: CommandContext,
  project: Project,
  databases: readonly Dialect[],
  argument: string,
  settings: SquashSettings,
): Promise<void> {
  const files = await filesOf(project)
  const range = await rangeOf(context, files, argument)
  const dialects = requireDialects(project, databases)
  await requireUnedited(project, range)
  const found = await contentsOf(project, dialects, range, new Set())
  const branches = new Set(found.flatMap((content) => [...content.branches]))
  const unproven = [...branches].filter((branch) => dialects.every(({ name }) => name !== branch))
  if (unproven.length > 0) {
    context.report.note(
      `op.on of the range has a branch for ${unproven.join(' and ')}, where the squashed revision is not proven: add --on <url> if a database of it is migrated`,
    )
  }
  const steps = new Map(found.flatMap((content) => content.steps.map((step) => [stepName(step), step] as const)))
  const preserved = await decideSteps(context, settings, [...steps.values()])
  const contents = await contentsOf(project, dialects, range, preserved)
  const bodyIn = (file: string) => squashBody(contents, range, files.graph, file)
  const created = await makeRevision(context, {
    ...files,
    project,
    body: bodyIn,
    ...(files.locations.folders.length > 1 ? { versionPath: dirname(pathOf(files.graph.get(range.to))) } : {}),
    options: {
      head: range.parents.length === 0 ? 'base' : range.parents,
      splice: true,
      message: settings.message ?? `squash ${range.from} to ${range.to}`,
      ...(settings.revId === undefined ? {} : { revision: settings.revId }),
    },
    replacedLabels: range.branchLabels,
    beforeWrite: (text, file, { revision }) => prove(context, project, dialects, range, { file, text, revision }),
  })
  reportCreated(context, created, bodyIn(created.files[0] ?? ''))
  const left = [...steps.keys()].filter((step) => !preserved.has(step))
  for (const step of left) context.report.note(`left out, needed only by rows that were there before: ${step}`)
}

/** The database of the project, and those that `--on` names. Nothing is opened. */
async function databasesOf(
  { caller }: CommandContext,
  { dialect, loaded }: Project,
  urls: readonly string[] = [],
): Promise<readonly Dialect[]> {
  const { schema, lock, driver } = loaded.config
  const named: Dialect[] = []
  for (const url of urls) {
    const options = { url: requireUrl(url, '--on'), baseDirectory: caller.folder, key: keyOf(url, caller) }
    const first = await dialectFor({ ...options, schema: undefined, lock: undefined }, loaded.file)
    const isAlike = first.name === dialect.name
    named.push(isAlike ? await dialectFor({ ...options, schema, lock, driver }, loaded.file) : first)
  }
  return [dialect, ...named]
}

/** Throws USAGE for an option of the revision that is written: with `--prune` none is. */
function refuseWithPrune({ message, revId, keep, onlyOldRows }: SquashSettings): void {
  const given = { '--message': message, '--rev-id': revId, '--keep': keep, '--only-old-rows': onlyOldRows }
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (option !== undefined)
    throw usage(`--prune writes no revision, and ${option} is of one`, 'Leave one of the two out.')
}

/** Writes one revision that replaces a range, once it is proven equal on shadow databases; or, with `prune`, removes replaced files. */
export async function squash(
  context: CommandContext,
  argument: string | undefined,
  settings: SquashSettings,
): Promise<ExitCode> {
  if (settings.prune) refuseWithPrune(settings)
  const project = await context.open()
  const { name, kind } = project.tier
  if (kind === 'sequential') {
    throw usage(
      `${name} is a sequential tier: it has no revision that could replace others, because each name is recorded by itself`,
      'Choose a range of the graph.',
    )
  }
  const databases = await databasesOf(context, project, settings.on)
  if (settings.prune) {
    const { prune } = await import('./prune.ts')
    return oneAtATime(context, project, () => prune(context, project, databases, argument))
  }
  if (argument?.includes(':') !== true)
    throw usage('a range is needed', 'Write it as <from>:<to>; both ends belong to it, and either may be left out.')
  await oneAtATime(context, project, () => write(context, project, databases, argument, settings))
  return exitCodes.done
}
