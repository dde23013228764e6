import { MigrateError } from '../errors/migrate-error.ts'
import { isTexts, oneOf, optional, requireArguments } from '../errors/option-check.ts'
import { isGraph } from './argument-checks.ts'
import type { Edges, RevisionGraph } from './revision-graph.ts'
import { compareIds } from './vertex.ts'

/** What lies below the revisions; one of them only if another stands on it. */
function strictlyBelow(graph: RevisionGraph, revisions: Iterable<string>, edges: Edges = 'all'): ReadonlySet<string> {
  const below = new Set<string>()
  const before = (id: string): readonly string[] => (edges === 'all' ? graph.beforeOf(id) : graph.parentsOf(id))
  for (const revision of revisions) for (const id of before(revision)) below.add(id)
  return graph.ancestorsOf(below, edges)
}

/** Those that are no other one's ancestor over parents and dependencies, sorted, each once. */
export function maximalOf(graph: RevisionGraph, revisions: Iterable<string>): readonly string[] {
  const given = new Set(revisions)
  const below = strictlyBelow(graph, given)
  return [...given].filter((id) => !below.has(id)).sort(compareIds)
}

/** The tips by parents of what the rows imply: the rows and the branches that something applied depends on. */
export function branchTips(graph: RevisionGraph, rows: readonly string[]): readonly string[] {
  requireArguments('branchTips', { graph, rows }, { graph: isGraph, rows: isTexts })
  const applied = graph.ancestorsOf(rows)
  const parents = new Set<string>()
  for (const id of applied) for (const parent of graph.parentsOf(id)) parents.add(parent)
  return [...applied].filter((id) => !parents.has(id)).sort(compareIds)
}

/** Some that stand on each other; empty where none do. */
export function overlapsOf(graph: RevisionGraph, revisions: Iterable<string>, edges?: Edges): readonly string[] {
  const given = [...new Set(revisions)].sort(compareIds)
  if (given.length < 2) return []
  const below = strictlyBelow(graph, given, edges)
  const lower = given.find((id) => below.has(id))
  if (lower === undefined) return []
  const above = graph.descendantsOf([lower], edges)
  return given.filter((id) => above.has(id))
}

/** Throws OVERLAPPING_TARGETS where one of the targets is another one's ancestor; `edges` is `all` unless told. */
export function requireSeparateTargets(graph: RevisionGraph, targets: readonly string[], edges?: Edges): void {
  const checks = { graph: isGraph, targets: isTexts, edges: optional(oneOf('parents', 'all')) }
  requireArguments('requireSeparateTargets', { graph, targets, edges }, checks)
  const revisions = overlapsOf(graph, targets, edges)
  if (revisions.length === 0) return
  throw new MigrateError(
    'OVERLAPPING_TARGETS',
    { revisions },
    `The targets ${revisions.join(', ')} overlap: one of them is already part of another.`,
  )
}
