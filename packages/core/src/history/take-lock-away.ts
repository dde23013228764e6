import type { ServerSession } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { takeAway } from '../lock/lock-row.ts'
import type { LockReport } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { inspectLock } from './lock-report.ts'

const longestWaitMs = 3_000

/** Takes the row away from its owner. Gives the report as it was before. */
export async function takeLockAway(resolved: UnloadedOptions, session: ServerSession): Promise<LockReport> {
  const { dialect } = resolved
  // A run that is one transaction has the row to its end.
  await session.limit?.({ lockMs: longestWaitMs })
  for (;;) {
    const { report, location, row } = await inspectLock(resolved, session)
    if (location === undefined || row === undefined || row.owner === null) return report
    const { sql, params } = takeAway(location, row)
    const { changes } = await session.execute(sql, params).catch((cause: unknown) => {
      if (dialect.errors.kindOf(cause) !== 'busy') throw cause
      const { database, holder = 'another session' } = report
      const message = `The open transaction of ${holder} keeps the row of the lock: it cannot be taken away.`
      throw new MigrateError('LOCKED', { database, waitedMs: longestWaitMs, holder }, message, {
        cause,
        remedy: 'End that session in the server; its lock is free then.',
      })
    })
    if (changes === 1) return report
  }
}
