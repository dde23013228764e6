import { isMigrateError, locate } from '../errors/migrate-error.ts'
import { isFunction, isText, type OptionChecks, requireOptions } from '../errors/option-check.ts'
import type { DialectName } from '../model/column-type.ts'
import { operationRecorder } from './recorder/operation-recorder.ts'
import { during, type RecordingState } from './recorder/scope.ts'
import type { OperationRecorder } from './recorder-types.ts'
import type { Recording } from './recording.ts'

export { decodeRowValue, encodeRowValue } from './recorder/row-values.ts'

export interface RecordOptions {
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
  return recorded(options, asIs)
}

export type OriginalLocation = RecordingState['original']

export const asIs: OriginalLocation = (location) => location

/** What `record` does; `original` gives where a location is in the file that was compiled. */
export function recorded({ revision, dialect, build }: RecordOptions, original: OriginalLocation): Recording {
  const recording: RecordingState = {
    ...{ revision, dialect, operations: [], steps: new Map(), branches: new Set<DialectName>(), unknownMethod: {} },
    original,
  }
  try {
    during(recording, operationRecorder, build)
  } catch (error) {
    throw isMigrateError(error) ? locate(error, { revision }) : error
  }
  const { operations, steps, branches } = recording
  return Object.freeze({ operations: Object.freeze(operations), steps, branches })
}
