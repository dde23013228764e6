import { MigrateError } from '../errors/migrate-error.ts'
import { isText, requireArguments } from '../errors/option-check.ts'
import { callSite } from './recorder/call-site.ts'

/**
 * Stands in generated revisions where only a person knows the value. It throws as soon as the revision is recorded, which is before
 * anything of it has run, and it fits every type, so that the file compiles until then. `what` says what is needed and what for.
 *
 * Throws REVISION_INCOMPLETE with the line that it stands in.
 *
 * ```ts
 * export function upgrade(op: OperationRecorder) {
 *   const usersLocale = toFillIn('what users.locale becomes in rows that have none')
 *   op.run('fill users.locale', {
 *     up: async (db) => {
 *       await db.execute('UPDATE "users" SET "locale" = ? WHERE "locale" IS NULL', [usersLocale])
 *     },
 *     down: 'none',
 *   })
 * }
 * ```
 */
export function toFillIn(what: string): never {
  requireArguments('toFillIn', { what }, { what: isText })
  const source = callSite(toFillIn)
  const location = source === undefined ? {} : { source }
  throw new MigrateError('REVISION_INCOMPLETE', { what }, `The revision is not complete. To fill in: ${what}`, {
    location,
  })
}
