import { historyKey, readPresent } from '../bookkeeping/history.ts'
import type { Session } from '../dialect/session.ts'
import { isSquashed } from '../graph/current-nodes.ts'
import {
  type InsideSquash,
  isOfRange,
  type ReplacedNodes,
  type ReplacedPosition,
  type Replacement,
  refuseInside,
  replaceNodes,
} from '../graph/replace.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import type { RevisionGraph } from '../graph/revision-graph.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { SquashState } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'

/** What is planned differently where a tier has squashed revisions. Loaded only for such a tier. */
export interface SquashedTier {
  /** Squashed revisions whose range is applied, and that the database does not record yet. */
  readonly unrecorded: readonly Replacement[]
  /** Squashed revisions of whose range a part is applied. */
  readonly inside: readonly InsideSquash[]
  /** Files of revisions that an unrecorded one replaces. */
  readonly replaced: readonly RevisionHeader[]
  /** The rows of the version table for applied revisions: of a squashed one that is not recorded yet, the head of its range. */
  rows(applied: readonly string[]): readonly string[]
  /** Steps down from a squashed revision that the database does not record yet: its row is still that of the range. */
  actualRows(steps: readonly RevisionStep[]): readonly RevisionStep[]
  /** Upwards a database leaves the range of a squashed revision only with a target in it. Throws INSIDE_SQUASH. */
  refuseInside(requested: string | undefined): void
  withRecordings(added: readonly Replacement[]): SquashedTier
  /** What records squashed revisions without running them. */
  recordings(): readonly RevisionStep[]
  /** For a report, in the order of the graph. */
  states(graph: RevisionGraph<RevisionHeader>, applied: ReadonlySet<string>): readonly SquashState[]
}

function squashedTier(
  files: readonly RevisionHeader[],
  { unrecorded, inside }: Pick<SquashedTier, 'unrecorded' | 'inside'>,
): SquashedTier {
  const rows = (applied: readonly string[]): readonly string[] => {
    const heads = new Map(
      unrecorded.flatMap(({ revision, removed }) => (removed.length > 0 ? [[revision, removed] as const] : [])),
    )
    return applied.flatMap((row) => heads.get(row) ?? [row])
  }
  return {
    unrecorded,
    inside,
    rows,
    get replaced() {
      const waiting = new Set(unrecorded.map(({ revision }) => revision))
      const names = new Set(files.flatMap(({ revision, replaces = [] }) => (waiting.has(revision) ? replaces : [])))
      return files.filter(({ revision }) => names.has(revision))
    },
    withRecordings: (added) => squashedTier(files, { inside, unrecorded: [...added, ...unrecorded] }),
    actualRows: (steps) => steps.map((step) => ({ ...step, removed: rows(step.removed) })),
    refuseInside(requested) {
      const refused = inside.find((each) => each.missing.length > 0 || !isOfRange(each, requested))
      if (refused !== undefined) refuseInside(refused)
    },
    recordings: () =>
      unrecorded.map(({ revision, removed }) => ({
        revision,
        direction: 'up',
        removed,
        added: removed.length === 0 ? [] : [revision],
      })),
    states(graph, applied) {
      const partial = new Set(inside.map(({ squash }) => squash))
      const waiting = new Set(unrecorded.map(({ revision }) => revision))
      return [
        ...inside.map(
          ({ squash, replaced }): SquashState => ({ revision: squash, replaces: replaced, state: 'inside' }),
        ),
        ...graph.order.flatMap((revision): SquashState[] => {
          const { replaces = [] } = graph.get(revision)
          if (replaces.length === 0 || partial.has(revision)) return []
          const state = waiting.has(revision) ? 'unrecorded' : applied.has(revision) ? 'applied' : 'pending'
          return [{ revision, replaces, state }]
        }),
      ]
    },
  }
}

/** The headers of a tier as a database sees them, and what is planned differently for it. Throws SQUASH_CROSSED. */
export function replaceHeaders(
  files: readonly RevisionHeader[],
  position: ReplacedPosition,
): Pick<ReplacedNodes<RevisionHeader>, 'nodes' | 'rows' | 'rename'> & { readonly squashed: SquashedTier } {
  const replaced = replaceNodes(files, position)
  return { ...replaced, squashed: squashedTier(files, replaced) }
}

interface TierWithSquashes {
  readonly tier: { readonly name: string }
  readonly graph: RevisionGraph<RevisionHeader>
  readonly applied: readonly string[]
  readonly squashed?: SquashedTier | undefined
}

/** Adds squashed revisions below what is applied of which the history has no row: their range was applied before they were written. */
export async function withUnrecorded<T extends TierWithSquashes>(
  { dialect, names }: UnloadedOptions,
  session: Session,
  { present }: BookkeepingInspection,
  tiers: readonly T[],
): Promise<readonly T[]> {
  const below = tiers.map(({ graph, applied, squashed }) => {
    if (squashed === undefined) return []
    const ancestors = graph.ancestorsOf(applied.filter((id) => graph.has(id)))
    const isUnrecorded = (id: string): boolean => squashed.unrecorded.some(({ revision }) => revision === id)
    return graph.ids.filter((id) => ancestors.has(id) && isSquashed(graph.get(id)) && !isUnrecorded(id))
  })
  if (!present.has(names.history) || below.every((ids) => ids.length === 0)) return tiers
  const { hashes } = await readPresent(dialect, names, session)
  return tiers.map((each, at) => {
    const more = (below[at] ?? []).filter((id) => !hashes.has(historyKey(each.tier.name, id)))
    if (each.squashed === undefined || more.length === 0) return each
    const added = more.map((revision) => ({ revision, removed: [] }))
    return { ...each, squashed: each.squashed.withRecordings(added) }
  })
}
