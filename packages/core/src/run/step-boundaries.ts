import type { RecordedInverse } from '../bookkeeping/history.ts'
import type { StepRestoreContext } from '../data-steps/preserved/restore/cells.ts'
import { holdOvertaken, namesBelow, recordRows, restoreRemoved } from '../data-steps/preserved/upgrade.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import type { StepReport } from '../options/events.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { type RunContext, stepLocation } from './run-context.ts'
import { collectReports } from './run-step.ts'

async function reporting(
  context: RunContext,
  executableStep: ExecutableStep,
  work: (restore: StepRestoreContext) => Promise<void>,
): Promise<readonly StepReport[]> {
  const { tier, revision } = stepLocation(executableStep)
  const collected = collectReports({ tier, revision, label: 'what the upgrade preserved' })
  const yieldNow = createYield()
  await work({
    ...context,
    session: describedSession(context.dialect, context.session, 'comparing and restoring what the upgrade preserved'),
    owner: { tier, revision },
    report: collected.report,
    breathe: () => yieldNow(context.signal),
  })
  const reports = collected.reports()
  for (const report of reports) context.emit({ type: 'report', ...report })
  return reports
}

/** Before the operations of a downgrade: what newer data has overtaken is not restored. */
export async function beforeDowngrade(
  context: RunContext,
  executableStep: ExecutableStep,
  before: SchemaModel,
): Promise<readonly StepReport[]> {
  const { upgraded = [], resumed } = executableStep
  const preserves = upgraded.some((operation) => preservingLabel(operation) !== undefined)
  if (!preserves || resumed !== undefined || !context.preserved.exists) return []
  return context.parts.runInTransaction({ until: 0, resolvedOperations: [] }, () =>
    reporting(context, executableStep, (restore) => holdOvertaken(restore, before, upgraded)),
  )
}

/**
 * After the operations of a step. Up: what the rows are now decides whether a downgrade restores their values. Down: what a downgrade of
 * the author's own has made again takes its values; a derived one has restored them already.
 */
export async function afterOperations(
  context: RunContext,
  executableStep: ExecutableStep,
  after: SchemaModel,
  resolvedOperations: readonly RecordedInverse[],
): Promise<readonly StepReport[]> {
  if (!context.preserved.exists) return []
  const done = resolvedOperations.map(({ operation }) => operation)
  const { direction } = stepLocation(executableStep)
  const { upgraded = [] } = executableStep
  const labels = (direction === 'up' ? done : upgraded).flatMap((operation) => preservingLabel(operation) ?? [])
  if (labels.length === 0) return []
  return reporting(context, executableStep, async (restore) => {
    if (direction === 'up') return recordRows(restore, after, done)
    for (const label of labels.reverse()) {
      const at = upgraded.findIndex((operation) => preservingLabel(operation) === label)
      await restoreRemoved(restore, label, namesBelow(upgraded.slice(0, at)))
    }
  })
}
