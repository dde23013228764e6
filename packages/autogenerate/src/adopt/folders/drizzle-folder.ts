import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BuiltInDialect, type DialectName, isText, requireOptions } from '@org/migrate-core/dialect'
import { absoluteFolder } from '@org/migrate-core/internal'
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

interface JournalEntry {
  readonly tag: string
  /** Milliseconds since 1970: what decides whether the tool runs it. */
  readonly when: number
}

/** What drizzle-kit calls the databases that there is a dialect for. */
const dialects: ReadonlyMap<unknown, BuiltInDialect> = new Map<unknown, BuiltInDialect>([
  ['postgresql', 'postgres'],
  // drizzle-kit 1.0.
  ['postgres', 'postgres'],
  ['pg', 'postgres'],
  ['mysql', 'mysql'],
  ['sqlite', 'sqlite'],
  ['turso', 'sqlite'],
])

function refuseOtherDialect(file: string, declared: unknown, expected: string | undefined): void {
  if (expected === undefined || dialects.get(declared) === expected) return
  throw invalidFolder(file, `it is of the dialect ${JSON.stringify(declared)}, and the database is ${expected}`)
}

/** Throws REVISION_FILE_INVALID. */
function jsonObject(file: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw invalidFolder(file, `it is no JSON: ${(cause as Error).message}`, cause)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalidFolder(file, 'it holds no object')
}

/** A tag is a part of the name of a file in the folder, and leads nowhere else. */
function isPlainName(tag: string): boolean {
  return tag !== '' && tag.trim() === tag && !/[\\/\p{Cc}]/u.test(tag) && !/^\.+$/.test(tag)
}

function entryOf(file: string, value: unknown, at: number): JournalEntry {
  const { tag, when } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  if (typeof tag !== 'string') throw invalidFolder(file, `entry ${at + 1} has no tag`)
  if (!isPlainName(tag)) throw invalidFolder(file, `the tag ${JSON.stringify(tag)} names no file of the folder`)
  if (typeof when !== 'number' || Number.isNaN(new Date(when).getTime()))
    throw invalidFolder(file, `the entry ${tag} has no time in \`when\``)
  return { tag, when }
}

/**
 * The entries of a `meta/_journal.json`, in its order, which is the one that the tool runs them in.
 *
 * Throws REVISION_FILE_INVALID.
 */
function readJournal(file: string, dialect: string | undefined): readonly JournalEntry[] {
  const journal = jsonObject(file, readForeign(file, 'the journal is not there'))
  if (!Array.isArray(journal.entries)) throw invalidFolder(file, 'it has no list of entries')
  refuseOtherDialect(file, journal.dialect, dialect)
  const entries = journal.entries.map((value: unknown, at) => entryOf(file, value, at))
  const foldedTags = new Set<string>()
  for (const { tag } of entries) {
    // Some file systems take them for one.
    const folded = tag.normalize('NFC').toLowerCase()
    if (foldedTags.has(folded)) throw invalidFolder(file, `two entries have the tag ${tag}`)
    foldedTags.add(folded)
  }
  return entries
}

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
