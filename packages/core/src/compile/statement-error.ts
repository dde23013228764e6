import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { FaultKind } from '../dialect/errors.ts'
import { type ErrorLocation, isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'

const later = 'Run it again once the other session has finished.'

/** What to do, where more can be said than that the revision or its data is at fault. */
const remedies: { readonly [F in FaultKind]?: string } = {
  permission: 'Give this user the right that it lacks, or migrate as a user who has it, and run it again.',
  full: 'Make room, or raise the limit, where the message says that there is none left, and run it again.',
  readOnly: 'Make the database writable again, or connect to the server that takes its changes, and run it again.',
  busy: later,
  deadlock: later,
  dependent: 'Drop or change what depends on it first.',
}

export function faultRemedy(
  { errors }: Pick<UnloadedDialect, 'errors'>,
  fault: FaultKind,
  cause?: unknown,
): { readonly remedy?: string } {
  const limit = errors.limitFor?.(cause)
  if (limit !== undefined) {
    const remedy = `Raise ${limit} for this user, or the \`statementTimeoutMs\` of the migrator where it is set, and run it again.`
    return { remedy }
  }
  const grant = fault === 'permission' ? errors.grantFor?.(cause) : undefined
  const remedy =
    grant === undefined
      ? remedies[fault]
      : `Let an administrator run \`${grant}\`, or migrate as a user who has this right, and run it again.`
  return remedy === undefined ? {} : { remedy }
}

/** The message of a driver's error, with what the server reports outside it. */
export const faultText = ({ errors }: Pick<UnloadedDialect, 'errors'>, cause: unknown): string =>
  errors.fullMessageOf?.(cause) ?? thrownMessage(cause)

/** A driver's error as ours, with what was being done; ours with what it did not know yet. */
export function statementError(
  dialect: Pick<UnloadedDialect, 'errors' | 'connection'>,
  cause: unknown,
  location: ErrorLocation & { operation: string },
  { remedy, expectEmpty }: { readonly remedy?: string; readonly expectEmpty?: string } = {},
): MigrateError {
  if (isMigrateError(cause)) return locate(cause, location)
  const text = faultText(dialect, cause)
  const fault = dialect.errors.kindOf(cause)
  const details = { fault, database: dialect.connection.database }
  const check = expectEmpty === undefined ? '' : `${expectEmpty}: `
  return new MigrateError('STATEMENT_FAILED', details, `${location.operation} failed: ${check}${text}`, {
    cause,
    location,
    ...(remedy === undefined ? faultRemedy(dialect, fault, cause) : { remedy }),
  })
}
