import { MigrateError } from '../../errors/migrate-error.ts'
import {
  isFlag,
  isText,
  isTexts,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../../errors/option-check.ts'
import { isGraph } from '../argument-checks.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { resolveInBranch } from '../target.ts'
import { requireRowsInGraph, requireSeparateRows } from './applied-rows.ts'
import { followHeads } from './head-moves.ts'
import type { RevisionPlan } from './plan.ts'

interface DowngradeSelection {
  readonly graph: RevisionGraph
  /** The rows of the version table. */
  readonly rows: readonly string[]
  readonly target: string
  /** The target goes too. */
  readonly inclusive?: boolean
  /** Other branches go down to base as well. */
  readonly everythingElse?: boolean
}

const selectionChecks: OptionChecks<DowngradeSelection> = {
  graph: isGraph,
  rows: isTexts,
  target: isText,
  inclusive: isFlag,
  everythingElse: isFlag,
}

function singleTarget(target: string, revisions: readonly string[]): string | null {
  if (revisions.length > 1) {
    throw new MigrateError(
      'MULTIPLE_HEADS',
      { target, heads: revisions },
      `A downgrade needs one target, but ${JSON.stringify(target)} is ${revisions.length}: ${revisions.join(', ')}.`,
      { remedy: 'Name one revision to go down to, or `base`.' },
    )
  }
  return revisions[0] ?? null
}

/** The lines that can be reverted where the target is applied, and nothing of the line that was named. */
function linesAbove(graph: RevisionGraph, rows: readonly string[], stop: string): string {
  const targets = rows.flatMap((row) => {
    if (!graph.ancestorsOf([row]).has(stop)) return []
    // What only depends on it has no line down to it.
    return [graph.ancestorsOf([row], 'parents').has(stop) ? `\`${row}@${stop}\`` : `\`${row}@-1\``]
  })
  return `Name the line to revert: ${targets.slice(0, 10).join(', ')}.`
}

/**
 * What goes: the children of the target with everything that stands on them, as far as it is applied. What they depended on
 * stays. With a branch, only the children that share its line.
 */
export function selectDowngrade(selection: DowngradeSelection): ReadonlySet<string> {
  requireOptions('selectDowngrade', selection, selectionChecks, ['graph', 'rows', 'target'])
  const { graph, rows, target } = selection
  const resolved = resolveInBranch(graph, target, { current: rows, direction: 'down' })
  const stop = singleTarget(target, resolved.revisions)
  const within = resolved.branch === undefined ? undefined : graph.lineageOf(resolved.branch)
  const above = stop === null ? graph.bases : selection.inclusive ? [stop] : graph.childrenOf(stop)
  const roots = within ? above.filter((id) => within.has(id)) : above
  const applied = graph.ancestorsOf(rows)
  const reverted = new Set<string>()
  for (const id of graph.descendantsOf(roots)) if (applied.has(id)) reverted.add(id)
  if (selection.everythingElse) {
    const remaining = graph.ancestorsOf(roots)
    for (const id of applied) if (!remaining.has(id)) reverted.add(id)
  }
  if (reverted.size === 0 && stop !== null && !rows.includes(stop)) {
    const rowsText = rows.length === 0 ? 'nothing is applied' : `applied is ${rows.slice(0, 10).join(', ')}`
    const why = applied.has(stop) ? 'it is applied, but nothing that follows it in this line' : 'it is not applied'
    throw new MigrateError(
      'INVALID_DOWNGRADE_TARGET',
      { target, applied: rows },
      `Cannot downgrade to ${JSON.stringify(target)}: ${why}; ${rowsText}.`,
      applied.has(stop) ? { remedy: linesAbove(graph, rows, stop) } : {},
    )
  }
  return reverted
}

/**
 * What a downgrade reverts, the latest first. `base` reverts everything, `branch@base` the branch and what stands on it.
 *
 * @param current the rows of the version table
 *
 * Throws what `resolveTargets` throws, UNKNOWN_APPLIED_REVISION, OVERLAPPING_TARGETS (of the rows), and
 * INVALID_DOWNGRADE_TARGET where there is nothing to revert and the target is not where the database stands.
 *
 * ```ts
 * planDowngrade(graph, ['c'], '-1').to // ['b']
 * ```
 */
export function planDowngrade(graph: RevisionGraph, current: readonly string[], target: string): RevisionPlan {
  requireArguments('planDowngrade', { graph, current, target }, { graph: isGraph, current: isTexts, target: isText })
  const from = requireRowsInGraph(graph, current)
  requireSeparateRows(graph, from)
  return revertAll(graph, from, selectDowngrade({ graph, rows: from, target }))
}

/** Those on which none of the remaining stands, the one of the highest rank first; each, once taken, frees what it stood on. */
function byRank(graph: RevisionGraph, reverted: ReadonlySet<string>, rank: (id: string) => number): readonly string[] {
  const remaining = new Set(reverted)
  const isFree = (id: string): boolean => remaining.has(id) && !graph.afterOf(id).some((above) => remaining.has(above))
  const free = new Set([...remaining].filter(isFree))
  const order: string[] = []
  while (free.size > 0) {
    const [first, ...rest] = free
    const next = rest.reduce((latest, id) => (rank(id) > rank(latest) ? id : latest), first ?? '')
    free.delete(next)
    remaining.delete(next)
    order.push(next)
    for (const below of graph.beforeOf(next)) if (isFree(below)) free.add(below)
  }
  return order
}

/**
 * Takes revisions back that are applied, and that no other applied one stands on; the latest first.
 *
 * @param rank where one was applied among the others; default: the order of the graph
 */
export function revertAll(
  graph: RevisionGraph,
  from: readonly string[],
  reverted: ReadonlySet<string>,
  rank?: (id: string) => number,
): RevisionPlan {
  const moves = followHeads(graph, from)
  const order =
    rank === undefined ? graph.order.filter((id) => reverted.has(id)).reverse() : byRank(graph, reverted, rank)
  const steps = order.map((revision) => ({ revision, direction: 'down' as const, ...moves.down(revision) }))
  return { from, to: moves.heads(), steps }
}
