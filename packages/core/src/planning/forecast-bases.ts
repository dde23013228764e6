import { type ForecastStep, forecastStep } from '../compile/compile-step.ts'
import type { PlannedLoss } from '../compile/plan.ts'
import { rowKeyOf } from '../data-steps/paging.ts'
import { type Base, basesOf, noReplayOn } from '../data-steps/preserved/bases.ts'
import { byForeignKey, noKey, notThere } from '../data-steps/preserved/digests.ts'
import { type DroppedObject, followNames } from '../data-steps/preserved/drops.ts'
import { lossName } from '../data-steps/preserved/losses.ts'
import { missingColumn } from '../data-steps/preserved/sources.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { findTable, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation, StepSource } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import type { ExecutableStep } from './prepare.ts'

/** Whether the upgrade of a downgraded step can be run and taken back directly after it. */
interface ReplayForecast {
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

interface ForecastBases {
  /** The upgrade that is run and taken back after the downgrade rebuilds tables. */
  readonly foreignKeys?: 'off'
  /** Says of what is preserved why no upgrade restores it by itself. */
  explain(loss: PlannedLoss): PlannedLoss
}

/** Why no digest of sources can be stored beside values; undefined: it can. */
function noDigest(
  dialect: Dialect,
  model: SchemaModel,
  upgrade: readonly Operation[],
  sources: readonly StepSource[],
  { table }: DroppedObject,
): string | undefined {
  const names = followNames(upgrade)
  const key = tableKey(table.ref)
  for (const source of sources) {
    const missing = missingColumn(model, source)
    if (missing !== undefined) return notThere(missing)
    const read = findTable(model, source.table)
    const isEveryRow =
      source.rows === undefined &&
      names.table(key) !== tableKey(source.table) &&
      byForeignKey({ upgrade, names, model }, key, source.table) === undefined
    if (isEveryRow && read !== undefined && rowKeyOf(dialect, read) === undefined) return noKey(source.table)
  }
  return undefined
}

/** What will decide over the values that a downgrade preserves. */
export function forecastBases(
  dialect: Dialect,
  compiled: ForecastStep,
  executableStep: ExecutableStep,
  drops: readonly DroppedObject[],
): ForecastBases {
  if (drops.length === 0) return { explain: (loss) => loss }
  const replay = forecastReplay(dialect, compiled.after, executableStep, compiled.parts !== undefined)
  const upgrade = operationsOf(executableStep.upgrade ?? [])
  const baseOf = basesOf(dialect, upgrade, replay.why)
  const bases = new Map(
    drops.map((each): [string, Base] => {
      const base = baseOf(each.table.ref, each.column ?? '')
      const why = base.kind === 'sources' ? noDigest(dialect, compiled.after, upgrade, base.sources, each) : undefined
      return [lossName(each), why === undefined ? base : { kind: 'unknown', why }]
    }),
  )
  const isReplayed = [...bases.values()].some(({ kind }) => kind === 'replay')
  return {
    ...(isReplayed && replay.foreignKeys === 'off' ? { foreignKeys: 'off' as const } : {}),
    explain(loss) {
      const base = bases.get(loss.object)
      return loss.preserved && loss.rows !== 0 && base?.kind === 'unknown' ? { ...loss, byHand: base.why } : loss
    },
  }
}
