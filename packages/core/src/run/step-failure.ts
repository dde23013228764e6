import type { UnloadedDialect } from '../dialect/dialect.ts'
import { type ErrorOutcome, isAbort, isMigrateError, locate, MigrateError, reasonOf } from '../errors/migrate-error.ts'
import { present } from '../model/edit.ts'
import { withInverseRemedy } from '../planning/downgrade/inverse-remedy.ts'
import { type ExecutableStep, stepIdentity } from '../planning/prepare.ts'
import type { ExecuteOptions } from './plan-execution.ts'

const stoppedTexts: { readonly [O in ErrorOutcome | 'notStarted']: (revision: string) => string } = {
  notStarted: (revision) => `Stopped before ${revision}, which did not start.`,
  unchanged: (revision) => `Stopped inside ${revision}; it was rolled back, and changed nothing.`,
  rolledBack: (revision) => `Stopped inside ${revision}; the run is one transaction, and all of it was rolled back.`,
  interrupted: (revision) => `Stopped inside ${revision}; what it has done is committed and recorded.`,
  unknown: (revision) => `Stopped inside ${revision}; whether it is applied is not known.`,
  partial: (revision) => `Stopped inside ${revision}; rows that it wrote to tables without transactions stayed.`,
}

/** Where other than the finished revisions stay. */
const stoppedRemedies: { readonly [O in ErrorOutcome]?: string } = {
  rolledBack: 'Run it again: it starts with the first of its revisions.',
  interrupted: 'Run it again: it resumes where it stopped.',
}

/** Reports the failure of a step, and gives its error: with its location and what it left, or ABORTED where the run was stopped. */
export function stepFailure(
  options: ExecuteOptions,
  dialect: Pick<UnloadedDialect, 'errors'>,
  executableStep: ExecutableStep,
  applied: readonly string[],
  thrown: unknown,
  { outcome, hasStarted }: { readonly outcome: ErrorOutcome; readonly hasStarted: boolean },
): unknown {
  const named = stepIdentity(executableStep)
  const error = reasonOf(thrown, options.signal)
  const isStopped = isAbort(error, options.signal) || (options.signal?.aborted && isMigrateError(error, 'ABORTED'))
  // Of a run that is one transaction the revisions before it are rolled back, too.
  const stopped = hasStarted || outcome !== 'unchanged' ? outcome : 'notStarted'
  const located = isStopped
    ? new MigrateError('ABORTED', { applied }, stoppedTexts[stopped](named.revision), {
        ...present({ remedy: stoppedRemedies[outcome] }),
        cause: error,
        location: named,
        outcome,
      })
    : isMigrateError(error)
      ? withInverseRemedy(dialect, executableStep, locate(error, named, error.outcome ?? outcome))
      : error
  const code = isMigrateError(located) ? located.code : 'INTERNAL'
  options.emit({
    type: 'stepFailed',
    ...named,
    code,
    message: located instanceof Error ? located.message : String(located),
  })
  return located
}
