import { type RevisionTest, type StairwayReport, stairway } from '@org/migrate-autogenerate'
import type { RevisionGraph } from '@org/migrate-core'
import { resolveTargets } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { filesOnly, rowsFor } from '../../graph/graph-state.ts'
import { duration, oneLine, plural } from '../../reporters/formatting.ts'
import { isJunit, junit } from '../../reporters/junit.ts'
import { lossText } from '../../reporters/loss-text.ts'
import { outputPath, requireReplaceable, writeOutput } from '../../running/output-file.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { revisionCase } from './junit.ts'

export interface TestSettings {
  /** Every revision of every tier, applied or not. */
  readonly applied?: true
  /** A file for the report as JUnit has it. */
  readonly junit?: string
  /** The URL of the database whose copy the pending plan is tested on. */
  readonly onCopy?: string
}

/** Revisions that the names name: targets, and ranges `from:to` without their first. */
async function namedRevisions(
  context: CommandContext,
  project: Project,
  names: readonly string[],
): Promise<readonly string[]> {
  const { graph } = await filesOnly(project)
  const { current } = await rowsFor(
    context,
    graph,
    names.flatMap((word) => word.split(':')),
  )
  const resolved = (target: string): readonly string[] =>
    resolveTargets(graph, target, current === undefined ? {} : { current })
  return names.flatMap((word) => revisionsOf(graph, word, resolved))
}

function revisionsOf(
  graph: RevisionGraph,
  word: string,
  resolved: (target: string) => readonly string[],
): readonly string[] {
  const [from, to, ...more] = word.split(':')
  if (to === undefined) return resolved(word)
  if (more.length > 0) throw usage(`${word} is no range`, 'Write a range as from:to.')
  const before = graph.ancestorsOf(resolved(from || 'base'))
  return [...graph.ancestorsOf(resolved(to || 'heads'))].filter((revision) => !before.has(revision))
}

async function selected(
  context: CommandContext,
  project: Project,
  names: readonly string[],
  { applied }: TestSettings,
): Promise<readonly string[] | undefined> {
  if (applied && names.length > 0)
    throw usage('--applied leaves nothing to choose', 'Leave out --applied, or the revisions.')
  if (applied) return undefined
  if (names.length > 0) return namedRevisions(context, project, names)
  const { tiers } = await project.migrator.status()
  // Its upgrade throws INSIDE_SQUASH with what to do, and so does its plan.
  if (tiers.some(({ squashed = [] }) => squashed.some(({ state }) => state === 'inside'))) await project.migrator.plan()
  return tiers.flatMap(({ pending }) => pending)
}

/** Tests revisions on a shadow database: up, down and up again. The database itself is only read. */
export async function test(
  context: CommandContext,
  names: readonly string[],
  settings: TestSettings,
): Promise<ExitCode> {
  if (settings.onCopy !== undefined) {
    const { onCopy: url, ...rest } = settings
    if (names.length > 0 || Object.keys(rest).length > 0)
      throw usage('--on-copy tests the pending plan', 'Leave out the revisions, --applied and --junit.')
    return (await import('./on-copy.ts')).testOnCopy(context, url)
  }
  // Before minutes of work that would have no report.
  if (settings.junit !== undefined) await requireReplaceable(outputPath(context, settings.junit), isJunit)
  const project = await context.open()
  const revisions = await selected(context, project, names, settings)
  const report = await stairway({
    migrator: project.migrator,
    signal: context.signal,
    ...(revisions === undefined ? {} : { revisions }),
  })
  if (settings.junit !== undefined) {
    await writeOutput(
      context,
      outputPath(context, settings.junit),
      junit('migrate test', report.dialect, report.revisions.map(revisionCase)),
      isJunit,
    )
  }
  context.report.answer(report, () => text(report, names.length > 0 || settings.applied === true))
  return report.ok ? exitCodes.done : exitCodes.todo
}

function text({ revisions }: StairwayReport, isChosen: boolean): string {
  if (revisions.length === 0) {
    return isChosen ? 'no revision to test' : 'no revision is pending: name revisions, or test all with --applied'
  }
  const found = revisions.reduce((sum, { findings }) => sum + findings.length, 0)
  const verdict = found === 0 ? 'nothing found' : plural(found, 'finding')
  return [...revisions.map(revisionText), `${plural(revisions.length, 'revision')} tested: ${verdict}`].join('\n')
}

const outcomes: { readonly [O in RevisionTest['outcome']]: string } = {
  tested: '',
  'no downgrade': '  it has no downgrade, and none can be derived',
  'not reached': '  it needs a revision whose upgrade failed',
}

/** What its steps lock, each once. */
export function heldLocks({ steps }: RevisionTest): string {
  return [...new Set(steps.flatMap(({ locks = [] }) => locks.map(({ table, mode }) => `${table} (${mode})`)))].join(
    ', ',
  )
}

function revisionText(test: RevisionTest): string {
  const { tier, revision, message, outcome, findings, losses, unfilled, steps } = test
  const mark = findings.length > 0 ? 'problem' : outcome === 'not reached' ? 'skipped' : 'ok'
  const times = steps.map(({ direction, ms }) => `${direction} ${duration(ms)}`).join(', ')
  const title = message === revision ? '' : `  ${oneLine(message)}`
  const locks = heldLocks(test)
  return [
    `${mark}  ${tier}:${revision}${title}${times === '' ? '' : `  (${times})`}`,
    ...(outcomes[outcome] === '' ? [] : [outcomes[outcome]]),
    ...findings.flatMap(({ kind, what, next, differences }) => [
      `  ${kind}: ${oneLine(what)}`,
      ...differences.map((each) => `    - ${oneLine(each)}`),
      `    ${next}`,
    ]),
    ...losses.map((loss) => `  the downgrade: ${lossText(loss)}`),
    ...(locks === '' ? [] : [`  locks: ${locks}`]),
    ...unfilled.map(({ table, why }) => `  no rows in ${table}: ${oneLine(why)}`),
  ].join('\n')
}
