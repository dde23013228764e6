import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRevisionGraph, isMigrateError, type RevisionHeader, type RunResult } from '@org/migrate-core'
import { currentNodes, readTierPosition } from '@org/migrate-core/internal'
import {
  autogenerateOf,
  generate,
  lossesOf,
  ofRevision,
  requireAllowed,
  terminalOf,
} from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { hiddenPath } from '../../new-files/generated-files.ts'
import { filesOf, makeRevision } from '../../new-files/make-revision.ts'
import { refuseProtected } from '../../protection.ts'
import { headsText } from '../../reporters/formatting.ts'
import { oneAtATime } from '../../running/one-at-a-time.ts'
import { migrated } from '../../running/run.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { current, upgraded, withRemedy } from '../development/dev.ts'
import type { RevisionSettings } from '../revision.ts'
import { lastRevision, requireGenerated } from './last-revision.ts'
import { refuseElsewhere, refusePushed } from './refuse-shared.ts'
import { removedLosses } from './removed-losses.ts'

/** The project as if a revision had no file. */
function withoutRevision(project: Project, revision: string): Project {
  const { tier, tiers } = project
  const { source } = tier
  const headers: typeof source.headers = async (options) =>
    (await source.headers(options)).filter((each) => each.revision !== revision)
  const own = { ...tier, source: { ...source, headers } }
  return { ...project, tier: own, tiers: tiers.map((each) => (each === tier ? own : each)) }
}

/** Whether this database has the revision, and which step of it was interrupted. Throws USAGE where it has others that no file describes. */
async function positionOf(project: Project, revision: string) {
  const { migrator, tier, database } = current(project)
  const { applied, heads, missing, graph } = await readTierPosition(migrator, tier.name)
  const unknown = [...new Set([...missing, ...heads.filter((head) => !graph.has(head))])]
  if (unknown.length > 0) {
    const problem = `${database} has ${unknown.join(', ')}, which no file describes`
    throw usage(problem, 'Bring the files of those revisions back first.')
  }
  const { interrupted } = await migrator.status()
  const step = interrupted.find((each) => each.tier === tier.name && each.revision === revision)
  return { isApplied: applied.has(revision), interrupted: step?.direction }
}

/** Takes the revision back. What cannot be preserved is lost only after a yes. */
async function revert(context: CommandContext, project: Project, target: string): Promise<RunResult> {
  const downgraded = (more: { readonly allowDataLoss?: true }): Promise<RunResult> =>
    migrated(context, current(project), (migrator, options) => migrator.downgrade(target, { ...options, ...more }))
  try {
    return await downgraded({})
  } catch (error) {
    if (!isMigrateError(error, 'DATA_LOSS') || terminalOf(context) === undefined) throw error
    const { losses } = error.details as {
      readonly losses: readonly { readonly table?: string; readonly why: string }[]
    }
    await requireAllowed(context, losses, false, {
      subject: 'Taking the revision back',
      no: 'leave it: nothing is changed',
      yes: 'take it back',
    })
    return downgraded({ allowDataLoss: true })
  }
}

/** Keeps the text that the database had applied, until the new one is applied; an earlier attempt has kept it already. */
function preserveFile(file: string, isApplied: boolean): string {
  const copy = hiddenPath(file, 'before')
  if (!isApplied && existsSync(copy)) return copy
  const draft = hiddenPath(file, 'copy')
  copyFileSync(file, draft)
  renameSync(draft, copy)
  return copy
}

/** Whether the file has this body already. */
const hasBody = (file: string, { imports, code }: { readonly imports: string; readonly code: string }): boolean => {
  const text = readFileSync(file, 'utf8')
  return text.includes(imports) && text.includes(code)
}

interface Amended {
  readonly files: readonly string[]
  readonly summary: readonly string[]
  readonly result?: RunResult
}

