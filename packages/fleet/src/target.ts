import { MigrateError } from '@org/migrate-core'
import { countsFromRows } from '@org/migrate-core/internal'

/** Throws INVALID_OPTION: of a member that is tried again, or taken by the next run, it would count from where the first attempt left it. */
export function namedTarget<T extends string | undefined>(target: T): T {
  if (target === undefined || !countsFromRows(target)) return target
  const why = `${JSON.stringify(target)} counts from where each member is, so that one that is tried again would move too far`
  throw new MigrateError('INVALID_OPTION', { option: 'target', why }, `The target of a fleet: ${why}.`, {
    remedy: 'Name the revision, or its label: each member ends there, however often it is tried.',
  })
}
