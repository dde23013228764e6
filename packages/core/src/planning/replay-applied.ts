import type { Dialect } from '../dialect/dialect.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOpaque } from '../operations/operation.ts'
import { compiledFrom } from './prepare.ts'
import { recordUpgrade } from './recording/record-file.ts'
import type { TierGraph } from './route.ts'
import { rulesOf } from './tier-rules.ts'

export interface ReplayResult {
  readonly schema: SchemaModel
  /** Revisions with SQL that does not say what it does: what they made of it is not in the schema. */
  readonly opaque: readonly string[]
}

/** What some revisions make of an empty database, from their files alone. */
async function replayRevisions(
  dialect: Dialect,
  tiers: readonly TierGraph[],
  isMeant: (each: TierGraph, revision: string) => boolean,
): Promise<ReplayResult> {
  let schema = emptySchema
  const opaque: string[] = []
  for (const each of tiers) {
    for (const revision of rulesOf(each).order(each)) {
      if (!isMeant(each, revision)) continue
      const { operations } = await recordUpgrade(dialect, each, revision)
      if (operations.some(({ operation }) => isOpaque(operation))) opaque.push(revision)
      for (const { operation } of compiledFrom(dialect, schema, operations))
        schema = dialect.model.apply(schema, operation)
    }
  }
  return { schema, opaque }
}

/** What the applied revisions make of an empty database. */
export function replayApplied(dialect: Dialect, tiers: readonly TierGraph[]): Promise<ReplayResult> {
  const applied = new Map(
    tiers.map((each) => [
      each,
      each.tier.kind === 'graph' ? each.graph.ancestorsOf(each.applied) : new Set(each.applied),
    ]),
  )
  return replayRevisions(dialect, tiers, (each, revision) => applied.get(each)?.has(revision) ?? false)
}

/** What all revisions make of an empty database. */
export function replayAll(dialect: Dialect, tiers: readonly TierGraph[]): Promise<ReplayResult> {
  return replayRevisions(dialect, tiers, () => true)
}

/** What a revision of the graph (null: none) and all before it make of an empty database; the earlier tiers have gone their whole way. */
export function replayUpTo(
  dialect: Dialect,
  tiers: readonly TierGraph[],
  revision: string | null,
): Promise<ReplayResult> {
  const ancestorsByTier = new Map(
    tiers.map(({ tier, graph }) => [
      tier.name,
      revision !== null && graph.has(revision) ? graph.ancestorsOf([revision]) : undefined,
    ]),
  )
  return replayRevisions(
    dialect,
    tiers,
    ({ tier }, id) => ancestorsByTier.get(tier.name)?.has(id) ?? tier.kind === 'sequential',
  )
}
