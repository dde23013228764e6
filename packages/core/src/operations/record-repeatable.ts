import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { isSame } from '../model/canonical.ts'
import { asIs, type OriginalLocation, type RecordOptions, recorded } from './recorder.ts'
import type { Recording } from './recording.ts'

/** The error with the line of the file, also where the file was compiled. */
function atOriginal(error: MigrateError, original: OriginalLocation): MigrateError {
  const { code, details, message, remedy, cause, location, outcome } = error
  if (location.source === undefined) return error
  return new MigrateError(code, details, message, {
    remedy,
    cause,
    location: { ...location, source: original(location.source) },
    ...(outcome === undefined ? {} : { outcome }),
  })
}

/**
 * Records twice and compares: operations are what a revision is known by later, so clocks, random values and the
 * environment have no place in them. Gives the recording; where the file was compiled, `original` gives the location in the file itself.
 * Throws RECORDING_NOT_REPEATABLE with the place of the first operation that differs, and what `record` throws.
 */
export function recordRepeatable(options: RecordOptions, original = asIs): Recording {
  const recordOnce = (): Recording => {
    try {
      return recorded(options, original)
    } catch (error) {
      throw isMigrateError(error) ? atOriginal(error, original) : error
    }
  }
  const first = recordOnce()
  assertRepeatable(options.revision, first, recordOnce())
  return first
}

/** Throws RECORDING_NOT_REPEATABLE where two recordings of one revision differ. */
function assertRepeatable(revision: string, first: Recording, second: Recording): void {
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
