import type { RecordedInverse } from '../bookkeeping/history.ts'
import type { StepRestoreContext } from '../data-steps/preserved/pages/restore-context.ts'
import { holdWritten } from '../data-steps/preserved/restore/interrupted.ts'
import { holdOvertaken, namesBelow, recordRows, restoreRemoved } from '../data-steps/preserved/upgrade.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import { noOperations } from './journal/step-parts.ts'
import type { LiveModel } from './live-model.ts'
import type { RunContext } from './run-context.ts'
import { reportingPreserved } from './step-reports.ts'

/** Work on what the upgrade of this revision preserved, with a report of its own. */
export function onUpgradePreserved(
  context: RunContext,
  work: (restore: StepRestoreContext) => Promise<void>,
): Promise<void> {
  const purpose = 'comparing and restoring what the upgrade preserved'
  return reportingPreserved(context, 'what the upgrade preserved', purpose, work)
}

/** Before the operations of a downgrade: what newer data has overtaken is not restored. */
export async function beforeDowngrade(context: RunContext, before: LiveModel): Promise<void> {
  const { upgraded = [], resumed, route } = context.executableStep
  const done = route.reverts?.parts.flatMap((part) => part.resolvedOperations.map(({ operation }) => operation))
  const preserves = (done ?? upgraded).some((operation) => preservingLabel(operation) !== undefined)
  if (!preserves || resumed !== undefined || !context.preserved.exists) return
  await context.parts.runInTransaction(noOperations, () =>
    onUpgradePreserved(context, async (restore) =>
      done === undefined ? holdOvertaken(restore, await before.read(), upgraded) : holdWritten(restore, done),
    ),
  )
}

/**
 * After the operations of a step. Up: what the rows are now decides whether a downgrade restores their values. Down: what a downgrade of
 * the author's own has made again takes its values; a derived one has restored them already.
 */
export async function afterOperations(
  context: RunContext,
  after: LiveModel,
  resolvedOperations: readonly RecordedInverse[],
): Promise<void> {
  if (!context.preserved.exists) return
  const done = resolvedOperations.map(({ operation }) => operation)
  const isUp = context.named.direction === 'up'
  const { upgraded = [] } = context.executableStep
  const labels = (isUp ? done : upgraded).flatMap((operation) => preservingLabel(operation) ?? [])
  if (labels.length === 0) return
  await onUpgradePreserved(context, async (restore) => {
    if (isUp) return recordRows(restore, await after.read(), done)
    for (const each of labels.reverse()) {
      const at = upgraded.findIndex((operation) => preservingLabel(operation) === each)
      await restoreRemoved(restore, each, namesBelow(upgraded.slice(0, at)))
    }
  })
}
