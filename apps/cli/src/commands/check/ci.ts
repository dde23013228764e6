import { type CheckReport, checkBranches, type RevisionTest, stairway } from '@org/migrate-autogenerate'
import { createRevisionGraph, isMigrateError, type RevisionHeader } from '@org/migrate-core'
import { contextOf, currentNodes, graphsOfFiles, type TierGraph } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { plainNode } from '../../graph/graph-state.ts'
import type { Project } from '../../wiring.ts'
import { type BaseBranch, type BaseRevisions, readBaseBranch } from './base-branch.ts'

/** What is wrong with a change, or worth knowing of it, whichever check found it. */
export interface CiFinding {
  readonly check: 'files' | 'base branch' | 'branches' | 'revision'
  readonly kind: string
  readonly level: 'problem' | 'information'
  readonly tier?: string
  readonly revisions: readonly string[]
  /** The file that it is in, where it is in one. */
  readonly file?: string
  /** One sentence. */
  readonly what: string
  /** What to do. */
  readonly next: string
  readonly details: readonly string[]
}

export interface CiReport {
  /** No finding is a problem. */
  readonly ok: boolean
  readonly base: { readonly name: string; readonly fork: string }
  /** The heads of the project's own tier where the change left the base branch, and its heads now. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** The revisions that the base branch did not have where the change left it, as they were tested. */
  readonly revisions: readonly RevisionTest[]
  readonly findings: readonly CiFinding[]
}

type Headers = TierGraph['graph']
/** As the files have them, with those that a squashed revision replaces. */
type FileHeaders = readonly RevisionHeader[]

function fileFindings(
  { findings }: CheckReport,
  fileOf: (revision: string) => string | undefined,
): readonly CiFinding[] {
  return findings.map(({ kind, level, tier, revisions, what, next, file: own, differences = [] }) => {
    const file = own ?? (revisions[0] === undefined ? undefined : fileOf(revisions[0]))
    return {
      check: 'files',
      kind,
      level,
      ...(tier === undefined ? {} : { tier }),
      revisions,
      ...(file === undefined ? {} : { file }),
      what,
      next,
      details: differences,
    }
  })
}

/** A revision that is on the base branch may be applied anywhere: it stays as it is. */
function changedFindings(base: BaseBranch, { tier, atFork }: BaseRevisions, files: FileHeaders): readonly CiFinding[] {
  const byId = new Map(files.map((each) => [each.revision, each]))
  const replaced = new Set(files.flatMap(({ replaces = [] }) => replaces))
  return [...atFork.values()].flatMap((before): readonly CiFinding[] => {
    const { revision } = before
    const finding = { check: 'base branch', level: 'problem', tier, revisions: [revision], details: [] } as const
    const now = byId.get(revision)
    // What a squashed revision replaces is removed once no database needs it.
    if (now === undefined && replaced.has(revision)) return []
    if (now === undefined) {
      const what = `Revision ${revision} is on ${base.name}, and its file is gone.`
      return [
        { ...finding, kind: 'file missing', what, next: 'Restore the file: databases that have applied it need it.' },
      ]
    }
    if (now.textHash === before.textHash) return []
    const what = `Revision ${revision} is on ${base.name}, and its file was edited.`
    const next =
      'Restore the file, and put the change into a new revision: a database that has applied it does not run it again.'
    return [{ ...finding, kind: 'edited', file: now.source, what, next }]
  })
}

