import { faultRemedy } from '../../compile/statement-error.ts'
import type { UnloadedDialect } from '../../dialect/dialect.ts'
import { type ErrorOutcome, isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import { present } from '../../model/edit.ts'
import { type ExecutableStep, hasFile } from '../prepare.ts'

/** What to do where operations fail that no file holds: an edit of the upgrade changes nothing about them. */
function inverseRemedy(
  { route, writtenDowngrade }: ExecutableStep,
  first: string,
  outcome: ErrorOutcome,
): string | undefined {
  const isInterrupted = outcome === 'interrupted'
  if (route.reverts !== undefined && !isInterrupted)
    return `${first} and run it again, or correct what stopped the revision and finish it with \`migrate resume\`.`
  if (route.reverts === undefined && (route.step.direction === 'up' || writtenDowngrade !== undefined)) return undefined
  if (route.reverts !== undefined || !hasFile(route)) return `${first}, and run it again.`
  return isInterrupted
    ? `${first} and finish it with \`migrate resume\`. Or take back what is done of it with \`migrate resume --revert\`, write a \`downgrade\` in the file of the revision, and run it again.`
    : `${first} and run it again. Or write a \`downgrade\` in the file of the revision: it runs instead of the derived one.`
}

/** What has to change first, and is neither the server nor the rights on it. */
function changedFirst({ errors }: Pick<UnloadedDialect, 'errors'>, error: MigrateError): string | undefined {
  if (isMigrateError(error, 'DEPENDENT_OBJECTS')) return 'Drop or change what depends on it'
  if (isMigrateError(error, 'STATEMENT_FAILED')) {
    const fault = errors.kindOf(error.cause)
    if (fault === 'dependent') return 'Drop or change what depends on it'
    return faultRemedy({ errors }, fault, error.cause).remedy === undefined ? 'Fix the data' : undefined
  }
  return isMigrateError(error, 'BLOCKING_ROWS') || isMigrateError(error, 'FOREIGN_KEY_VIOLATION')
    ? 'Fix the data'
    : undefined
}

/** The error of a step, with a remedy that works for what the step runs. */
export function withInverseRemedy(
  dialect: Pick<UnloadedDialect, 'errors'>,
  executableStep: ExecutableStep,
  error: MigrateError,
): MigrateError {
  const { code, details, message, location, outcome, cause } = error
  const first = changedFirst(dialect, error)
  const remedy = first === undefined ? undefined : inverseRemedy(executableStep, first, outcome ?? 'unchanged')
  if (remedy === undefined) return error
  return new MigrateError(code, details, message, { cause, remedy, location, ...present({ outcome }) })
}
