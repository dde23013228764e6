import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'

const retryMs = 25

/**
 * Opens a session, works, closes it. A reader can find the file locked for a moment while another connection commits
 * (SQLite without WAL): that is waited out, not reported.
 */
export async function withSession<T>(
  dialect: Dialect,
  purpose: 'look' | 'run',
  waitMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const begunAt = performance.now()
  for (;;) {
    const session = await dialect.connect({ purpose })
    try {
      return await work(session)
    } catch (cause) {
      if (isMigrateError(cause)) throw cause
      const fault = dialect.faultOf(cause)
      const waitedMs = Math.round(performance.now() - begunAt)
      if (fault === 'unknown' && !isDriverError(cause)) throw cause
      if (fault !== 'busy' || purpose === 'run') throw unexpected(dialect, fault, cause)
      if (waitedMs >= waitMs) {
        const message = `${dialect.database} was busy for ${waitedMs} ms.`
        throw new MigrateError('DATABASE_BUSY', { database: dialect.database, waitedMs }, message, { cause })
      }
    } finally {
      await session.close()
    }
    await sleep(retryMs * (1 + Math.random()))
  }
}

function isDriverError(error: unknown): boolean {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string'
}

function unexpected(dialect: Dialect, fault: string, cause: unknown): MigrateError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const { database } = dialect
  if (fault === 'corrupt')
    return new MigrateError('DATABASE_DAMAGED', { database }, `${database} is damaged: ${text}`, { cause })
  return new MigrateError('STATEMENT_FAILED', { fault, database }, `${database}: ${text}`, {
    cause,
  })
}
