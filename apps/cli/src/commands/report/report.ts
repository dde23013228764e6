import type { Plan } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import { contextOf, loadParts, planAssumed, resolveTargets } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { filesOnly, rowsFor } from '../../graph/graph-state.ts'
import { openReplay } from '../../graph/replayed-schema.ts'
import { cleanValue } from '../../pages/clean.ts'
import { plural } from '../../reporters/formatting.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { attempts, positionText, readDatabase, readFiles, testPlan } from './collect.ts'
import type { ReportData, ReportProblem } from './data.ts'
import { diagramOf, operationsOf, schemaAtHeads } from './diagram.ts'
import { locksOf, stepsOfPlan } from './plan-steps.ts'
import { pageOf, writeReport } from './write.ts'

export interface ReportSettings {
  readonly out?: string
  /** `--no-database`: only the files are read. */
  readonly database: boolean
  /** The steps are tried on a shadow database. */
  readonly test?: true
}

declare const __MIGRATE_VERSION__: string

/** What is reported: what leads the database to a target, or a range of the files. */
interface Subject {
  readonly from?: string
  readonly to: string
}

function subjectOf(word: string | undefined, database: boolean): Subject {
  if (word === undefined) return database ? { to: 'heads' } : { from: 'base', to: 'heads' }
  const [first = '', to, ...more] = word.split(':')
  if (to === undefined) return database ? { to: first } : { from: 'base', to: first }
  if (more.length > 0) throw usage(`${word} is no range`, 'Write it as `from:to`.')
  if (first === 'current' && database) return { to: to || 'heads' }
  return { from: first || 'base', to: to || 'heads' }
}

/** An end of a range by id, where it is counted from the database. */
async function endOf(context: CommandContext, project: Project, target: string, database: boolean): Promise<string> {
  if (!target.includes('current')) return target
  if (!database) throw usage(`${target} is where the database is, and --no-database reads none`, 'Name a revision.')
  const { graph } = await filesOnly(project)
  const [revision = 'base', ...more] = resolveTargets(graph, target, await rowsFor(context, graph, [target]))
  if (more.length > 0)
    throw usage(`${target} names several revisions: ${[revision, ...more].join(', ')}`, 'Name one of them.')
  return revision
}

async function planOf(context: CommandContext, { migrator, tier }: Project, { from, to }: Subject): Promise<Plan> {
  if (from !== undefined) {
    const resolved = await loadParts(contextOf('report', migrator).resolved)
    return planAssumed(resolved, { from, to, tier: tier.name })
  }
  const { acceptDrift, strict } = context.settings
  // What would be refused is what a reader has to see.
  return migrator.plan(to, { tier: tier.name, allowDataLoss: true, acceptDrift, strict })
}

function titleOf({ from, to }: Subject): string {
  if (from !== undefined) return `Migration report: ${from} to ${to}`
  return to === 'heads' ? 'Migration report: what is pending' : `Migration report: to ${to}`
}

function verdictOf(plan: Plan | undefined): string {
  if (plan === undefined) return 'There is no plan.'
  const { steps, direction, from, to } = plan
  if (steps.length === 0) return 'There is nothing to run.'
  const verb = direction === 'up' ? 'applied' : 'reverted'
  return `${plural(steps.length, 'revision')} would be ${verb}, from ${positionText(from)} to ${positionText(to)}. Nothing was changed.`
}

/** Reads everything that a report of a plan shows. */
async function collected(
  context: CommandContext,
  project: Project,
  subject: Subject,
  { database, test }: ReportSettings,
): Promise<{ readonly data: ReportData; readonly plan?: Plan }> {
  const problems: ReportProblem[] = []
  const attempt = attempts(problems)
  // Without the database there is no answer to what is pending.
  if (database && subject.from === undefined) await project.migrator.status({ files: false })
  const read = await (database ? readDatabase : readFiles)(context, project, attempt)
  // A range is an answer by itself: what is wrong with it is no part of a report.
  const plan =
    subject.from === undefined
      ? await attempt('Plan', () => planOf(context, project, subject))
      : await planOf(context, project, subject)
  const tests = test && plan !== undefined ? await attempt('Test', () => testPlan(context, project, plan)) : undefined
  const clean = <T>(value: T): T => cleanValue(value, context.scrub)
  const drawn =
    plan &&
    (await attempt('Schema', async () => {
      const { dialect, graphs } = await openReplay('report', project)
      const before = await schemaAtHeads(dialect, graphs, plan.from)
      const after = await schemaAtHeads(dialect, graphs, plan.to)
      const diagram = await diagramOf(dialect, before, after, operationsOf(plan), context.scrub)
      return { diagram, locks: locksOf(dialect, before.schema, plan.steps) }
    }))
  const { status, history, graph, check } = read
  const experience = { locks: drawn?.locks ?? [], history: history ?? [], ...present({ tests }) }
  const data: ReportData = {
    title: titleOf(subject),
    verdict: verdictOf(plan),
    createdAt: new Date().toISOString(),
    tool: __MIGRATE_VERSION__,
    ...(status === undefined ? {} : { database: status.database, status }),
    dialect: project.dialect.name,
    from: positionText(plan?.from ?? []),
    to: positionText(plan?.to ?? []),
    isRun: false,
    steps: plan === undefined ? [] : stepsOfPlan(clean(plan), experience),
    stepCount: plan?.steps.length ?? 0,
    ...(plan === undefined ? { isUnplanned: true } : {}),
    warnings: plan?.warnings ?? [],
    ...present({ graph }),
    ...(drawn === undefined ? {} : { diagram: drawn.diagram }),
    ...present({ history, check }),
    problems,
  }
  return plan === undefined ? { data } : { data, plan }
}

/** One page about a plan and the database that it is for. Nothing is changed. */
export async function report(
  context: CommandContext,
  target: string | undefined,
  settings: ReportSettings,
): Promise<ExitCode> {
  const { database, out } = settings
  const project = await context.open()
  const named = subjectOf(target, database)
  const subject: Subject = {
    to: await endOf(context, project, named.to, database),
    ...(named.from === undefined ? {} : { from: await endOf(context, project, named.from, database) }),
  }
  const { data, plan } = await collected(context, project, subject, settings)
  // A part that was stopped is no answer.
  context.signal.throwIfAborted()
  const page = pageOf(context, data)
  const { status, history, check, problems } = data
  const document = { plan: plan ?? null, status, history, check, problems }
  if (out === undefined) {
    context.report.verbatim(cleanValue({ ...document, html: page }, context.scrub), page)
    return exitCodes.done
  }
  const file = await writeReport(context, out, page)
  context.report.answer({ file, ...document }, () => `${plural(data.stepCount, 'revision')} reported in ${file}`)
  return exitCodes.done
}
