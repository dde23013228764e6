import type { Tier } from '@org/migrate-core'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import type { DisturbedDialect } from '../runner/dialects.ts'

/** Revisions that runs are disturbed in. */
export interface Scenario {
  tiers(dialect: DisturbedDialect): readonly Tier[]
}

export type ScenarioName = 'openWebui'

export const scenarios: { readonly [N in ScenarioName]: Scenario } = {
  openWebui: { tiers: () => openWebuiTiers() },
}
