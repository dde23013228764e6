import { graphOf, type Revision, revisions, type Tier } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import type { DisturbedDialect } from '../runner/dialects.ts'
import { opaque } from './mysql.ts'
import { mixed } from './postgres.ts'
import { backfills, changes } from './revisions.ts'
import { slow } from './slow.ts'
import { rebuilds } from './sqlite.ts'

/** Revisions that runs are disturbed in. */
export interface Scenario {
  tiers(dialect: DisturbedDialect): readonly Tier[]
}

export type ScenarioName = 'openWebui' | 'changes' | 'backfills' | 'mixed' | 'opaque' | 'rebuilds' | 'slow'

const ofRevisions = (chain: readonly Revision[]): Scenario => ({ tiers: () => [graphOf(revisions(chain))] })

export const scenarios: { readonly [N in ScenarioName]: Scenario } = {
  openWebui: { tiers: () => openWebuiTiers() },
  changes: ofRevisions(changes),
  backfills: ofRevisions(backfills),
  mixed: ofRevisions(mixed),
  opaque: ofRevisions(opaque),
  rebuilds: ofRevisions(rebuilds),
  slow: { tiers: (dialect) => [graphOf(revisions(slow[dialect]))] },
}
