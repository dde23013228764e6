import { forecastStep } from '../compile/compile-step.ts'
import { noReplayOn } from '../data-steps/preserved/bases.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { ExecutableStep } from './prepare.ts'

/** Whether the upgrade of a downgraded step can be run and taken back directly after it. */
export interface ReplayForecast {
  readonly why?: string
  /** It rebuilds tables, which the transaction of the downgrade has to be opened for. */
  readonly foreignKeys?: 'off'
}

/**
 * @param below the tables directly after the downgrade
 * @param commits the downgrade is no single transaction
 */
export function forecastReplay(
  dialect: Dialect,
  below: SchemaModel,
  { upgrade = [] }: ExecutableStep,
  commits: boolean,
): ReplayForecast {
  const why = noReplayOn(dialect, commits)
  if (why !== undefined) return { why }
  if (upgrade.some(({ operation }) => operation.kind === 'run')) return {}
  try {
    const { parts, foreignKeys } = forecastStep(dialect, below, upgrade)
    const late = noReplayOn(dialect, parts !== undefined)
    return late === undefined ? (foreignKeys === undefined ? {} : { foreignKeys }) : { why: late }
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { why: `it does not fit the tables below it (${error.message})` }
  }
}
