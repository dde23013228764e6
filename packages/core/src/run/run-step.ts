import { withUnknownName } from '../data-steps/call-forms.ts'
import { callsText } from '../data-steps/step-call.ts'
import { createStepFacade, type StepContext } from '../data-steps/step-database.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'
import type { StepFunction } from '../operations/step-database.ts'
import { watched } from './hooks/call-hook.ts'

/** Runs one data function on a facade of its own, and makes sure that it really ended. */
export async function runStepFunction(context: StepContext, work: StepFunction, idleLimitMs: number): Promise<void> {
  const { label, title = `data step "${label}"`, signal } = context
  const facade = createStepFacade(context)
  const givenUp = (): MigrateError | undefined => {
    const idleMs = Math.round(facade.idleMs())
    if (idleMs < idleLimitMs) return undefined
    const message = `The ${title} has done nothing for ${idleMs} ms and did not end.`
    return new MigrateError('DATA_STEP_HUNG', { label, idleMs }, message)
  }
  try {
    await watched({ signal, everyMs: Math.min(1000, idleLimitMs / 4), givenUp }, () => work(facade.db))
  } catch (thrown) {
    facade.close()
    if (signal?.aborted && thrown === signal.reason) throw thrown
    const cause = withUnknownName(thrown, facade.db)
    const location = { operation: `data step: ${label}` }
    if (isMigrateError(cause)) throw locate(cause, location)
    const why = thrownMessage(cause)
    throw new MigrateError('DATA_STEP_FAILED', { label, why }, `The ${title} failed: ${why}`, { cause, location })
  }
  const forgotten = facade.close()
  if (forgotten.length === 0) return
  const message = `The ${title} ended without awaiting ${callsText(forgotten)}.`
  throw new MigrateError('DATA_STEP_NOT_AWAITED', { label, calls: forgotten.length }, message)
}
