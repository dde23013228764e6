import type { BranchPair, BranchSide, CheckFinding, CheckReport } from '@org/migrate-core'
import { MigrateError } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine, plural } from '../reporters/words.ts'

export interface CheckSettings {
  /** `--no-database`: only the files are looked at. */
  readonly database: boolean
  /** `--branches`, alone or with the branches to compare. */
  readonly branches?: true | readonly string[]
}

/** Whether files and database belong together, and whether branches do. Nothing is written, no lock is taken. */
export async function check(context: CommandContext, { database, branches }: CheckSettings): Promise<ExitCode> {
  if (branches !== undefined) return checkBranches(context, branches === true ? [] : branches)
  const { migrator } = await context.open()
  const report = await migrator.check({ database })
  context.report.answer(report, () => text(report))
  return report.ok ? exitCodes.done : exitCodes.todo
}

function text({ database, looked, findings }: CheckReport): string {
  const problems = findings.filter(({ level }) => level === 'problem').length
  const about = looked.includes('database') ? database : 'the files'
  const verdict = problems === 0 ? 'nothing to do' : plural(problems, 'problem')
  return [`${about}: ${verdict}`, ...findings.map(findingText)].join('\n')
}

function findingText({ level, kind, tier, what, next }: CheckFinding): string {
  const place = tier === undefined ? '' : `${tier}, `
  const word = level === 'problem' ? 'problem' : 'note'
  return `${word} (${place}${kind}): ${oneLine(what)}\n  ${oneLine(next)}`
}

async function checkBranches(context: CommandContext, names: readonly string[]): Promise<ExitCode> {
  if (names.length === 1) {
    const problem = 'one branch has nothing to be compared with'
    throw new MigrateError('USAGE', { problem }, problem, {
      remedy: 'Name two or more, or none: then all heads are compared.',
    })
  }
  const { migrator, tier } = await context.open()
  const pairs = await migrator.checkBranches(names, { tier: tier.name })
  const ok = pairs.every(({ verdict }) => verdict !== 'conflict')
  context.report.answer({ ok, tier: tier.name, pairs }, () =>
    pairs.length === 0 ? `${tier.name}: one head, nothing to compare` : pairs.map(pairText).join('\n'),
  )
  return ok ? exitCodes.done : exitCodes.todo
}

const verdicts: { readonly [V in BranchPair['verdict']]: string } = {
  apart: 'they touch nothing in common: either order does, `migrate merge` joins them',
  conflict: 'they touch the same things: look at them, then say in one of the revisions, or in the merge, what holds',
  'cannot be told': 'nothing is seen in common, but what some of it touches cannot be told',
}

function pairText({ left, right, ancestors, verdict, meetings }: BranchPair): string {
  const since = ancestors.length === 0 ? 'the beginning' : ancestors.join(', ')
  return [
    `${verdict}: ${left.head} and ${right.head}, since ${since}`,
    `  ${verdicts[verdict]}`,
    ...meetings.flatMap((meeting) => [
      `  ${meeting.left.revision}: ${oneLine(meeting.left.operation)}`,
      `    meets ${meeting.right.revision}: ${oneLine(meeting.right.operation)} (${meeting.footprints.join(', ')})`,
    ]),
    ...[left, right].flatMap(unknownLines),
  ].join('\n')
}

function unknownLines({ unknown }: BranchSide): readonly string[] {
  return unknown.map(({ revision, operation }) => `  cannot be told: ${revision}: ${oneLine(operation)}`)
}
