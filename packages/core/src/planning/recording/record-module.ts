import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import type { RevisionSource } from '../../files/revision-source.ts'
import type { RevisionModule } from '../../graph/revision.ts'
import { recordRepeatable } from '../../operations/recorder.ts'
import type { Recording } from '../../operations/recording.ts'
import { recordSql } from './record-sql.ts'

/** What a file records, each operation and a failure with the line of the file, also where the file was compiled. */
function atOriginal({ originalLocations }: RevisionSource, record: () => Recording): Recording {
  if (originalLocations === undefined) return record()
  const recording = recorded(originalLocations, record)
  const sources = originalLocations(recording.operations.map(({ source = '' }) => source))
  const operations = recording.operations.map((each, at) => {
    const source = sources[at]
    return source === undefined || source === (each.source ?? '') ? each : Object.freeze({ ...each, source })
  })
  return Object.freeze({ ...recording, operations: Object.freeze(operations) })
}

function recorded(originals: NonNullable<RevisionSource['originalLocations']>, record: () => Recording): Recording {
  try {
    return record()
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const { code, details, message, remedy, cause, location, outcome } = error
    const { source: compiled } = location
    if (compiled === undefined) throw error
    const [source = compiled] = originals([compiled])
    throw new MigrateError(code, details, message, {
      remedy,
      cause,
      location: { ...location, source },
      ...(outcome === undefined ? {} : { outcome }),
    })
  }
}

export function recordModule(
  dialect: Dialect,
  source: RevisionSource,
  revision: string,
  module: RevisionModule,
  section: 'upgrade' | 'downgrade',
): Recording {
  const { sql } = module
  const file = section === 'upgrade' ? sql?.up : sql?.down
  if (file !== undefined) return recordSql(dialect, revision, file, section === 'upgrade' ? sql?.effects : undefined)
  const build = module[section]
  return atOriginal(source, () =>
    recordRepeatable({ revision, dialect: dialect.name, build: build ?? (() => undefined) }),
  )
}
