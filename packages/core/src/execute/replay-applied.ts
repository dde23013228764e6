import type { Dialect } from '../dialect/dialect.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { compiledFrom, recordUpgrade } from './prepare.ts'
import type { TierGraph } from './route.ts'

/** What the applied revisions make of an empty database, from their files alone. */
export async function replayApplied(dialect: Dialect, tiers: readonly TierGraph[]): Promise<SchemaModel> {
  let model = emptySchema
  for (const each of tiers) {
    const applied = each.tier.kind === 'graph' ? each.graph.ancestorsOf(each.applied) : new Set(each.applied)
    for (const revision of each.tier.kind === 'graph' ? each.graph.order : each.names) {
      if (!applied.has(revision)) continue
      const { operations } = await recordUpgrade(dialect, each, revision)
      for (const { operation } of compiledFrom(dialect, model, operations)) model = dialect.advance(model, operation)
    }
  }
  return model
}
