import type { Session } from '../dialect/session.ts'
import { findEdited } from './edited.ts'
import { look } from './look.ts'
import type { MigratorState, TierState } from './migrator-types.ts'
import type { Settled } from './options.ts'
import { headsOf, readTierGraphs } from './planning.ts'
import { countKept } from './records.ts'
import { planRoute, type TierGraph } from './route.ts'

function pendingOf(each: TierGraph): readonly string[] {
  if (each.tier.kind === 'sequential') {
    const applied = new Set(each.applied)
    return each.names.filter((name) => !applied.has(name))
  }
  if (each.unknown.length > 0) return []
  const route = planRoute([each], 'heads', { direction: 'up' })
  return route.steps.map(({ step }) => step.revision)
}

/** Where the database stands, read without a lock and without writing. */
export async function readState(settled: Settled, session: Session): Promise<MigratorState> {
  const found = await look(settled, session)
  const graphs = await readTierGraphs(settled, session, found)
  const tiers = graphs.map(
    (each): TierState => ({
      ...headsOf(each, each.applied),
      kind: each.tier.kind,
      pending: pendingOf(each),
      unknown: each.unknown,
    }),
  )
  const pending = tiers.reduce((sum, tier) => sum + tier.pending.length, 0)
  const ahead = tiers.some((tier) => tier.kind === 'graph' && tier.unknown.length > 0)
  const state =
    found.foreign !== undefined
      ? 'foreign'
      : ahead
        ? 'ahead'
        : pending === 0
          ? 'at-head'
          : found.empty
            ? 'empty'
            : 'behind'
  return {
    state,
    database: settled.dialect.database,
    revision: tiers.at(-1)?.heads ?? [],
    pending,
    tiers,
    edited: await findEdited(settled, session, graphs, found.present.has(settled.names.history)),
    begun: found.open.map(({ tier, revision, direction, startedAt }) => ({ tier, revision, direction, startedAt })),
    kept: found.present.has(settled.names.kept) ? await countKept(settled, session) : 0,
  }
}
