import type { ForecastStep } from '../../compile/compile-step.ts'
import type { PlannedLoss } from '../../compile/plan.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { PreparedStep } from '../prepare.ts'
import { basesOf } from './bases.ts'
import type { Dropped } from './drops.ts'
import { lossName } from './losses.ts'
import { forecastReplay } from './replay.ts'

export interface ForecastBases {
  /** The upgrade that is run and taken back after the downgrade rebuilds tables. */
  readonly foreignKeys?: 'off'
  /** Says of what is preserved why no upgrade restores it by itself. */
  explain(loss: PlannedLoss): PlannedLoss
}

/** What will decide over the values that a downgrade preserves. */
export function forecastBases(
  dialect: Dialect,
  compiled: ForecastStep,
  prepared: PreparedStep,
  drops: readonly Dropped[],
): ForecastBases {
  if (drops.length === 0) return { explain: (loss) => loss }
  const replay = forecastReplay(dialect, compiled.after, prepared, compiled.parts !== undefined)
  const upgrade = (prepared.upgrade ?? []).map((each) => each.operation)
  const baseOf = basesOf(dialect, upgrade, replay.why)
  const bases = new Map(drops.map((each) => [lossName(each), baseOf(each.table.ref, each.column ?? '')]))
  const isReplayed = [...bases.values()].some(({ kind }) => kind === 'replay')
  return {
    ...(isReplayed && replay.foreignKeys === 'off' ? { foreignKeys: 'off' as const } : {}),
    explain(loss) {
      const base = bases.get(loss.object)
      return loss.preserved && loss.rows !== 0 && base?.kind === 'unknown' ? { ...loss, byHand: base.why } : loss
    },
  }
}
