import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { absoluteFolder, sqlText } from '@org/migrate-core/internal'
import {
  type FolderMigration,
  type ForeignText,
  foreignText,
  hashesOf,
  invalidFolder,
  type MigrationFolder,
  namesIn,
  readForeign,
  timestampInName,
} from './foreign-folder.ts'
import { sectionsOf } from './sections.ts'

/** What the name of a plain file of SQL says. */
interface PlainName {
  /** Without the extension, and what says which way it goes. */
  readonly name: string
  readonly version: string
  readonly direction: 'up' | 'down'
}

/** Groups of digits up to the first that is a part of a word: `2021_05_06` of `2021_05_06_people`, `3` of `3_2fa`. */
const version = /^\d+(?:[._-]\d+(?=[._-]|$))*(?=[._-]|$)/
/** Flyway's: V for up, U for the downgrade. */
const flyway = /^([VU])(\d+(?:[._]\d+)*)__/
const directionSuffix = /\.(up|down)$/i

/** Undefined for a name that has no number at its beginning. */
function plainName(stem: string): PlainName | undefined {
  const [, letter, numbered] = flyway.exec(stem) ?? []
  if (numbered !== undefined) {
    // Upgrade and downgrade of one version have one name.
    return { name: `V${stem.slice(1)}`, version: numbered, direction: letter === 'U' ? 'down' : 'up' }
  }
  const direction = directionSuffix.exec(stem)?.[1]?.toLowerCase() === 'down' ? 'down' : 'up'
  const name = stem.replace(directionSuffix, '')
  const [digits] = version.exec(name) ?? []
  return digits === undefined ? undefined : { name, version: digits, direction }
}

const numbersOf = (text: string): readonly bigint[] => text.split(/[._-]/).map(BigInt)

/** 9 before 10, 1.2 before 1.10; equal for 01 and 1. */
function compareVersions(a: string, b: string): number {
  const [first, second] = [numbersOf(a), numbersOf(b)]
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const [left = -1n, right = -1n] = [first[at], second[at]]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

interface PlainFile extends PlainName {
  readonly file: string
}

const missing = 'it is not there any more'

/** A folder of one migration: Prisma's has a `migration.sql`, Diesel's an `up.sql`. */
function filesOfFolder(directory: string, name: string): readonly PlainFile[] {
  const parsed = plainName(name)
  if (parsed === undefined) return []
  const of = (file: string, direction: 'up' | 'down'): readonly PlainFile[] => {
    const path = join(directory, name, file)
    return existsSync(path) ? [{ name, version: parsed.version, direction, file: path }] : []
  }
  return [...of('migration.sql', 'up'), ...of('up.sql', 'up'), ...of('down.sql', 'down')]
}

function migrationOf(up: PlainFile, down: PlainFile | undefined): FolderMigration {
  const text = readForeign(up.file, missing)
  const sections = sectionsOf(up.file, sqlText(text))
  if (down !== undefined && sections.down !== undefined) {
    throw invalidFolder(down.file, `${up.file} has a downgrade too`)
  }
  const downText = downTextOf(up, down, sections.down)
  const { name, version } = up
  return {
    name,
    version,
    ...timestampInName(version),
    up: foreignText(up.file, sections.up.text, sections.up.nonTransactional),
    ...(downText === undefined || downText.text.trim() === '' ? {} : { down: downText }),
    ...hashesOf(text),
  }
}

function downTextOf(
  up: PlainFile,
  down: PlainFile | undefined,
  section: { readonly text: string; readonly nonTransactional: boolean } | undefined,
): ForeignText | undefined {
  if (down !== undefined) return foreignText(down.file, readForeign(down.file, missing))
  return section === undefined ? undefined : foreignText(up.file, section.text, section.nonTransactional)
}

/** Which files belong together, and that no two of them mean one thing. Throws REVISION_FILE_INVALID. */
function pairs(files: readonly PlainFile[]): readonly FolderMigration[] {
  const sorted = [...files].sort((a, b) => compareVersions(a.version, b.version))
  const groups: PlainFile[][] = []
  for (const file of sorted) {
    const group = groups.at(-1)
    if (group?.[0] !== undefined && compareVersions(group[0].version, file.version) === 0) group.push(file)
    else groups.push([file])
  }
  return groups.map((group) => {
    const [ups, downs] = [
      group.filter(({ direction }) => direction === 'up'),
      group.filter(({ direction }) => direction === 'down'),
    ]
    const [up, down] = [ups[0], downs[0]]
    if (up === undefined) throw invalidFolder(down?.file ?? '', 'it is a downgrade, and there is no upgrade')
    const duplicate = ups[1] ?? (down?.name === up.name ? downs[1] : down)
    if (duplicate !== undefined) throw invalidFolder(duplicate.file, `it has the same number as ${up.file}`)
    return migrationOf(up, down)
  })
}

/**
 * A folder of numbered files of SQL, in the order of their numbers: `001_users.sql`, or `001_users.up.sql` and
 * `001_users.down.sql`; files with both in them, as dbmate, goose and node-pg-migrate have them; Flyway's `V1__users.sql` and
 * `U1__users.sql`; folders with a `migration.sql` (Prisma), or an `up.sql` and a `down.sql` (Diesel). Nothing is changed.
 *
 * Throws INVALID_OPTION, MIGRATIONS_NOT_FOUND, and REVISION_FILE_INVALID: two files with one number, a downgrade without an upgrade, a
 * folder without any numbered file.
 *
 * ```ts
 * const { migrations, strays } = readPlainFolder('/app/db/migrations')
 * ```
 */
export function readPlainFolder(directory: URL | string): MigrationFolder {
  const home = absoluteFolder(directory)
  const names = namesIn(home)
  const strays: string[] = []
  const files = names.files
    .filter((name) => /\.sql$/i.test(name))
    .flatMap((name): readonly PlainFile[] => {
      const file = join(home, name)
      const parsed = plainName(name.slice(0, -'.sql'.length))
      if (parsed === undefined) strays.push(file)
      return parsed === undefined ? [] : [{ ...parsed, file }]
    })
  const migrations = pairs([...files, ...names.folders.flatMap((name) => filesOfFolder(home, name))])
  if (migrations.length === 0) throw invalidFolder(home, 'it has no numbered files of SQL')
  return { tool: 'SQL', migrations, strays }
}
