import { counted } from '../../errors/count-text.ts'
import { isMigrateError, locate, MigrateError } from '../../errors/migrate-error.ts'
import { observedObject } from '../../errors/unknown-name.ts'
import type { DialectName } from '../../model/column-type.ts'
import type { Operation } from '../operation.ts'
import { withOwnLabel } from '../preserved-label.ts'
import type { OperationLimits, RecordedOperation, RecordedStep } from '../recording.ts'
import { invalid } from '../traits/objects.ts'
import { callForm } from './call-forms.ts'
import { callSite, withCallSite } from './call-site.ts'
import { plain } from './plain.ts'
import { checkShape } from './shape/operations.ts'
import { type RecorderKind, type UnknownMethodSlot, unknownMethodError } from './unknown-method.ts'

/** What all recorders of one call of upgrade share. */
export interface RecordingState {
  readonly revision: string
  readonly dialect: DialectName
  readonly operations: RecordedOperation[]
  readonly steps: Map<string, RecordedStep>
  readonly branches: Set<DialectName>
  /** Records what opaque SQL amounts to: no data steps here. */
  readonly effects?: true
  /** Where a location is in the file that the revision was compiled from. */
  readonly original: (location: string) => string
  readonly unknownMethod: UnknownMethodSlot
  /** Of everything recorded now. */
  readonly limits?: OperationLimits
}

/** The time in which a recorder may be called. */
export interface Scope {
  readonly recording: RecordingState
  isOpen: boolean
}

/** Gives the operation to record, if it is one; the tables of bodies say which. */
type Body = (...args: never[]) => unknown
type Prepare = (args: readonly unknown[]) => readonly unknown[]

/** Types would refuse it, but revisions are run without them: `op.run(label, up, down)` would record no `down`. */
function refuseSurplus(args: readonly unknown[], most: number, [kind, name]: readonly [RecorderKind, string]): void {
  const [value, index, list] = args
  // `names.forEach(op.createSchema)` gives an index and the list too.
  const isEach = Array.isArray(list) && list[index as number] === value
  if (isEach || args.slice(most).every((each) => each === undefined)) return
  throw invalid(
    name,
    `it takes ${counted(most, 'argument')} at most, and was given ${args.length}; write it like ${callForm(kind, name)}`,
  )
}

/**
 * A method of a recorder: refuses when its time is over, puts the caller's line on errors, and on the operation that the
 * body gives, if any.
 */
function method(
  scope: Scope,
  kind: RecorderKind,
  name: string,
  { body, prepare }: { readonly body: Body; readonly prepare: Prepare },
): (...args: readonly unknown[]) => void {
  const enter = (...args: readonly unknown[]): void => {
    try {
      if (!scope.isOpen) {
        const details = { revision: scope.recording.revision, operation: name }
        throw new MigrateError('RECORDING_NOT_SYNCHRONOUS', details, `${name} was called after recording had ended.`)
      }
      scope.recording.unknownMethod.last = undefined
      const prepared = prepare(args)
      const operation = body(...(prepared as never[])) as Operation | undefined
      // After the body, which may know better what is wrong. It takes as many as it names: no parameter of one has a default.
      refuseSurplus(args, args.length + body.length - prepared.length, [kind, name])
      if (operation === undefined) return
      const { limits, original } = scope.recording
      const plainOperation = plain(operation, name)
      checkShape(plainOperation, kind, name)
      const recorded = {
        operation: withOwnLabel(plainOperation, scope.recording.operations),
        ...(limits === undefined ? {} : { limits }),
      }
      scope.recording.operations.push(Object.freeze(withCallSite(recorded, enter, original)))
    } catch (error) {
      if (isMigrateError(error)) throw atCaller(error, enter)
      if (!(error instanceof TypeError) || ofAuthors.has(error)) throw error
      const why = `it was given something else than it takes; write it like ${callForm(kind, name)}`
      throw atCaller(invalid(name, why, error), enter)
    }
  }
  return enter
}

const asIs: Prepare = (args) => args

/** The methods of a recorder, by name. `prepare` makes what a body gets of what the method is called with. */
interface Methods {
  readonly bodies: { readonly [name: string]: Body }
  readonly prepare?: Prepare
}

/** A recorder with these methods. They are made for each revision: nothing here may be slow. */
export function recorderOf<R extends object>(scope: Scope, kind: RecorderKind, methods: readonly Methods[]): R {
  const recorder = observedObject(scope.recording.unknownMethod, kind) as { [name: string]: unknown }
  for (const { bodies, prepare = asIs } of methods) {
    for (const name in bodies) recorder[name] = method(scope, kind, name, { body: bodies[name] as Body, prepare })
  }
  return recorder as R
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
    throw unknownMethodError(error, recording.unknownMethod) ?? error
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
