import { faultRemedy } from '../compile/statement-error.ts'
import type { ConnectOptions, Dialect, FaultKind, ServerSession } from '../dialect/dialect.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown.ts'
import { type Settled, settledOn } from './options.ts'

/** Opens a session, works with the dialect that its server speaks, closes it. A driver's error that nobody knew more about becomes ours. */
export async function withSession<T>(
  settled: Settled,
  options: ConnectOptions,
  work: (session: ServerSession, settled: Settled) => Promise<T>,
): Promise<T> {
  const { dialect } = settled
  const session = await dialect.connect(options)
  try {
    return await work(session, settledOn(settled, session.dialect ?? dialect))
  } catch (cause) {
    if (isMigrateError(cause) || (options.signal?.aborted && cause === options.signal.reason)) throw cause
    const fault = dialect.faultOf(cause)
    throw fault === 'unknown' && !isDriverError(cause) ? cause : unexpected(dialect, fault, cause)
  } finally {
    await session.close()
  }
}

function isDriverError(error: unknown): boolean {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string'
}

function unexpected(dialect: Dialect, fault: FaultKind, cause: unknown): MigrateError {
  const text = thrownMessage(cause)
  const { database } = dialect
  if (fault === 'corrupt') {
    return new MigrateError('DATABASE_DAMAGED', { database }, `${database} is damaged: ${text}`, { cause })
  }
  return new MigrateError('STATEMENT_FAILED', { fault, database }, `${database}: ${text}`, {
    cause,
    ...faultRemedy(fault),
  })
}
