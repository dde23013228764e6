import { diffSchemas, notesBeyond, type ReadSchema, readSchema, withStatements } from '@org/migrate-autogenerate'
import { allFeatures, wholeSchema } from '@org/migrate-core/internal'
import { previewDocument, previewText } from '../autogenerate/preview.ts'
import type { CommandContext } from '../context.ts'
import { dialectFor } from '../dialect-packages.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { requireExistingFile } from '../running/existing-file.ts'
import { usage } from '../usage.ts'
import { keyOf } from '../wiring.ts'

export interface DiffSettings {
  /** 3 where they differ. */
  readonly exitCode?: true
}

async function read(context: CommandContext, url: string): Promise<ReadSchema> {
  const dialectOptions = {
    url,
    baseDirectory: context.caller.folder,
    schema: undefined,
    lock: undefined,
    key: keyOf(url, context.caller),
  }
  const dialect = await dialectFor(dialectOptions, context.caller.folder)
  requireExistingFile(dialect.connection.database, 'compared')
  return readSchema(dialect, { signal: context.signal })
}

/** What leads from one database to another. Both are only read. */
export async function diff(
  context: CommandContext,
  [from = '', to = '']: readonly string[],
  settings: DiffSettings,
): Promise<ExitCode> {
  const [one, other] = [await read(context, from), await read(context, to)]
  if (one.dialect.name !== other.dialect.name) {
    throw usage(
      `${one.dialect.name} and ${other.dialect.name} are databases of two kinds: their types are not the same`,
      'Name two databases of one kind.',
    )
  }
  const { changes, notes } = await diffSchemas({
    dialect: one.dialect,
    from: one.schema,
    to: { ...wholeSchema(other.schema), supportedFeatures: { ...allFeatures, extensions: false } },
    answers: { none: true },
  })
  const comparison = {
    dialect: one.dialect.name,
    from: one.dialect.connection.database,
    to: other.dialect.connection.database,
    changes: withStatements(one.dialect, one.schema, changes),
    notes: [...notes, ...notesBeyond(one, other)],
  }
  context.report.answer({ ...previewDocument([comparison]), from: comparison.from, to: comparison.to }, () =>
    [`from ${comparison.from} to ${comparison.to}:`, previewText([comparison])].join('\n'),
  )
  return changes.length > 0 && settings.exitCode === true ? exitCodes.todo : exitCodes.done
}
