import type { PushRecord } from '../bookkeeping/push-record.ts'
import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'

export const interruptedLoadText = ({ at }: PushRecord): string =>
  `A load of a snapshot, or of a fleet's template, began at ${at} and was interrupted: a part of the schema is there.`
export const interruptedLoadRemedy =
  'Run `migrate reset`, which drops what it made and upgrades; or drop the database, and load it, or create the member of the fleet, again.'

/** Throws NOT_AT_HEAD where revisions would run on a database that was pushed, or that a load was interrupted in: what they create is there. */
export function refusePushed(pushed: PushRecord, database: string, pending: number): void {
  if (pending === 0) return
  const { at, isLoad } = pushed
  const revisions = `${counted(pending, 'revision')} ${pending === 1 ? 'is' : 'are'} pending`
  if (isLoad) {
    const message = `${database} is not complete. ${interruptedLoadText(pushed)} ${revisions}.`
    throw new MigrateError('NOT_AT_HEAD', { database, state: 'interrupted', pending }, message, {
      remedy: interruptedLoadRemedy,
    })
  }
  const message = `${database} was pushed at ${at}: its objects come from no revision, and ${revisions}.`
  throw new MigrateError('NOT_AT_HEAD', { database, state: 'pushed', pending }, message, {
    remedy: 'Run `migrate upgrade`, which records them where they make the same schema; else run `migrate reset`.',
  })
}
