import { isTextOrTexts, isTexts, requireArguments } from '../../errors/option-check.ts'
import { isGraph } from '../argument-checks.ts'
import { requireSeparateTargets } from '../extremes.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { resolveTargets } from '../target.ts'
import { requireRowsInGraph, requireSeparateRows } from './applied-rows.ts'
import { followHeads } from './head-moves.ts'
import type { RevisionPlan } from './plan.ts'

/**
 * What an upgrade runs: everything below the target over parents and dependencies that is not applied yet. A target that
 * is applied already gives a plan without steps.
 *
 * @param current the rows of the version table
 *
 * Throws what `resolveTargets` throws, UNKNOWN_APPLIED_REVISION, OVERLAPPING_TARGETS.
 *
 * ```ts
 * planUpgrade(graph, [], 'head').steps.map((step) => step.revision)
 * ```
 */
export function planUpgrade(
  graph: RevisionGraph,
  current: readonly string[],
  target: string | readonly string[],
): RevisionPlan {
  requireArguments(
    'planUpgrade',
    { graph, current, target },
    { graph: isGraph, current: isTexts, target: isTextOrTexts },
  )
  const from = requireRowsInGraph(graph, current)
  requireSeparateRows(graph, from)
  const targets = resolveTargets(graph, target, { current: from, direction: 'up' })
  requireSeparateTargets(graph, targets)
  const ancestors = graph.ancestorsOf(targets)
  const moves = followHeads(graph, from)
  const steps = graph.order
    .filter((id) => ancestors.has(id) && !moves.isApplied(id))
    .map((revision) => ({ revision, direction: 'up' as const, ...moves.up(revision) }))
  return { from, to: moves.heads(), steps }
}
