import { withUnknownName } from '../data-steps/call-forms.ts'
import { callsText } from '../data-steps/step-call.ts'
import { createStepFacade, type StepContext } from '../data-steps/step-database.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'
import type { StepFunction } from '../operations/step-database.ts'

/** Runs one data function on a facade of its own, and makes sure that it really ended. */
export async function runStepFunction(context: StepContext, work: StepFunction, idleLimitMs: number): Promise<void> {
  const { title = `data step "${context.label}"` } = context
  const facade = createStepFacade(context)
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_resolve, reject) => {
    // The timer also keeps the process alive: a promise that never resolves would let it end silently.
    timer = setInterval(
      () => {
        if (context.signal?.aborted) reject(context.signal.reason)
        const idleMs = Math.round(facade.idleMs())
        if (idleMs < idleLimitMs) return
        const details = { label: context.label, idleMs }
        const message = `The ${title} has done nothing for ${idleMs} ms and did not end.`
        reject(new MigrateError('DATA_STEP_HUNG', details, message))
      },
      Math.max(10, Math.min(1000, idleLimitMs / 4)),
    )
  })
  try {
    await Promise.race([work(facade.db), hung])
  } catch (thrown) {
    facade.close()
    if (context.signal?.aborted && thrown === context.signal.reason) throw thrown
    const cause = withUnknownName(thrown, facade.db)
    if (isMigrateError(cause)) throw locate(cause, { operation: `data step: ${context.label}` })
    const why = thrownMessage(cause)
    throw new MigrateError('DATA_STEP_FAILED', { label: context.label, why }, `The ${title} failed: ${why}`, {
      cause,
      location: { operation: `data step: ${context.label}` },
    })
  } finally {
    clearInterval(timer)
  }
  const forgotten = facade.close()
  if (forgotten.length > 0) {
    throw new MigrateError(
      'DATA_STEP_NOT_AWAITED',
      { label: context.label, calls: forgotten.length },
      `The ${title} ended without awaiting ${callsText(forgotten)}.`,
    )
  }
}
