import type { Plan, PlannedLoss, PlannedRestore } from '@org/migrate-core'

export const lossKey = ({ object, how, preserved, refused, why, byHand }: PlannedLoss): string =>
  JSON.stringify([object, how, preserved, refused, why, byHand])

/** Unknown where one of them is. */
const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b

/** With what the same steps take away in another database, too. */
export function lossOfBoth({ rows: own, ...loss }: PlannedLoss, other: PlannedLoss): PlannedLoss {
  const rows = sum(own, other.rows)
  const bytes = (loss.bytes ?? 0) + (other.bytes ?? 0)
  return {
    ...loss,
    ...(rows === undefined ? {} : { rows }),
    ...(loss.uncounted === true || other.uncounted === true ? { uncounted: true } : {}),
    ...(loss.about === true || other.about === true ? { about: true } : {}),
    ...(bytes === 0 ? {} : { bytes }),
  }
}

function lossesOfBoth(losses: readonly PlannedLoss[], more: readonly PlannedLoss[]): readonly PlannedLoss[] {
  const byKey = new Map(losses.map((loss) => [lossKey(loss), loss]))
  for (const other of more) {
    const loss = byKey.get(lossKey(other))
    byKey.set(lossKey(other), loss === undefined ? other : lossOfBoth(loss, other))
  }
  return [...byKey.values()]
}

function restoreOfBoth(restore: PlannedRestore, other: PlannedRestore): PlannedRestore {
  const superseded = sum(restore.superseded, other.superseded)
  const undecided = (restore.undecided ?? 0) + (other.undecided ?? 0)
  return {
    values: restore.values + other.values,
    ...(superseded === undefined ? {} : { superseded }),
    ...(undecided === 0 ? {} : { undecided }),
  }
}

/** The plan with what the same steps take away and restore in another database, too. */
export function withRowsOf(plan: Plan, { steps }: Plan): Plan {
  if (steps.every(({ losses, restores }) => losses.length === 0 && restores === undefined)) return plan
  return {
    ...plan,
    steps: plan.steps.map((step, at) => {
      const { losses = [], restores } = steps[at] ?? {}
      const isBoth = restores !== undefined && step.restores !== undefined
      const both = isBoth ? restoreOfBoth(step.restores, restores) : (restores ?? step.restores)
      return { ...step, losses: lossesOfBoth(step.losses, losses), ...(both === undefined ? {} : { restores: both }) }
    }),
  }
}
