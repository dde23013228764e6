import { namedDatabase } from '../../data-steps/call-forms.ts'
import type { StepDatabase } from '../../operations/step-database.ts'
import type { HookDatabase } from '../../options/hooks.ts'

/** The database of a data step without what belongs to a revision: its preserved values, its reports, its progress. */
export function rowDatabase(database: StepDatabase): HookDatabase {
  const { preserve: _preserve, restore: _restore, backfill: _backfill, report: _report, ...allowed } = database
  const db: HookDatabase = namedDatabase(
    {
      ...allowed,
      transaction: <T>(body: (inner: HookDatabase) => Promise<T>) => allowed.transaction(() => body(db)),
    },
    database,
  )
  return db
}
