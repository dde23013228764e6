import type { FaultKind } from '../../../dialect/errors.ts'
import type { Session } from '../../../dialect/session.ts'
import { isMigrateError } from '../../../errors/migrate-error.ts'

/** What another try would meet again, or what has ended the transaction. */
const lasting: ReadonlySet<string> = new Set<FaultKind>([
  'connection',
  'permission',
  'busy',
  'deadlock',
  'full',
  'readOnly',
  'corrupt',
])

/**
 * Writes several values as one. Where the server refuses that, it is taken back and gives false: one by one each has its own answer, with
 * the statement that failed.
 */
export async function takenTogether(session: Session, work: () => Promise<void>): Promise<boolean> {
  try {
    await session.savepoint(work)
    return true
  } catch (error) {
    if (!session.isOpen || !isMigrateError(error)) throw error
    // A statement that is too large for one packet is refused before it is sent.
    const isSent = error.cause !== undefined
    if (isSent && isMigrateError(error, 'STATEMENT_FAILED') && lasting.has(error.details.fault)) throw error
    return false
  }
}
