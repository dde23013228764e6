import { originsBehind } from '../data-steps/preserved/drops.ts'
import { preservedSelections, restorePreserved } from '../data-steps/preserved/restore/restore.ts'
import { restoreRemoved } from '../data-steps/preserved/upgrade.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { present } from '../model/edit.ts'
import { isPreservedLabel } from '../operations/preserved-label.ts'
import { operationsOf, type RecordedOperation } from '../operations/recording.ts'
import type { StepFunction } from '../operations/step-database.ts'
import type { RunContext } from './run-context.ts'
import { runStepFunction } from './run-step.ts'
import { reporting, reportingPreserved } from './step-reports.ts'

/** A data step: the function of the author, or what a downgrade without one restores. */
export async function runData(context: RunContext, operation: RecordedOperation['operation']): Promise<void> {
  if (operation.kind !== 'run') return
  const { named, executableStep } = context
  const { label } = operation
  const functions = executableStep.functions.get(label)
  const run = (work: StepFunction | undefined): Promise<void> =>
    reporting(context, label, async (report) => {
      if (work === undefined) throw missingFunction(label, named.revision)
      const isThis = (recorded: RecordedOperation): boolean =>
        recorded.operation.kind === 'run' && recorded.operation.label === label
      // Of a resumed step `operations` is only what is left.
      const all = executableStep.recorded ?? executableStep.operations
      const earlier = all.slice(0, Math.max(0, all.findIndex(isThis)))
      const progress = (what: string, done: number, total?: number): void =>
        context.emit({ type: 'progress', ...named, what: `${label}: ${what}`, done, ...present({ total }) })
      const step = { ...context, label, report, progress, origin: originsBehind(operationsOf(earlier)) }
      await context.guarded(`the data step "${label}"`, () => runStepFunction(step, work, context.resolved.stepIdleMs))
    })
  if (operation.direction === 'up') return run(functions?.up)
  if (operation.down === 'function') return run(functions?.down)
  if (operation.down !== 'restore') return
  await reportingPreserved(context, label, `restoring what "${label}" preserved`, async (restore) => {
    if (isPreservedLabel(label)) return restoreRemoved(restore, label)
    for (const selection of await preservedSelections(restore, label)) await restorePreserved(restore, selection)
  })
}

/** A data step fails in code of its own: the line that recorded it is the nearest place that is always known. */
export async function atSource<T>(recorded: { readonly source?: string }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isMigrateError(error) ? locate(error, present({ source: recorded.source })) : error
  }
}

function missingFunction(label: string, revision: string): MigrateError {
  const why = `it has no function for the data step "${label}"`
  return new MigrateError('REVISION_FILE_NEEDED', { revision, why }, `Revision ${revision} has changed: ${why}.`)
}
