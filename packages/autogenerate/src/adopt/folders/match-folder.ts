import { holding, isText, type OptionCheck, oneOf, optional, requireArguments } from '@org/migrate-core/dialect'
import { isTexts, listOf } from '@org/migrate-core/internal'
import { type AppliedMigration, isToolHistory, type ToolHistory } from '../../recognise/recogniser.ts'
import type { FolderMigration, ForeignText } from './foreign-folder.ts'

const isForeignText = holding<ForeignText>({ file: isText, text: isText, nonTransactional: optional(oneOf(true)) })

/** What the readers of folders give. */
export const isMigrations: OptionCheck = listOf(
  holding<FolderMigration>({
    name: isText,
    version: optional(isText),
    at: optional(isText),
    up: isForeignText,
    down: optional(isForeignText),
    hash: isText,
    otherHashes: isTexts,
  }),
)

/** `order`: it stands before one that a row names, in a tool that keeps only its last. */
export type MatchedBy = 'hash' | 'name' | 'version' | 'time' | 'order'

export interface FolderMatch {
  /** The name of the migration. */
  readonly migration: string
  readonly by: MatchedBy
  /** Absent where it has none of its own. */
  readonly row?: AppliedMigration
}

/** Where a database stands in another tool's folder. Every migration is in one of `applied`, `skipped` and `pending`. */
export interface FolderStatus {
  /** In the order of the folder. */
  readonly applied: readonly FolderMatch[]
  /** Names of those that have no row although a later one has, or the tool is beyond their time: it passed them by, and will again. */
  readonly skipped: readonly string[]
  readonly pending: readonly string[]
  /** Rows that belong to no migration of the folder: its file was deleted, or edited and renamed. */
  readonly unknown: readonly AppliedMigration[]
  /** Names of those that are applied, and whose text is not what was run. */
  readonly edited: readonly string[]
  /**
   * The last one that is applied, where everything before it is too: the revision to stamp. Absent where nothing is applied, and
   * where one before it is not.
   */
  readonly at?: string
}

type Same = (row: AppliedMigration, migration: FolderMigration) => boolean

const sameHash: Same = (row, { hash, otherHashes }) =>
  row.hash !== undefined && [hash, ...otherHashes].includes(row.hash.toLowerCase())
const sameTime: Same = ({ at }, migration) => at !== undefined && at === migration.at
const stemOf = (name: string): string => name.replace(/\.(?:[mc]?[jt]s|sql)$/i, '').replace(/\.up$/i, '')
const sameName: Same = ({ name }, migration) => name === migration.name || stemOf(name) === migration.name
/** dbmate, Rails and golang-migrate keep the digits alone, as text or as a number. */
const sameVersion: Same = ({ name }, { version }) => {
  const digits = /^\d+/.exec(version ?? '')?.[0]
  return digits !== undefined && /^\d+$/.test(name) && BigInt(name) === BigInt(digits)
}

/** What proves most comes first: two migrations may have one text, and only their times tell them apart. */
const passes: readonly (readonly [MatchedBy, Same])[] = [
  ['hash', (row, migration) => sameHash(row, migration) && (sameTime(row, migration) || sameName(row, migration))],
  ['hash', sameHash],
  ['name', sameName],
  ['version', sameVersion],
  ['time', sameTime],
]

type Matches = ReadonlyMap<FolderMigration, FolderMatch>

function matchesOf(rows: readonly AppliedMigration[], migrations: readonly FolderMigration[]): Matches {
  const matches = new Map<FolderMigration, FolderMatch>()
  const free = new Set(rows)
  for (const [by, same] of passes) {
    for (const migration of migrations) {
      if (matches.has(migration)) continue
      const row = [...free].find((each) => same(each, migration))
      if (row === undefined) continue
      free.delete(row)
      matches.set(migration, { migration: migration.name, by, row })
    }
  }
  return matches
}

function lastOf(matches: Matches, migrations: readonly FolderMigration[]): number {
  return migrations.findLastIndex((migration) => matches.has(migration))
}

function withEarlier(matches: Matches, migrations: readonly FolderMigration[]): Matches {
  const earlier = migrations.slice(0, lastOf(matches, migrations) + 1)
  return new Map(
    earlier.map((migration) => [migration, matches.get(migration) ?? { migration: migration.name, by: 'order' }]),
  )
}

function isBehindMark({ records, applied }: ToolHistory, { at }: FolderMigration): boolean {
  return records === 'mark' && at !== undefined && applied.some((row) => row.at !== undefined && row.at >= at)
}

function isEdited({ by, row }: FolderMatch): boolean {
  return by !== 'hash' && row?.hash !== undefined
}

/**
 * What of a folder is applied to a database, as the rows of its tool say: by the hash of the file first, then by its name or number,
 * then by its time. What matches nothing is reported, not guessed.
 *
 * Throws INVALID_OPTION.
 *
 * ```ts
 * const { at, pending } = matchFolder(history, readDrizzleFolder('/app/drizzle').migrations)
 * ```
 */
export function matchFolder(history: ToolHistory, migrations: readonly FolderMigration[]): FolderStatus {
  requireArguments('matchFolder', { history, migrations }, { history: isToolHistory, migrations: isMigrations })
  const direct = matchesOf(history.applied, migrations)
  const matches = history.records === 'last' ? withEarlier(direct, migrations) : direct
  const used = new Set([...direct.values()].map(({ row }) => row))
  const last = lastOf(matches, migrations)
  const between = new Set(migrations.slice(0, last + 1).filter((migration) => !matches.has(migration)))
  const [skipped, pending]: [string[], string[]] = [[], []]
  for (const migration of migrations) {
    if (matches.has(migration)) continue
    const list = between.has(migration) || isBehindMark(history, migration) ? skipped : pending
    list.push(migration.name)
  }
  const at = between.size > 0 ? undefined : migrations[last]?.name
  const applied = migrations.flatMap((migration) => matches.get(migration) ?? [])
  return {
    applied,
    skipped,
    pending,
    unknown: history.applied.filter((row) => !used.has(row)),
    edited: applied.filter(isEdited).map(({ migration }) => migration),
    ...(at === undefined ? {} : { at }),
  }
}
