import type { Session } from '../dialect/session.ts'
import type { Outcome } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'

/** Sends a statement, under the settings that it needs. */
export async function executeStatement(
  session: Session,
  { sql, params, settings }: Pick<Statement, 'sql' | 'params' | 'settings'>,
): Promise<Outcome> {
  if (settings === undefined) return session.execute(sql, params)
  let outcome: Outcome
  try {
    for (const text of settings.set) await session.execute(text)
    outcome = await session.execute(sql, params)
  } catch (error) {
    // A connection that is gone has no settings to put back, and its own error is the one to report.
    for (const text of settings.reset) await session.execute(text).catch(() => undefined)
    throw error
  }
  for (const text of settings.reset) await session.execute(text)
  return outcome
}
