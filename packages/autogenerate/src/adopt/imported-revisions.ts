import { MigrateError } from '@org/migrate-core'
import {
  type Dialect,
  isDialect,
  partsOfSql,
  requireArguments,
  type SqlPart,
  type SqlStatement,
} from '@org/migrate-core/dialect'
import { isTexts, normaliseSource, positionInText, sha256 } from '@org/migrate-core/internal'
import { beginsTransaction, commitsTransaction } from '../sources/transaction-frame.ts'
import type { FolderMigration, ForeignText } from './folders/foreign-folder.ts'
import { isMigrations } from './folders/match-folder.ts'
import type { ImportedRevision } from './imported-files.ts'

/** What has to be known of a database to read and mark its SQL. */
type TextDialect = Pick<Dialect, 'name' | 'capabilities' | 'sql'>

/** A text as a revision has it. */
interface MarkedText {
  readonly text: string
  /** What was done to it beyond marks, a sentence each. */
  readonly notes: readonly string[]
}

interface Edit {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

const breakpoint = /--> statement-breakpoint(?![ \t]*(?:\n|$))/g

/** Behind drizzle-kit's mark a statement may follow in the same line, which other programs read as a comment. */
function withWholeMarks(text: string): string {
  return text.replace(breakpoint, '$&\n')
}

function endOf({ text, at }: SqlStatement): number {
  return at + text.length
}

/**
 * Comments that begin like a mark and are none are changed, so that no reader of the revision takes them for marks. Outside of statements they
 * are spelled in another way; within one, its text would be changed.
 */
function commentEdits(file: ForeignText, { directives, statements }: SqlPart): readonly Edit[] {
  const foreign = directives.filter(({ word }) => word !== 'no-transaction' && word !== 'nothing')
  return foreign.map(({ at }) => {
    if (statements.some((each) => at > each.at && at < endOf(each))) {
      const { line } = positionInText(file.text, at)
      const why = 'a comment within a statement begins with `migrate:`, which is the beginning of a mark'
      throw new MigrateError('REVISION_FILE_INVALID', { file: file.file, why }, `${file.file}:${line}: ${why}`, {
        remedy: 'Write the comment in other words.',
      })
    }
    return { at: at + '--'.length, remove: 0, insert: ' note:' }
  })
}

/** A transaction around the whole text, which a revision is by itself. */
function frameOf(dialect: TextDialect, statements: readonly SqlStatement[]): readonly SqlStatement[] {
  const [first, last] = [statements[0], statements.at(-1)]
  if (first === undefined || last === undefined || !beginsTransaction(first.text) || !commitsTransaction(last.text))
    return []
  const inner = statements.slice(1, -1)
  return inner.some(({ text }) => dialect.sql.classify(text) === 'transaction') ? [] : [first, last]
}

function removal(text: string, statement: SqlStatement): Edit {
  const end = endOf(statement)
  const semicolon = /^\s*;/.exec(text.slice(end))?.[0].length ?? 0
  return { at: statement.at, remove: statement.text.length + semicolon, insert: '' }
}

/** Marks between the statements of a part, and what each of them is marked with. */
function markEdits(statements: readonly SqlStatement[], divide: boolean, nonTransactional: boolean): readonly Edit[] {
  const own = nonTransactional ? '\n-- migrate: no-transaction\n' : ''
  return statements.flatMap(({ at }, index) => {
    const insert = divide && index > 0 ? `\n-- migrate: statement${own === '' ? '\n' : own}` : own
    return insert === '' ? [] : [{ at, remove: 0, insert }]
  })
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { at, remove, insert } of [...edits].sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + insert + result.slice(at + remove)
  }
  return result
}

/**
 * Another tool's text as up.sql or down.sql of a revision has it, for one database. Statements stay as they are, byte for byte. Marks
 * are put where the database commits each statement by itself and none stands, and where the tool runs the text outside a
 * transaction; a BEGIN and COMMIT around the whole are taken out.
 *
 * Throws REVISION_FILE_INVALID for a comment within a statement that would be read as a mark.
 */
function markedText(source: ForeignText, dialect: TextDialect): MarkedText {
  const {
    capabilities,
    sql: { grammar },
  } = dialect
  const text = withWholeMarks(source.text)
  const parts = partsOfSql(text, grammar)
  const all = parts.flatMap(({ statements }) => statements)
  // Tools that send a file as it is run one outside a transaction if the server takes it in no other way.
  const isNonTransactional =
    source.nonTransactional === true || all.some((each) => dialect.sql.withinTransaction?.(each.text) !== undefined)
  const frame = isNonTransactional ? [] : frameOf(dialect, all)
  const isForcedTransactional = capabilities.nonTransactional === 'single' && all.length > 1
  const nonTransactional = isNonTransactional && !isForcedTransactional
  const divide = nonTransactional || capabilities.transactionalDdl !== 'yes'
  const inner = parts.map(({ statements }) => statements.filter((each) => !frame.includes(each)))
  const edits = [
    ...parts.flatMap((part) => commentEdits({ ...source, text }, part)),
    ...inner.flatMap((statements) => markEdits(statements, divide, nonTransactional)),
    ...frame.map((each) => removal(text, each)),
  ]
  const remarkRules = [
    [
      divide && inner.some(({ length }) => length > 1),
      'was divided into statements at its semicolons: look at the marks',
    ],
    [frame.length > 0, 'had a BEGIN and COMMIT around it, which are left out: a revision is a transaction'],
    [isNonTransactional && isForcedTransactional, 'was run outside a transaction, and is part of one here'],
  ] as const
  return {
    text: edited(text, edits),
    notes: remarkRules.flatMap(([applies, what]) => (applies ? [`${source.file} ${what}.`] : [])),
  }
}

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
