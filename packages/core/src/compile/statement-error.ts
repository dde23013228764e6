import type { Dialect } from '../dialect/dialect.ts'
import { type ErrorLocation, isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown.ts'

/** What a server says beside its message: which objects stand in the way. */
function detailOf(cause: unknown): string {
  const detail = typeof cause === 'object' && cause !== null && 'detail' in cause ? cause.detail : undefined
  return typeof detail === 'string' && detail !== '' ? ` (${detail.replaceAll('\n', '; ')})` : ''
}

/** A driver's error as ours, with what was being done; ours with what it did not know yet. */
export function statementError(
  dialect: Pick<Dialect, 'faultOf' | 'database'>,
  cause: unknown,
  location: ErrorLocation & { operation: string },
  remedy?: string,
): MigrateError {
  if (isMigrateError(cause)) return locate(cause, location)
  const text = thrownMessage(cause)
  const fault = dialect.faultOf(cause)
  const details = { fault, database: dialect.database }
  // Beside a violated constraint it holds values of the row.
  const more = fault === 'unknown' ? detailOf(cause) : ''
  return new MigrateError('STATEMENT_FAILED', details, `${location.operation} failed: ${text}${more}`, {
    cause,
    location,
    ...(remedy === undefined ? {} : { remedy }),
  })
}