async function write(
  context: CommandContext,
  project: Project,
  settings: RevisionSettings,
  last: RevisionHeader,
): Promise<Amended> {
  const { revision, source: file, parents, dependsOn, branchLabels } = last
  const { report } = context
  const state = requireGenerated(last)
  const before = await positionOf(project, revision)
  // An upgrade that was interrupted is finished with the file that it began with.
  if (before.interrupted === 'up') await upgraded(context, project)
  const isApplied = before.isApplied || before.interrupted !== undefined
  const without = withoutRevision(project, revision)
  const flags = { ...settings, database: true, from: 'replay' } as const
  const { comparisons, body } = await generate(context, without, flags, { complete: true })
  for (const note of new Set(comparisons.flatMap(({ notes }) => notes))) report.note(note)
  if (body === undefined) {
    throw usage(
      `nothing differs from what the revisions before ${revision} make, so ${revision} would be empty`,
      `Run \`migrate downgrade -1\`, and remove ${file}.`,
    )
  }
  const isSame = state === 'generated' && settings.message === undefined && hasBody(file, body)
  if (isSame && isApplied && before.interrupted !== 'down') return { files: [], summary: [] }
  const allowed = settings.allowDestructive === true || autogenerateOf(project).allowDestructive === true
  // A root stands alone where nothing else is a revision; else what it depends on stays.
  const target = parents[0] ?? (isOnly(await filesOf(project)) ? 'base' : '-1')
  await requireAllowed(context, lossesOf(comparisons), allowed)
  const canAsk = before.interrupted === undefined && !allowed
  const amended = { revision, ...(before.isApplied ? { target } : {}) }
  const removed = canAsk ? await removedLosses(context, project, flags, amended) : []
  await requireAllowed(context, removed, allowed, {
    ...ofRevision,
    remedy: `If it was renamed, make a new revision behind ${revision} with \`migrate revision --autogenerate\`. Else check what would be lost; then repeat the command with --allow-destructive.`,
  })
  const copy = preserveFile(file, isApplied)
  if (state === 'interrupted') {
    const interruptedCopy = hiddenPath(file, 'interrupted')
    copyFileSync(file, interruptedCopy)
    report.note(
      `a command was killed while programs of newFiles.hooks changed ${file}: its text is in ${interruptedCopy}`,
    )
  }
  const retryRemedy = `The text of before is in ${copy}. Correct the rows, or the declared schema, then call \`migrate revision --amend\` again.`
  try {
    if (isApplied) await revert(context, project, target)
    const headers = await currentNodes(await without.tier.source.headers())
    const { files } = await makeRevision(context, {
      ...(await filesOf(project)),
      graph: createRevisionGraph(headers),
      project,
      options: {
        revision,
        message: settings.message ?? last.message,
        head: parents.length === 0 ? 'base' : parents,
        dependsOn,
        branchLabels,
      },
      body,
      replaces: file,
    })
    const result = await upgraded(context, project)
    rmSync(copy, { force: true })
    return { files, summary: body.summary, result }
  } catch (error) {
    throw isMigrateError(error) && error.location.revision === revision ? withRemedy(error, retryRemedy) : error
  }
}

const isOnly = ({ graph }: Awaited<ReturnType<typeof filesOf>>): boolean => graph.size === 1

/** Takes the last revision back, generates it again with the new changes of the declared schema, and applies it. */
export async function amend(context: CommandContext, settings: RevisionSettings): Promise<ExitCode> {
  const project = await context.open()
  refuseProtected(project, 'revision --amend')
  autogenerateOf(project)
  const { report } = context
  const { database } = project
  for (const note of project.notes) report.note(note)
  const { revision, files, summary, result } = await oneAtATime(context, project, async () => {
    const last = lastRevision((await filesOf(project)).graph)
    await refusePushed(context, project, last.revision)
    await refuseElsewhere(context, project, last.revision)
    return { revision: last.revision, ...(await write(context, project, settings, last)) }
  })
  for (const file of files) report.note(`amended ${file}`)
  for (const line of summary) report.note(`  ${line}`)
  const document = {
    command: 'revision',
    database,
    revision,
    files,
    applied: result?.applied ?? [],
    heads: result?.heads,
  }
  report.result(document, () =>
    result === undefined
      ? `${database}: ${revision} is as declared: nothing was amended`
      : `${database}: ${revision} amended, now at ${headsText(result.heads)}`,
  )
  return exitCodes.done
}
