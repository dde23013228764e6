import { isDialect, requireArguments } from '@org/migrate-core/dialect'
import { isTexts, normaliseSource, sha256 } from '@org/migrate-core/internal'
import { isMigrations } from './folders/argument-checks.ts'
import type { FolderMigration } from './folders/foreign-folder.ts'
import { markedText, type TextDialect } from './import-text.ts'
import type { ImportedRevision } from './imported-files.ts'

/** Of the name and the text, so that it is the same on every machine, and two migrations never share one. */
function idOf({ name, up, down }: FolderMigration): string {
  const hashes = [up, down].map((text) => (text === undefined ? '' : sha256(normaliseSource(text.text))))
  return sha256([name, ...hashes].join('\n')).slice(0, 12)
}

/** The words of a tag: `0001_add_users` says "add users". */
function messageOf(name: string): string {
  const message = name
    .replace(/^V?\d+(?:[._-]\d+)*(?=[._-]|$)/, '')
    .replace(/[\s_.-]+/g, ' ')
    .trim()
  return message === '' ? name : message
}

/**
 * Another tool's migrations as revisions in SQL, each following the one before it. The first follows `after`, or nothing.
 *
 * Throws INVALID_OPTION, and REVISION_FILE_INVALID for a text that would mean something else in a revision.
 *
 * ```ts
 * const { migrations } = readDrizzleFolder('/app/drizzle', { dialect: dialect.name })
 * const revisions = importedRevisions(migrations, dialect)
 * makeImportedFiles(revisions, '/app/migrations')
 * ```
 */
export function importedRevisions(
  migrations: readonly FolderMigration[],
  dialect: TextDialect,
  after: readonly string[] = [],
): readonly ImportedRevision[] {
  requireArguments(
    'importedRevisions',
    { migrations, dialect, after },
    { migrations: isMigrations, dialect: isDialect, after: isTexts },
  )
  let parents = after
  return migrations.map((migration): ImportedRevision => {
    const revision = idOf(migration)
    const { name, at } = migration
    const up = markedText(migration.up, dialect)
    const down = migration.down === undefined ? undefined : markedText(migration.down, dialect)
    const imported: ImportedRevision = {
      revision,
      parents,
      message: messageOf(name),
      name,
      ...(at === undefined ? {} : { at }),
      up: up.text,
      ...(down === undefined ? {} : { down: down.text }),
      notes: [...up.notes, ...(down?.notes ?? [])],
    }
    parents = [revision]
    return imported
  })
}
