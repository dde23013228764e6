import { isDeepStrictEqual } from 'node:util'
import {
  type CheckAnswer,
  type CheckAnswers,
  type CheckFinding,
  type CheckOptions,
  type CheckReport,
  check as checkMigrator,
  checkBranches as checkTierBranches,
} from '@org/migrate-autogenerate'
import { present } from '@org/migrate-core/dialect'
import { requireOneSide } from '../../autogenerate/flags.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { oneLine, plural, someOf } from '../../reporters/formatting.ts'
import { lossText } from '../../reporters/loss-text.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { pairsText } from './pairs-text.ts'

export interface CheckSettings {
  /** Everything that a change has to pass, and what it adds to its base branch. */
  readonly ci?: true
  /** The branch that the change goes into. */
  readonly base?: string
  /** Files for the findings, in the form that their names end in. */
  readonly out?: readonly string[]
  /** As a comment of the pull request, in place of that of an earlier run. */
  readonly comment?: true
  /** `--no-database`: only the files are looked at. */
  readonly database: boolean
  /** `--data`: every row is read. */
  readonly data?: boolean
  /** `--edits`: which edit of an applied file is a problem; absent: as the configuration says. */
  readonly edits?: NonNullable<CheckOptions['edits']>
  /** What the declared schema is compared with. */
  readonly from?: 'database' | 'replay'
  /** `--branches`, alone or with the branches to compare. */
  readonly branches?: true | readonly string[]
}

/** Whether files and database belong together, and whether branches do. Nothing is written, no lock is taken. */
export async function check(context: CommandContext, settings: CheckSettings): Promise<ExitCode> {
  const { branches, from, data, edits: given } = settings
  if (settings.ci) return (await import('./ci-command.ts')).checkCi(context, settings)
  const database = settings.database
  const { base, out, comment } = settings
  const [stray] = Object.entries({ base, out, comment }).find(([, value]) => value !== undefined) ?? []
  if (stray !== undefined) {
    throw usage(`--${stray} belongs to --ci`, 'Say --ci as well, or leave it out.')
  }
  const excluded = { '--no-database': database ? undefined : true, '--data': data, '--edits': given, '--from': from }
  const [other] = Object.entries(excluded).find(([, value]) => value !== undefined) ?? []
  if (branches !== undefined && other !== undefined)
    throw usage(
      `--branches compares branches only, and ${other} is of the other questions`,
      'Leave one of the two out.',
    )
  if (branches !== undefined) return checkBranches(context, branches === true ? [] : branches)
  requireOneSide({ database, ...present({ from }) })
  if (data === true && !database) {
    throw usage('--data reads rows, and --no-database reads none', 'Leave one of the two out.')
  }
  if (given !== undefined && !database) {
    throw usage(
      '--edits compares with what was applied, and --no-database reads none of it',
      'Leave one of the two out.',
    )
  }
  const project = await context.open()
  const edits = given ?? project.loaded.config.check?.edits
  const report = await checkMigrator(project.migrator, {
    database,
    ...present({ edits, data, from }),
    ...(await declaredOf(context, project, database)),
    ...(await snapshotOf(context, project)),
  })
  context.report.answer(report, () => text(report, data === true))
  return report.ok ? exitCodes.done : exitCodes.todo
}

/** The declared schema, where one is configured, and what of the database takes part. */
export async function declaredOf(
  context: CommandContext,
  { loaded, dialect }: Project,
  server: boolean,
): Promise<Pick<CheckOptions, 'declared' | 'include' | 'exclude'>> {
  const { autogenerate } = loaded.config
  if (autogenerate === undefined) return {}
  const { loadDeclared } = await import('../../autogenerate/load-declared.ts')
  const { configuredFilter } = await import('../../autogenerate/guard-callbacks.ts')
  return {
    declared: await loadDeclared({ context, loaded, dialect, autogenerate, server }),
    ...configuredFilter(loaded),
  }
}

/** The snapshot of the schema, where one is configured. */
export async function snapshotOf(context: CommandContext, project: Project): Promise<Pick<CheckOptions, 'snapshot'>> {
  if (project.loaded.config.snapshot === undefined) return {}
  const { readSnapshot, snapshotFileOf } = await import('../../running/snapshot-file.ts')
  const file = snapshotFileOf(project)
  if (file === undefined) return {}
  const text = readSnapshot(file)
  return { snapshot: { file, signal: context.signal, ...present({ text }) } }
}

