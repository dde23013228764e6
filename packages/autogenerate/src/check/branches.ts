import type { Migrator, Operation } from '@org/migrate-core'
import { isText, requireArgument, requireOptions } from '@org/migrate-core/dialect'
import {
  contextOf,
  graphsOfFiles,
  isTexts,
  recordUpgrade,
  resolveTargets,
  selectTier,
} from '@org/migrate-core/internal'
import { type BranchPair, compareBranches } from './compare-branches.ts'

/**
 * Whether the branches of a tier touch the same things since they parted, from the files alone; default: all its heads. Only the files
 * of their sides are imported.
 *
 * Throws INVALID_OPTION, TIER_UNKNOWN, and what resolving the heads and recording the files throws.
 */
export async function checkBranches(
  migrator: Migrator,
  names: readonly string[] = [],
  options: { readonly tier?: string } = {},
): Promise<readonly BranchPair[]> {
  const { resolved } = contextOf('checkBranches', migrator)
  requireArgument('checkBranches', 'heads', names, isTexts)
  const { tier } = requireOptions('checkBranches', options, { tier: isText })
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