/** What the merge into the base branch, as it is now, would make of a tier. */
async function mergeFindings(
  base: BaseBranch,
  { tier, atTip, atFork }: BaseRevisions,
  files: FileHeaders,
  graph: Headers,
): Promise<readonly CiFinding[]> {
  const own = new Set(files.map(({ revision }) => revision))
  const theirs = [...atTip.values()].filter(({ revision }) => !own.has(revision) && !atFork.has(revision))
  if (theirs.length === 0) return []
  const finding = {
    check: 'base branch',
    level: 'problem',
    tier,
    revisions: theirs.map(({ revision }) => revision),
    details: [],
  } as const
  const next = `Merge ${base.name} into this branch; then put the new revisions behind its head with \`migrate rebase\`, or join the heads with \`migrate merge\`.`
  try {
    const merged = createRevisionGraph(await currentNodes([...files, ...theirs].map(plainNode)))
    const { effectiveHeads } = merged
    if (effectiveHeads.length < 2 || effectiveHeads.length <= graph.effectiveHeads.length) return []
    const what = `With what ${base.name} has by now there would be ${effectiveHeads.length} heads: ${effectiveHeads.join(', ')}.`
    return [{ ...finding, kind: 'several heads', what, next }]
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const what = `With what ${base.name} has by now the revisions do not fit together: ${error.message}`
    return [{ ...finding, kind: 'several heads', what, next }]
  }
}

async function branchFindings({ migrator }: Project, { tier, graph }: TierGraph): Promise<readonly CiFinding[]> {
  const pairs = graph.effectiveHeads.length < 2 ? [] : await checkBranches(migrator, [], { tier: tier.name })
  return pairs
    .filter(({ verdict }) => verdict === 'conflict')
    .map(({ left, right, conflicts }) => ({
      check: 'branches',
      kind: 'conflict',
      level: 'problem',
      tier: tier.name,
      revisions: [left.head, right.head],
      file: graph.get(left.head).source,
      what: `The branches of ${left.head} and ${right.head} change the same objects.`,
      next: 'Inspect both, then state in one of the revisions, or in the merge, what is valid.',
      details: conflicts.map(
        (each) => `${each.left.revision}: ${each.left.operation}; ${each.right.revision}: ${each.right.operation}`,
      ),
    }))
}

function testFindings({ tier, revision, source, findings }: RevisionTest): readonly CiFinding[] {
  return findings.map(({ kind, what, next, differences }) => ({
    check: 'revision',
    kind,
    level: 'problem',
    tier,
    revisions: [revision],
    file: source,
    what,
    next,
    details: differences,
  }))
}

/** Everything that a change has to pass before it is merged. The project's own database is not opened. */
export async function checkChange(
  context: CommandContext,
  project: Project,
  report: CheckReport,
  base: string | undefined,
): Promise<CiReport> {
  const { migrator } = project
  const branch = await readBaseBranch(context, project, base)
  const { resolved } = contextOf('check', migrator)
  const graphs = await graphsOfFiles(resolved, { readAll: true })
  const fileOf = (revision: string): string | undefined =>
    graphs.find(({ graph }) => graph.has(revision))?.graph.get(revision).source
  const findings = [...fileFindings(report, fileOf)]
  const added: string[] = []
  for (const each of graphs) {
    const before = branch.tiers.find(({ tier }) => tier === each.tier.name)
    if (before === undefined || each.tier.source.locations === undefined) continue
    const files = await each.tier.source.headers({ readAll: true })
    findings.push(...changedFindings(branch, before, files))
    if (resolved.heads !== 'several') findings.push(...(await mergeFindings(branch, before, files, each.graph)))
    findings.push(...(await branchFindings(project, each)))
    added.push(...each.graph.order.filter((id) => !before.atFork.has(id)))
  }
  const own = graphs.find(({ tier }) => tier.name === project.tier.name)
  const ownBefore = branch.tiers.find(({ tier }) => tier === project.tier.name)?.atFork.values() ?? []
  const from = createRevisionGraph(await currentNodes([...ownBefore].map(plainNode))).effectiveHeads
  const { revisions } =
    added.length === 0 ? { revisions: [] } : await stairway({ migrator, revisions: added, signal: context.signal })
  findings.push(...revisions.flatMap(testFindings))
  const ok = findings.every(({ level }) => level !== 'problem')
  return {
    ok,
    base: { name: branch.name, fork: branch.fork },
    from,
    to: own?.graph.effectiveHeads ?? [],
    revisions,
    findings,
  }
}
