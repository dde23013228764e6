import type { Session } from '../dialect/session.ts'
import type { Outcome } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'

type Sent = Pick<Statement, 'sql' | 'params' | 'settings' | 'inserts'>

async function send(session: Session, { sql, params, inserts }: Sent): Promise<Outcome> {
  const outcome = await session.execute(sql, params)
  // What has a `guard` sends its statements at the commit, and has no number of rows before.
  if (inserts !== undefined && session.guard === undefined && outcome.changes < inserts) {
    throw new Error(
      `the database inserted ${outcome.changes} of ${inserts} rows: a trigger, a rule or row security left the others out`,
    )
  }
  return outcome
}

/** Sends a statement, under the settings that it needs. */
export async function executeStatement(session: Session, statement: Sent): Promise<Outcome> {
  const { settings } = statement
  if (settings === undefined) return send(session, statement)
  for (const text of settings.set) await session.execute(text)
  let outcome: Outcome
  try {
    outcome = await send(session, statement)
  } catch (error) {
    // A connection that is gone has no settings to put back, and its own error is the one to report.
    for (const text of settings.reset) await session.execute(text).catch(() => undefined)
    throw error
  }
  for (const text of settings.reset) await session.execute(text)
  return outcome
}
