import { isFlag, isTextOrTexts, isTexts, requireArguments, requireOptions } from '../../errors/option-check.ts'
import { isGraph } from '../argument-checks.ts'
import { requireSeparateTargets } from '../extremes.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { resolveInBranch } from '../target.ts'
import { compareIds } from '../vertex.ts'
import { requireRowsInGraph } from './applied-rows.ts'
import type { RowChange, StampPlan } from './plan.ts'

interface StampOptions {
  /** Forget all rows first, also those that the graph does not have. */
  readonly purge?: boolean
}

/**
 * Rows and targets that stand on each other move together; the rest is inserted. The lines are taken of whichever side
 * has fewer members: a single target over thousands of heads is one look, not thousands.
 */
function group(graph: RevisionGraph, rows: readonly string[], targets: readonly string[]): RowChange[] {
  const related = new Set([...graph.ancestorsOf(targets), ...graph.descendantsOf(targets)])
  const targetIds = new Set(targets)
  const old = rows.filter((id) => related.has(id) && !targetIds.has(id))
  const [few, many] = old.length < targets.length ? [old, targets] : [targets, old]
  const groupOf = new Map<string, Set<string>>(targets.map((id) => [id, new Set([id])]))
  for (const id of few) {
    const lineage = graph.lineageOf(id, 'all')
    const joined = groupOf.get(id) ?? new Set([id])
    groupOf.set(id, joined)
    for (const other of many) {
      if (!lineage.has(other)) continue
      for (const member of groupOf.get(other) ?? [other]) {
        joined.add(member)
        groupOf.set(member, joined)
      }
    }
  }
  const isRow = new Set(rows)
  return [...new Set(groupOf.values())].map((members) => ({
    from: [...members].filter((id) => isRow.has(id)).sort(compareIds),
    to: [...members].filter((id) => targetIds.has(id)).sort(compareIds),
  }))
}

function isMove({ from, to }: RowChange): boolean {
  return from.length !== to.length || from.some((id, i) => id !== to[i])
}

/**
 * Which rows a stamp writes: rows that stand on the target, or that it stands on, become it; rows of other branches stay.
 * `base` deletes all rows, `branch@base` those of the branch.
 *
 * @param current the rows of the version table
 *
 * Throws what `resolveTargets` throws, OVERLAPPING_TARGETS, and without `purge` UNKNOWN_APPLIED_REVISION.
 *
 * ```ts
 * planStamp(graph, ['c1', 'c2'], 'b').changes // [{ from: ['c1', 'c2'], to: ['b'] }]
 * ```
 */
export function planStamp(
  graph: RevisionGraph,
  current: readonly string[],
  target: string | readonly string[],
  options: StampOptions = {},
): StampPlan {
  requireArguments('planStamp', { graph, current, target }, { graph: isGraph, current: isTexts, target: isTextOrTexts })
  requireOptions('planStamp', options, { purge: isFlag })
  const rows = options.purge ? [...new Set(current)].sort(compareIds) : requireRowsInGraph(graph, current)
  const rowsInGraph = rows.filter((id) => graph.has(id))
  const resolved = (typeof target === 'string' ? [target] : target).map((text) =>
    resolveInBranch(graph, text, { current: rowsInGraph }),
  )
  const targets = [...new Set(resolved.flatMap(({ revisions }) => revisions))].sort(compareIds)
  requireSeparateTargets(graph, targets)
  if (options.purge) {
    const all = { from: rows, to: targets }
    return { from: rows, to: targets, changes: isMove(all) ? [all] : [] }
  }
  const removed = new Set<string>()
  for (const { revisions, branch } of resolved) {
    if (revisions.length > 0) continue
    const lineage = branch === undefined ? undefined : graph.lineageOf(branch, 'all')
    for (const id of rows) if (lineage?.has(id) ?? true) removed.add(id)
  }
  const moves = group(graph, rows, targets)
  for (const { from } of moves) for (const id of from) removed.delete(id)
  const changes = [...Array.from(removed, (id) => ({ from: [id], to: [] })), ...moves].filter(isMove)
  const remaining = new Set([...rows, ...targets])
  for (const { from } of changes) for (const id of from) remaining.delete(id)
  for (const { to } of changes) for (const id of to) remaining.add(id)
  return { from: rows, to: [...remaining].sort(compareIds), changes }
}

/** The revisions that a stamp makes applied or pending, with those that they replace. */
export function movedByStamp(graph: RevisionGraph, rows: readonly string[], to: readonly string[]): readonly string[] {
  const before = graph.ancestorsOf(rows.filter((id) => graph.has(id)))
  const after = graph.ancestorsOf(to)
  const moved = [...before, ...after].filter((id) => !before.has(id) || !after.has(id))
  return [...moved, ...moved.flatMap((id) => graph.get(id).replaces ?? [])]
}
