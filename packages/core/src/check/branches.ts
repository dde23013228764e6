import { resolveTargets } from '../graph/target.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { recordUpgrade } from '../planning/prepare.ts'
import { graphsOfFiles, selectTier } from '../planning/route.ts'
import { type BranchPair, compareBranches } from './compare-branches.ts'

/** What the branches of a tier touch since they parted, from the files alone. Only the files of their sides are imported. */
export async function checkBranches(
  resolved: ResolvedOptions,
  names: readonly string[],
  tier: string | undefined,
): Promise<readonly BranchPair[]> {
  const each = selectTier(await graphsOfFiles(resolved), tier)
  const { graph } = each
  // A line has no branches.
  if (each.tier.kind === 'sequential') return []
  const heads = names.length === 0 ? graph.effectiveHeads : resolveTargets(graph, names)
  const lineages = heads.map((head) => graph.ancestorsOf([head]))
  const recorded = new Map<string, readonly Operation[]>()
  for (const revision of graph.order) {
    const on = lineages.filter((lineage) => lineage.has(revision)).length
    if (on === 0 || on === lineages.length) continue
    const { operations } = await recordUpgrade(resolved.dialect, each, revision)
    recorded.set(
      revision,
      operations.map(({ operation }) => operation),
    )
  }
  return compareBranches(graph, (revision) => recorded.get(revision) ?? [], heads)
}