export const questions: { readonly [Q in keyof CheckAnswers]: string } = {
  atHead: 'every revision is applied',
  model: 'the database is the declared schema',
  noDrift: 'the database is what its revisions make',
  unedited: 'applied files do what they did',
  oneHead: 'there is one head',
}

const rowsQuestion = 'every row can be read'

/** Only where rows were asked for. */
function rowsAnswer(findings: readonly CheckFinding[]): CheckAnswer {
  if (findings.some(({ kind }) => kind === 'unreadable rows')) return 'no'
  return findings.some(({ kind }) => kind === 'rows not read') ? 'unknown' : 'yes'
}

function answersText({ answers, findings }: CheckReport, data: boolean): readonly string[] {
  const width = Math.max(...Object.values(questions).map(({ length }) => length))
  const lines: (readonly [string, CheckAnswer])[] = (Object.keys(questions) as (keyof CheckAnswers)[]).map(
    (question) => [questions[question], answers[question]],
  )
  if (data) lines.push([rowsQuestion, rowsAnswer(findings)])
  return lines.map(([question, answer]) => `  ${question.padEnd(width)}  ${answer}`)
}

function text(report: CheckReport, data: boolean): string {
  const { database, inspected, findings } = report
  const problems = findings.filter(({ level }) => level === 'problem').length
  const about = inspected.includes('database') ? database : 'the files'
  const verdict = problems === 0 ? 'nothing to do' : plural(problems, 'problem')
  return [
    `${about}: ${verdict}`,
    ...answersText(report, data),
    ...groupsOf(findings).map((group) => groupText(group, findings)),
  ].join('\n')
}

/** Notes that differ in their revision only follow each other: an imported history has one for each of its files. */
function groupsOf(findings: readonly CheckFinding[]): readonly (readonly [CheckFinding, ...CheckFinding[]])[] {
  const groups: [CheckFinding, ...CheckFinding[]][] = []
  for (const each of findings) {
    const group = groups.at(-1)
    const isAlike = group !== undefined && each.level === 'information' && isSameAdvice(group[0], each)
    if (isAlike) group.push(each)
    else groups.push([each])
  }
  return groups
}

const isSameAdvice = (a: CheckFinding, b: CheckFinding): boolean =>
  a.kind === b.kind && a.tier === b.tier && a.next === b.next && a.differences === undefined && a.losses === undefined

/** Of a group, the rest is named in one line. */
const shownOfGroup = 3

function groupText(group: readonly [CheckFinding, ...CheckFinding[]], findings: readonly CheckFinding[]): string {
  const [first] = group
  if (group.length === 1) return findingText(first, findings.slice(0, findings.indexOf(first)))
  const rest = group.slice(shownOfGroup).flatMap(({ revisions }) => revisions)
  return [
    ...group.slice(0, shownOfGroup).map(titleOf),
    ...(rest.length === 0 ? [] : [`  the same of ${someOf(rest)}`]),
    `  ${oneLine(first.next)}`,
  ].join('\n')
}

function titleOf({ level, kind, tier, what }: CheckFinding): string {
  const prefix = tier === undefined ? '' : `${tier}, `
  return `${level === 'problem' ? 'problem' : 'note'} (${prefix}${kind}): ${oneLine(what)}`
}

/** A change by hand is drift, and differs from the declared schema too: its list and what to do are printed once. */
function findingText(finding: CheckFinding, earlier: readonly CheckFinding[]): string {
  const { next, differences = [], losses = [] } = finding
  const title = titleOf(finding)
  const isListed = differences.length > 0 && earlier.some((each) => isDeepStrictEqual(each.differences, differences))
  if (isListed) return `${title}\n  These are the differences above.`
  const lines = [title, ...[...differences, ...losses.map(lossText)].map((each) => `  - ${oneLine(each)}`)]
  return [...lines, `  ${oneLine(next)}`].join('\n')
}

async function checkBranches(context: CommandContext, names: readonly string[]): Promise<ExitCode> {
  if (names.length === 1) {
    throw usage('one branch has nothing to be compared with', 'Name two or more, or none: then all heads are compared.')
  }
  const { migrator, tier } = await context.open()
  const pairs = await checkTierBranches(migrator, names, { tier: tier.name })
  const ok = pairs.every(({ verdict }) => verdict !== 'conflict')
  context.report.answer({ ok, tier: tier.name, pairs }, () =>
    pairs.length === 0 ? `${tier.name}: one head, nothing to compare` : pairsText(pairs),
  )
  return ok ? exitCodes.done : exitCodes.todo
}
