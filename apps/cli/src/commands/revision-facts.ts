import type { RevisionGraph, RevisionHeader } from '@org/migrate-core'
import { columns, oneLine } from '../reporters/words.ts'

export interface RevisionFacts {
  readonly revision: string
  readonly message: string
  readonly parents: readonly string[]
  readonly children: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  readonly source: string
  /** `head`, `current`, `branchpoint`, `mergepoint`. */
  readonly marks: readonly string[]
  readonly appliedAt?: string
}

export function revisionFacts(
  graph: RevisionGraph<RevisionHeader>,
  revision: string,
  current: readonly string[],
  appliedAt?: string,
): RevisionFacts {
  const header = graph.get(revision)
  const children = graph.childrenOf(revision)
  const marks = [
    ...(children.length === 0 ? ['head'] : []),
    ...(current.includes(revision) ? ['current'] : []),
    ...(children.length > 1 ? ['branchpoint'] : []),
    ...(header.parents.length > 1 ? ['mergepoint'] : []),
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
    ...(appliedAt === undefined ? {} : { appliedAt }),
  }
}

export function describeRevision(facts: RevisionFacts): string {
  const marks = facts.marks.length === 0 ? '' : ` (${facts.marks.join(') (')})`
  const list = (ids: readonly string[], none: string): string => (ids.length === 0 ? none : ids.join(', '))
  const lines: readonly (readonly [string, string])[] = [
    ['message', facts.message],
    ['parents', list(facts.parents, '<base>')],
    ['children', list(facts.children, 'none')],
    ...(facts.dependsOn.length === 0 ? [] : [['depends on', facts.dependsOn.join(', ')] as const]),
    ...(facts.branchLabels.length === 0 ? [] : [['labels', facts.branchLabels.join(', ')] as const]),
    ...(facts.appliedAt === undefined ? [] : [['applied', facts.appliedAt] as const]),
    ['file', facts.source],
  ]
  return `${facts.revision}${marks}\n${columns(
    lines.map(([name, value]) => [name, oneLine(value)]),
    '  ',
  )}`
}
