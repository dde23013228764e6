import { isList, isRecord, isTexts, type OptionCheck, requireArguments } from '../../errors/option-check.ts'
import { isGraph } from '../argument-checks.ts'
import type { RevisionGraph } from '../revision-graph.ts'
import { compareIds } from '../vertex.ts'
import type { HeadChange, RevisionPlan } from './plan.ts'

/** How the rows of the version table move: INSERT, UPDATE, UPDATE and DELETE, UPDATE and INSERT, DELETE. */
type HeadMoveKind = 'none' | 'create' | 'update' | 'merge' | 'unmerge' | 'delete'

const isHeadChange: OptionCheck = (value) => {
  const { removed, added } = (isRecord(value) === undefined ? value : {}) as {
    readonly [K in keyof HeadChange]?: unknown
  }
  return isTexts(removed) === undefined && isTexts(added) === undefined
    ? undefined
    : 'two lists are expected: removed and added'
}

export function headMoveKind(change: HeadChange): HeadMoveKind {
  requireArguments('headMoveKind', { change }, { change: isHeadChange })
  const { removed, added } = change
  if (removed.length === 0) return added.length === 0 ? 'none' : 'create'
  if (added.length === 0) return 'delete'
  if (removed.length > 1) return 'merge'
  return added.length > 1 ? 'unmerge' : 'update'
}

/** The heads after a change, sorted. */
function applyHeadChange(heads: readonly string[], change: HeadChange): readonly string[] {
  requireArguments('applyHeadChange', { heads, change }, { heads: isTexts, change: isHeadChange })
  const { removed, added } = change
  const after = new Set(heads)
  for (const id of removed) after.delete(id)
  for (const id of added) after.add(id)
  return [...after].sort(compareIds)
}

const isPlan: OptionCheck = (value) => {
  const { from, steps } = (isRecord(value) === undefined ? value : {}) as {
    readonly [K in keyof RevisionPlan]?: unknown
  }
  return isTexts(from) ?? isList(steps)
}

/** The heads after each step of a plan, sorted; each is made when it is asked for. */
export function* headsAlong(plan: RevisionPlan): Generator<readonly string[], void, void> {
  requireArguments('headsAlong', { plan }, { plan: isPlan })
  let heads = plan.from
  for (const step of plan.steps) {
    heads = applyHeadChange(heads, step)
    yield heads
  }
}

interface HeadMoves {
  /** Whether the revision is applied, by a row or because something applied stands on it. */
  isApplied(revision: string): boolean
  /** Everything below `revision` must be applied, itself not. */
  up(revision: string): HeadChange
  /** `revision` must be applied, nothing above it. */
  down(revision: string): HeadChange
  /** Sorted. */
  heads(): readonly string[]
}

/**
 * Follows what is applied, revision by revision. The heads are the maximal elements of the applied set over parents and
 * dependencies: a branch that something applied depends on has no row until that is reverted. As the applied set always
 * holds everything below its members, a member is maximal exactly if none of its direct successors is applied; they are
 * counted once per revision and then kept, so that a whole run costs as much as the edges it passes.
 *
 * @param rows no row may be another one's ancestor
 */
export function followHeads(graph: RevisionGraph, rows: readonly string[]): HeadMoves {
  requireArguments('followHeads', { graph, rows }, { graph: isGraph, rows: isTexts })
  const heads = new Set(rows)
  const applied = new Set(graph.ancestorsOf(heads))
  const appliedAbove = new Map<string, number>()

  const countAbove = (revision: string): number => {
    const cached = appliedAbove.get(revision)
    if (cached !== undefined) return cached
    return graph.afterOf(revision).reduce((count, id) => (applied.has(id) ? count + 1 : count), 0)
  }

  return {
    isApplied: (revision) => applied.has(revision),
    heads: () => [...heads].sort(compareIds),
    up: (revision) => {
      const removed: string[] = []
      for (const below of graph.beforeOf(revision)) {
        appliedAbove.set(below, countAbove(below) + 1)
        if (heads.delete(below)) removed.push(below)
      }
      applied.add(revision)
      heads.add(revision)
      return { removed, added: [revision] }
    },
    down: (revision) => {
      const added: string[] = []
      for (const below of graph.beforeOf(revision)) {
        const remaining = countAbove(below) - 1
        appliedAbove.set(below, remaining)
        if (remaining === 0) {
          heads.add(below)
          added.push(below)
        }
      }
      applied.delete(revision)
      heads.delete(revision)
      return { removed: [revision], added }
    },
  }
}
