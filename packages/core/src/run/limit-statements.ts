import type { Session } from '../dialect/session.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'

/** The limits of time of the migrator, for what follows on the session: before the first statement that reaches tables of a user. */
export async function limitStatements(session: Session, { limits }: Pick<UnloadedOptions, 'limits'>): Promise<void> {
  if (limits.lockMs !== undefined || limits.statementMs !== undefined) await session.limit?.(limits)
}
