import type { Dialect } from '../../dialect/dialect.ts'
import type { RevisionSource } from '../../files/revision-source.ts'
import type { RevisionModule } from '../../graph/revision.ts'
import { recordRepeatable } from '../../operations/record-repeatable.ts'
import type { Recording } from '../../operations/recording.ts'
import { recordSql } from './record-sql.ts'

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
  return recordRepeatable(
    { revision, dialect: dialect.name, build: build ?? (() => undefined) },
    source.originalLocation,
  )
}
