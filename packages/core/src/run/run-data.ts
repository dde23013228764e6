import { preservedSelections, restorePreserved } from '../data-steps/preserved/restore/restore.ts'
import { restoreRemoved } from '../data-steps/preserved/upgrade.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import { isPreservedLabel } from '../operations/preserved-label.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import type { StepFunction } from '../operations/step-database.ts'
import type { StepReport } from '../options/events.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { type RunContext, stepLocation } from './run-context.ts'
import { collectReports, runStepFunction } from './run-step.ts'

export async function runData(
  context: RunContext,
  executableStep: ExecutableStep,
  operation: RecordedOperation['operation'],
): Promise<readonly StepReport[]> {
  if (operation.kind !== 'run') return []
  const named = stepLocation(executableStep)
  const { label } = operation
  const collected = collectReports({ tier: named.tier, revision: named.revision, label })
  const owner = { tier: named.tier, revision: named.revision }
  const step = {
    dialect: context.dialect,
    session: context.session,
    preserved: context.preserved,
    arguments: context.arguments,
    owner,
    label,
    report: collected.report,
    progress: (what: string, done: number, total?: number) =>
      context.emit({
        type: 'progress',
        ...named,
        what: `${label}: ${what}`,
        done,
        ...(total === undefined ? {} : { total }),
      }),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  }
  const functions = executableStep.functions.get(label)
  const guarded = (work: StepFunction): Promise<void> =>
    context.guarded(`the data step "${label}"`, () => runStepFunction(step, work, context.stepIdleMs))
  if (operation.direction === 'up') {
    if (functions === undefined) throw missingFunction(label, named.revision)
    await guarded(functions.up)
  } else if (operation.down === 'restore') {
    const breathe = createYield()
    const session = describedSession(context.dialect, context.session, `restoring what "${label}" preserved`)
    const restore = { ...step, session, breathe: () => breathe(context.signal) }
    if (isPreservedLabel(label)) await restoreRemoved(restore, label)
    else {
      for (const selection of await preservedSelections(restore, label)) await restorePreserved(restore, selection)
    }
  } else if (operation.down === 'function') {
    if (functions?.down === undefined) throw missingFunction(label, named.revision)
    await guarded(functions.down)
  }
  const reports = collected.reports()
  for (const report of reports) context.emit({ type: 'report', ...report })
  return reports
}

/** A data step fails in code of its own: the line that recorded it is the nearest place that is always known. */
export async function atSource<T>(source: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw source !== undefined && isMigrateError(error) ? locate(error, { source }) : error
  }
}

function missingFunction(label: string, revision: string): MigrateError {
  const why = `it has no function for the data step "${label}"`
  return new MigrateError('REVISION_FILE_NEEDED', { revision, why }, `Revision ${revision} has changed: ${why}.`)
}
