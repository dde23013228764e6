import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'

/** Why pending revisions are not run on a database that was pushed: what they create is there. */
export function pushedError(database: string, at: string, pending: number): MigrateError<'NOT_AT_HEAD'> {
  const revisions = `${counted(pending, 'revision')} ${pending === 1 ? 'is' : 'are'} pending`
  const message = `${database} was pushed at ${at}: its objects come from no revision, and ${revisions}.`
  return new MigrateError('NOT_AT_HEAD', { database, state: 'pushed', pending }, message, {
    remedy: 'Run `migrate upgrade`, which records them where they make the same schema; else run `migrate reset`.',
  })
}

/** Throws NOT_AT_HEAD where revisions would run on a database that was pushed. */
export function refusePushed({ pushed }: BookkeepingInspection, database: string, pending: number): void {
  if (pushed !== undefined && pending > 0) throw pushedError(database, pushed.at, pending)
}
