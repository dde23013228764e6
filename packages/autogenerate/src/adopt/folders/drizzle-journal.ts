import type { BuiltInDialect } from '@org/migrate-core/dialect'
import { invalidFolder, readForeign } from './foreign-folder.ts'

export interface JournalEntry {
  readonly tag: string
  /** Milliseconds since 1970: what decides whether the tool runs it. */
  readonly when: number
}

/** What drizzle-kit calls the databases that there is a dialect for. */
const dialects: ReadonlyMap<unknown, BuiltInDialect> = new Map<unknown, BuiltInDialect>([
  ['postgresql', 'postgres'],
  ['pg', 'postgres'],
  ['mysql', 'mysql'],
  ['sqlite', 'sqlite'],
  ['turso', 'sqlite'],
])

export function refuseOtherDialect(file: string, declared: unknown, expected: string | undefined): void {
  if (expected === undefined || dialects.get(declared) === expected) return
  throw invalidFolder(file, `it is of the dialect ${JSON.stringify(declared)}, and the database is ${expected}`)
}

/** Throws REVISION_FILE_INVALID. */
export function jsonObject(file: string, text: string): Readonly<Record<string, unknown>> {
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
export function readJournal(file: string, dialect: string | undefined): readonly JournalEntry[] {
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
