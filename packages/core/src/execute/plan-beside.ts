import type { ServerSession } from '../dialect/dialect.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { isMigrateError, type MigrateError } from '../errors/migrate-error.ts'
import { reportLock } from './lock-report.ts'
import type { Settled } from './options.ts'

/** What planning finds wrong with the tables as they stand. */
const ofTables: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'OBJECT_EXISTS',
  'OBJECT_MISSING',
  'GUARD_MISMATCH',
  'DEPENDENT_OBJECTS',
  'DRIFT',
])

function isOfTables(error: unknown): error is MigrateError {
  return isMigrateError(error) && ofTables.has(error.code)
}

/**
 * Plans without the lock. Where DDL commits by itself a look sees the tables of one moment beside the history of another: what it
 * finds wrong while another run is at work is not to be believed, and gives undefined; where nobody has the lock it has to be found twice.
 */
export async function planBeside<T>(
  settled: Settled,
  session: ServerSession,
  plan: () => Promise<T>,
): Promise<T | undefined> {
  let before: string | undefined
  for (;;) {
    try {
      return await plan()
    } catch (error) {
      if (!isOfTables(error)) throw error
      if ((await reportLock(settled, session)).held) return undefined
      if (error.message === before) throw error
      before = error.message
    }
  }
}
