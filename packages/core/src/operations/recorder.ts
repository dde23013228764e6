import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import {
  isFunction,
  isList,
  isRecord,
  isText,
  type OptionCheck,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../errors/option-check.ts'
import { isSame } from '../model/canonical.ts'
import type { DialectName } from '../model/column-type.ts'
import { operationRecorder } from './recorder/operation-recorder.ts'
import { during, type RecordingState } from './recorder/scope.ts'
import type { OperationRecorder } from './recorder-types.ts'
import type { Recording } from './recording.ts'

export { decodeRowValue, encodeRowValue } from './recorder/row-values.ts'

interface RecordOptions {
  /** For errors. */
  readonly revision: string
  /** Whose branch `op.on` takes. */
  readonly dialect: DialectName
  /** `upgrade` or `downgrade` of the revision. */
  readonly build: (op: OperationRecorder) => void
}

const recordChecks: OptionChecks<RecordOptions> = {
  revision: isText,
  dialect: isText,
  build: isFunction,
}
const isRecording: OptionCheck = (value) =>
  isRecord(value) ?? isList((value as { readonly operations?: unknown }).operations)

/**
 * Calls `upgrade` or `downgrade` once and gives what it recorded: frozen, JSON-safe operations, each with the line that
 * recorded it, and the functions of its data steps. Nothing is run.
 *
 * Throws RECORDING_NOT_SYNCHRONOUS for an async function and where a recorder is used later, INVALID_OPERATION,
 * INVALID_NAME, DIALECT_NOT_DECLARED; `location.source` is the line of the revision.
 *
 * ```ts
 * const { operations } = record({ revision: '4f2a91c07b3e', dialect: 'sqlite', build: upgrade })
 * ```
 */
export function record(options: RecordOptions): Recording {
  requireOptions('record', options, recordChecks, ['revision', 'dialect', 'build'])
  return recorded(options, {})
}

function recorded({ revision, dialect, build }: RecordOptions, how: Pick<RecordingState, 'placed'>): Recording {
  const recording: RecordingState = {
    ...{ revision, dialect, operations: [], steps: new Map(), branches: new Set<DialectName>(), unknownMethod: {} },
    ...how,
  }
  try {
    during(recording, operationRecorder, build)
  } catch (error) {
    throw isMigrateError(error) ? locate(error, { revision }) : error
  }
  const { operations, steps, branches } = recording
  return Object.freeze({ operations: Object.freeze(operations), steps, branches })
}

/**
 * Records twice and compares: operations are what a revision is known by later, so clocks, random values and the
 * environment have no place in them. Gives the recording. Throws RECORDING_NOT_REPEATABLE with the place of the first
 * operation that differs, and what `record` throws.
 */
export function recordRepeatable(options: RecordOptions): Recording {
  const first = record(options)
  assertRepeatable(options.revision, first, recorded(options, { placed: 'later' }))
  return first
}

/** Throws RECORDING_NOT_REPEATABLE where two recordings of one revision differ. */
function assertRepeatable(revision: string, first: Recording, second: Recording): void {
  requireArguments(
    'assertRepeatable',
    { revision, first, second },
    { revision: isText, first: isRecording, second: isRecording },
  )
  const length = Math.max(first.operations.length, second.operations.length)
  for (let index = 0; index < length; index += 1) {
    const one = first.operations[index]
    const other = second.operations[index]
    if (one && other && isSame(one.operation, other.operation)) continue
    const source = (one ?? other)?.source
    throw new MigrateError(
      'RECORDING_NOT_REPEATABLE',
      { revision, index },
      `Revision ${revision} records something else each time: operation ${index + 1} differs.`,
      { location: { revision, ...(source === undefined ? {} : { source }) } },
    )
  }
}
