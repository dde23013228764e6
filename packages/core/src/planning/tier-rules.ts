import { historySource } from '../bookkeeping/history.ts'
import type { Tier } from '../files/tier.ts'
import { planUpgrade } from '../graph/selection/plan-upgrade.ts'
import type { TierGraph } from './route.ts'

/** What differs between the kinds of tiers behind their source and their store. */
interface TierRules {
  /** The revisions in the order in which an empty database takes them. */
  order(each: TierGraph): readonly string[]
  /** The heads of the files. */
  heads(each: TierGraph): readonly string[]
  /** Of what is recorded: where the tier is. For a sequential one people want its last name, not every name. */
  position(applied: readonly string[]): readonly string[]
  /** Every applied revision, not only what is recorded. */
  applied(each: TierGraph): ReadonlySet<string>
  pending(each: TierGraph): readonly string[]
  /** Applied, and no file has them; those that only the history knows included. */
  missing(each: TierGraph): readonly string[]
}

/** Of a program that a newer one has overtaken: what lies on no way to what that left. Where a way cannot be seen, nothing. */
function revisionsNotBelowApplied({ graph, applied, names }: TierGraph): readonly string[] {
  if (!applied.every((revision) => graph.has(revision))) return []
  const below = graph.ancestorsOf(applied)
  return names.filter((revision) => !below.has(revision))
}

const graphRules: TierRules = {
  order: ({ graph }) => graph.order,
  heads: ({ graph }) => graph.heads,
  position: (applied) => applied,
  applied: ({ graph, applied }) =>
    new Set([...applied, ...graph.ancestorsOf(applied.filter((revision) => graph.has(revision)))]),
  pending: (each) =>
    each.unknown.length > 0
      ? revisionsNotBelowApplied(each)
      : [
          ...(each.squashed?.unrecorded ?? []).map(({ revision }) => revision),
          ...planUpgrade(each.graph, each.applied, 'heads').steps.map(({ revision }) => revision),
        ],
  missing(each) {
    const { graph, names, unknown } = each
    const lost = unknown.filter((revision) => !graph.has(revision))
    if (graph.size === names.length) return lost
    const applied = graphRules.applied(each)
    return [...lost, ...graph.order.filter((id) => applied.has(id) && graph.get(id).source === historySource)]
  },
}

const sequentialRules: TierRules = {
  order: ({ names }) => names,
  heads: ({ names }) => names.slice(-1),
  position: (applied) => [...applied].sort().slice(-1),
  applied: ({ applied }) => new Set(applied),
  pending({ names, applied }) {
    const done = new Set(applied)
    return names.filter((name) => !done.has(name))
  },
  missing: ({ unknown }) => unknown,
}

const rules: { readonly [K in Tier['kind']]: TierRules } = { graph: graphRules, sequential: sequentialRules }

export const rulesOf = ({ tier }: Pick<TierGraph, 'tier'>): TierRules => rules[tier.kind]
