import { MigrateError, type Migrator, type WaitOptions } from '@org/migrate-core'
import { isFlag, type OptionChecks, requireOptions } from '@org/migrate-core/dialect'
import {
  contextOf,
  isAbort,
  observeRun,
  sendStatements,
  statementsOf,
  waitChecks,
  withLock,
} from '@org/migrate-core/internal'
import { planReset, type ResetSummary } from './reset-plan.ts'

export interface ResetOptions extends WaitOptions {
  /** Drops also what no revision made, in the schema of the connection. Default false. */
  readonly everything?: boolean
}

const resetChecks: OptionChecks<ResetOptions> = { ...waitChecks, everything: isFlag }

/** What `emptyDatabase` would drop. Writes nothing. Throws what that throws. */
export async function surveyReset(migrator: Migrator, options: ResetOptions = {}): Promise<ResetSummary> {
  const { everything = false } = requireOptions('surveyReset', options, resetChecks)
  const { withReadOnlySession } = contextOf('surveyReset', migrator)
  return withReadOnlySession(async (session, here) => {
    const { drops, remaining, opaque } = await planReset(here, session, everything)
    return { drops, remaining, opaque }
  })
}

/**
 * Drops what the revisions of this history made, with the history itself and the values that it preserved, under the lock of a run. In one
 * transaction where the server has such; else what is left after an interruption is dropped by the next call.
 *
 * Throws DEPENDENT_OBJECTS where something else refers to a table, FOREIGN_HISTORY, LOCKED, ABORTED.
 */
export async function emptyDatabase(migrator: Migrator, options: ResetOptions = {}): Promise<ResetSummary> {
  const { everything = false, ...waitOptions } = requireOptions('emptyDatabase', options, resetChecks)
  const { resolved } = contextOf('emptyDatabase', migrator)
  const observer = observeRun(resolved, waitOptions)
  observer.throwIfStopped()
  const { waiting, warn, rethrow } = observer
  const summary = await withLock(resolved, { ...waiting, warn }, async (session, here, hold, signal) => {
    const { model, operations, emptied, drops, remaining, opaque } = await planReset(here, session, everything)
    const statements = [...statementsOf(here.dialect, model, operations), ...emptied]
    const fence = await hold.fence(undefined)
    await sendStatements(here, session, statements, { signal, fence }).catch((error: unknown) => {
      throw isAbort(error, signal) ? abortedError(error) : error
    })
    return { drops, remaining, opaque }
  }).catch(rethrow)
  await observer.waitUntilIdle()
  return summary
}

function abortedError(cause: unknown): MigrateError {
  return new MigrateError('ABORTED', { applied: [] }, 'Stopped while the database was being emptied.', {
    cause,
    remedy: 'Run `migrate reset` again: it drops what is left.',
  })
}
