import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'

/** Throws NOT_AT_HEAD where revisions would run on a database that was pushed: what they create is there. */
export function refusePushed({ at }: { readonly at: string }, database: string, pending: number): void {
  if (pending === 0) return
  const revisions = `${counted(pending, 'revision')} ${pending === 1 ? 'is' : 'are'} pending`
  const message = `${database} was pushed at ${at}: its objects come from no revision, and ${revisions}.`
  throw new MigrateError('NOT_AT_HEAD', { database, state: 'pushed', pending }, message, {
    remedy: 'Run `migrate upgrade`, which records them where they make the same schema; else run `migrate reset`.',
  })
}
