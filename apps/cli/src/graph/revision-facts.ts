import type { HistoryRow } from '@org/migrate-core'
import { columns, oneLine, rangeText } from '../reporters/formatting.ts'
import type { GraphState } from './graph-state.ts'

export interface RevisionFacts {
  readonly revision: string
  readonly message: string
  readonly parents: readonly string[]
  readonly children: readonly string[]
  readonly dependsOn: readonly string[]
  /** Its own, and those of the branches that it lies on. */
  readonly branchLabels: readonly string[]
  readonly source: string
  /** `head` (nothing stands on it), `effective head` (only a dependency does), `current`, `branchpoint`, `mergepoint`, `file missing`. */
  readonly marks: readonly string[]
  readonly appliedAt?: string
  /** `user@host`, as the history says it. */
  readonly appliedBy?: string
  /** Of a squashed revision. */
  readonly replaces?: readonly string[]
}

export function revisionFacts(
  { graph, current, missing }: GraphState,
  revision: string,
  applied?: HistoryRow,
): RevisionFacts {
  const header = graph.get(revision)
  const children = graph.childrenOf(revision)
  const isTip = children.length === 0
  const marks = [
    ...(isTip ? [graph.dependantsOf(revision).length === 0 ? 'head' : 'effective head'] : []),
    ...(current.includes(revision) ? ['current'] : []),
    ...(children.length > 1 ? ['branchpoint'] : []),
    ...(header.parents.length > 1 ? ['mergepoint'] : []),
    ...(missing.has(revision) ? ['file missing'] : []),
  ]
  return {
    revision,
    message: header.message,
    parents: header.parents,
    children,
    dependsOn: header.dependsOn,
    branchLabels: graph.labelsOf(revision),
    source: header.source,
    marks,
    ...(applied && { appliedAt: applied.finishedAt, appliedBy: `${applied.user}@${applied.host}` }),
    ...(header.replaces === undefined ? {} : { replaces: header.replaces }),
  }
}

/** The row of each revision's last upgrade or stamp; none for those that were reverted since. */
export function lastApplied(rows: readonly HistoryRow[], tier: string): ReadonlyMap<string, HistoryRow> {
  const last = new Map<string, HistoryRow>()
  for (const row of rows) {
    if (row.tier !== tier) continue
    if (row.direction === 'down') last.delete(row.revision)
    else last.set(row.revision, row)
  }
  return last
}

/** ` (one) (two)`, or nothing. */
function inParentheses(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` (${parts.join(') (')})`
}

/** Id, labels, marks and message on one line. */
export function lineOf(
  { revision, message, replaces }: RevisionFacts,
  labels: readonly string[],
  marks: readonly string[],
): string {
  const branches = labels.length === 0 ? [] : [labels.join(', ')]
  const replaced = replaces === undefined ? [] : [`replaces ${rangeText(replaces)}`]
  return `${revision}${inParentheses([...branches, ...replaced, ...marks])}  ${oneLine(message)}`
}

/** A head of the database that neither a file nor the history describes. */
export function unknownLine(revision: string): string {
  return `${revision} (current) (no file describes it)`
}

export function describeRevision(facts: RevisionFacts): string {
  const list = (ids: readonly string[], none: string): string => (ids.length === 0 ? none : ids.join(', '))
  const lines: readonly (readonly [string, string])[] = [
    ['message', facts.message],
    ['parents', list(facts.parents, '<base>')],
    ['children', list(facts.children, 'none')],
    ...(facts.dependsOn.length === 0 ? [] : [['depends on', facts.dependsOn.join(', ')] as const]),
    ...(facts.branchLabels.length === 0 ? [] : [['labels', facts.branchLabels.join(', ')] as const]),
    ...(facts.appliedAt === undefined ? [] : [['applied', `${facts.appliedAt} by ${facts.appliedBy}`] as const]),
    ...(facts.replaces === undefined ? [] : [['replaces', facts.replaces.join(', ')] as const]),
    ['file', facts.source],
  ]
  return `${facts.revision}${inParentheses(facts.marks)}\n${columns(
    lines.map(([name, value]) => [name, oneLine(value)]),
    '  ',
  )}`
}
