import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DialectName, isText, requireOptions } from '@org/migrate-core/dialect'
import { absoluteFolder } from '@org/migrate-core/internal'
import { jsonObject, readJournal, refuseOtherDialect } from './drizzle-journal.ts'
import {
  type FolderMigration,
  foreignText,
  hashesOf,
  invalidFolder,
  type MigrationFolder,
  namesIn,
  readForeign,
  timestampInName,
} from './foreign-folder.ts'

export interface DrizzleFolderOptions {
  /** The database that the migrations are for; a folder of another one is refused. */
  readonly dialect?: DialectName
}

const journalName = join('meta', '_journal.json')

function fromJournal(directory: string, journal: string, dialect: DialectName | undefined): MigrationFolder {
  const migrations = readJournal(journal, dialect).map(({ tag, when }): FolderMigration => {
    const file = join(directory, `${tag}.sql`)
    const text = readForeign(file, `the journal has an entry for it (${tag}), and it is not there`)
    return { name: tag, at: new Date(when).toISOString(), up: foreignText(file, text), ...hashesOf(text) }
  })
  const journaledFiles = new Set(migrations.map(({ name }) => `${name}.sql`))
  const strays = namesIn(directory).files.filter((name) => name.endsWith('.sql') && !journaledFiles.has(name))
  return { tool: 'drizzle-kit', migrations, strays: strays.map((name) => join(directory, name)) }
}

/** `20261120064937_init/{migration.sql,snapshot.json}`: the time in the name is the order. */
function fromFolders(directory: string, dialect: DialectName | undefined): MigrationFolder {
  const names = namesIn(directory)
  const migrations = names.folders.flatMap((name): FolderMigration[] => {
    const folder = join(directory, name)
    const [file, snapshot] = [join(folder, 'migration.sql'), join(folder, 'snapshot.json')]
    const timestamp = timestampInName(name)
    if (timestamp.at === undefined) {
      if (!existsSync(file)) return []
      throw invalidFolder(folder, 'its name does not begin with a time of fourteen digits')
    }
    const text = readForeign(file, `it is not there, and ${name} is the name of a migration`)
    if (existsSync(snapshot)) {
      refuseOtherDialect(snapshot, jsonObject(snapshot, readForeign(snapshot, 'it is not there')).dialect, dialect)
    }
    return [{ name, ...timestamp, up: foreignText(file, text), ...hashesOf(text) }]
  })
  const strays = names.files.filter((name) => name.endsWith('.sql'))
  return { tool: 'drizzle-kit', migrations, strays: strays.map((name) => join(directory, name)) }
}

/**
 * A folder of drizzle-kit: of 0.x, with its journal, or of 1.0, with a folder for each migration. Nothing is changed.
 *
 * Throws INVALID_OPTION, MIGRATIONS_NOT_FOUND, and REVISION_FILE_INVALID for what the tool itself could not run: a journal that is no
 * JSON or of another dialect, an entry without a file, two with one tag, a tag that leads out of the folder.
 *
 * ```ts
 * const { migrations } = readDrizzleFolder('/app/drizzle', { dialect: 'postgres' })
 * ```
 */
export function readDrizzleFolder(directory: URL | string, options: DrizzleFolderOptions = {}): MigrationFolder {
  const { dialect } = requireOptions('readDrizzleFolder', options, { dialect: isText })
  const home = absoluteFolder(directory)
  const journal = join(home, journalName)
  const folders = namesIn(home).folders.filter((name) => existsSync(join(home, name, 'migration.sql')))
  if (existsSync(journal)) {
    const [first] = folders
    if (first === undefined) return fromJournal(home, journal, dialect)
    const why = `there is a journal of drizzle-kit 0.x beside ${first}, which is a migration of 1.0: \`drizzle-kit up\` makes one of both`
    throw invalidFolder(journal, why)
  }
  if (folders.length > 0) return fromFolders(home, dialect)
  throw invalidFolder(
    home,
    `it is no folder of drizzle-kit: it has no ${journalName}, and no folders with a migration.sql`,
  )
}
