import { isMigrateError, locate, MigrateError } from '../../errors/migrate-error.ts'
import type { DialectName } from '../../model/column-type.ts'
import type { Operation } from '../operation.ts'
import type { OperationLimits, RecordedOperation, RecordedStep } from '../recording.ts'
import { invalid } from '../traits/objects.ts'
import { callSite, callSiteLater } from './call-site.ts'
import { plain } from './plain.ts'
import { checkShape } from './shape/operations.ts'

/** What all recorders of one call of upgrade share. */
export interface RecordingState {
  readonly revision: string
  readonly dialect: DialectName
  readonly operations: RecordedOperation[]
  readonly steps: Map<string, RecordedStep>
  /** Records what opaque SQL amounts to: no data steps here. */
  readonly effects?: true
  /** Lines are found when they are asked for: that, through source maps, costs more than the rest of recording. */
  readonly placed?: 'later'
  /** Of everything recorded now. */
  readonly limits?: OperationLimits
}

/** The time in which a recorder may be called. */
export interface Scope {
  readonly recording: RecordingState
  isOpen: boolean
}

/**
 * A method of a recorder: refuses when its time is over, puts the caller's line on errors, and on the operation that the
 * body gives, if any.
 */
export function method<A extends readonly unknown[]>(
  scope: Scope,
  name: string,
  body: (...args: A) => Operation | undefined,
): (...args: A) => void {
  const enter = (...args: A): void => {
    try {
      if (!scope.isOpen) {
        const details = { revision: scope.recording.revision, operation: name }
        throw new MigrateError('RECORDING_NOT_SYNCHRONOUS', details, `${name} was called after recording had ended.`)
      }
      const operation = body(...args)
      if (operation === undefined) return
      const { limits, placed } = scope.recording
      const plainOperation = plain(operation, name)
      checkShape(plainOperation, name)
      const recorded = { operation: plainOperation, ...(limits === undefined ? {} : { limits }) }
      const source = placed === 'later' ? undefined : callSite(enter)
      if (placed === 'later') Object.defineProperty(recorded, 'source', { get: callSiteLater(enter) })
      scope.recording.operations.push(Object.freeze(source === undefined ? recorded : { ...recorded, source }))
    } catch (error) {
      if (isMigrateError(error)) throw atCaller(error, enter)
      if (!(error instanceof TypeError) || ofAuthors.has(error)) throw error
      const why = `it was given something else than it takes: ${error.message}`
      const details = { operation: name, why }
      throw atCaller(new MigrateError('INVALID_OPERATION', details, `${name}: ${why}`, { cause: error }), enter)
    }
  }
  return enter
}

function atCaller(error: MigrateError, enter: CallableFunction): MigrateError {
  if (error.location.source !== undefined) return error
  const source = callSite(enter)
  return source === undefined ? error : locate(error, { source })
}

/** What functions of authors have thrown themselves: that is told as it is. */
const ofAuthors = new WeakSet<Error>()

/**
 * Calls the user's function with a recorder that lives as long as the call. Throws RECORDING_NOT_SYNCHRONOUS, INVALID_OPERATION where it is
 * no function.
 */
export function during<R>(
  recording: RecordingState,
  recorder: (scope: Scope) => R,
  build: (recorder: R) => unknown,
): void {
  const scope: Scope = { recording, isOpen: true }
  let result: unknown
  if (typeof build !== 'function')
    throw invalid(`revision ${recording.revision}`, `a function was to record, and there is ${typeof build}`)
  try {
    result = build(recorder(scope))
  } catch (error) {
    if (error instanceof Error) ofAuthors.add(error)
    throw error
  } finally {
    scope.isOpen = false
  }
  if (typeof result !== 'object' || result === null || typeof (result as { then?: unknown }).then !== 'function') return
  // Its own rejection, most likely of a call that came too late, only repeats what is thrown here.
  Promise.resolve(result).catch(() => undefined)
  throw new MigrateError(
    'RECORDING_NOT_SYNCHRONOUS',
    { revision: recording.revision },
    `Revision ${recording.revision} records in an async function.`,
    { location: { revision: recording.revision } },
  )
}
