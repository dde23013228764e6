import { faultRemedy } from '../compile/statement-error.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import { type ErrorOutcome, isAbort, isMigrateError, locate, MigrateError, reasonOf } from '../errors/migrate-error.ts'
import { type ExecutableStep, hasFile } from '../planning/prepare.ts'
import type { ExecuteOptions } from './plan-execution.ts'
import { stepIdentity } from './run-context.ts'

const stoppedTexts: { readonly [O in ErrorOutcome | 'notStarted']: (revision: string) => string } = {
  notStarted: (revision) => `Stopped before ${revision}, which did not start.`,
  unchanged: (revision) => `Stopped inside ${revision}; it was rolled back, and changed nothing.`,
  rolledBack: (revision) => `Stopped inside ${revision}; the run is one transaction, and all of it was rolled back.`,
  interrupted: (revision) => `Stopped inside ${revision}; what it has done is committed and recorded.`,
  unknown: (revision) => `Stopped inside ${revision}; whether it is applied is not known.`,
  partial: (revision) => `Stopped inside ${revision}; rows that it wrote to tables without transactions stayed.`,
}

/** What to do where operations fail that no file holds: an edit of the upgrade changes nothing about them. */
function inverseRemedy({ route, writtenDowngrade }: ExecutableStep, outcome: ErrorOutcome): string | undefined {
  const isInterrupted = outcome === 'interrupted'
  if (route.reverts !== undefined && !isInterrupted)
    return 'Fix the data and run it again, or correct what stopped the revision and finish it with `migrate resume`.'
  if (route.reverts === undefined && (route.step.direction === 'up' || writtenDowngrade !== undefined)) return undefined
  if (route.reverts !== undefined || !hasFile(route)) return 'Fix the data, and run it again.'
  return isInterrupted
    ? 'Fix the data and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`, write a `downgrade` in the file of the revision, and run it again.'
    : 'Fix the data and run it again. Or write a `downgrade` in the file of the revision: it runs instead of the derived one.'
}

/** Whether rows or operations have to change, and not the server or the rights on it. */
function isOfRevision({ errors }: Pick<UnloadedDialect, 'errors'>, error: MigrateError): boolean {
  if (isMigrateError(error, 'STATEMENT_FAILED')) {
    const fault = errors.kindOf(error.cause)
    return faultRemedy({ errors }, fault, error.cause).remedy === undefined
  }
  return isMigrateError(error, 'BLOCKING_ROWS') || isMigrateError(error, 'FOREIGN_KEY_VIOLATION')
}

/** The error with a remedy that works for what the step runs. */
function advised(
  dialect: Pick<UnloadedDialect, 'errors'>,
  executableStep: ExecutableStep,
  error: MigrateError,
): MigrateError {
  const { code, details, message, location, outcome = 'unchanged', cause } = error
  const remedy = isOfRevision(dialect, error) ? inverseRemedy(executableStep, outcome) : undefined
  return remedy === undefined ? error : new MigrateError(code, details, message, { cause, remedy, location, outcome })
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
        ...(outcome === 'interrupted' ? { remedy: 'Run it again: it resumes where it stopped.' } : {}),
        cause: error,
        location: named,
        outcome,
      })
    : isMigrateError(error)
      ? advised(dialect, executableStep, locate(error, named, error.outcome ?? outcome))
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
