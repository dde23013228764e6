import { MigrateError } from '../errors/migrate-error.ts'
import {
  holding,
  isAnything,
  isText,
  listOf,
  type OptionCheck,
  type OptionChecks,
  requireOptions,
} from '../errors/option-check.ts'
import type { Revision, RevisionModule, SqlEffects, SqlFile, SqlFiles } from '../graph/revision.ts'
import { sqlRemedy } from './module-check.ts'
import { checkedValueHeader } from './value-header.ts'

export interface SqlRevisionInput extends Pick<Revision, 'branchLabels' | 'dependsOn' | 'compatibleWith' | 'message'> {
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  /** What up.sql would have; the comments of a header are comments here. */
  readonly up: string
  readonly down?: string
  /** What the statements of `up` do to the schema, as in the `effects.ts` of a folder. */
  readonly effects?: SqlEffects
}

const isEffect: OptionCheck = (value) =>
  typeof value === 'function' || value === 'none' ? undefined : 'a function or `none` is expected'

const isEffects: OptionCheck = (value) => (Array.isArray(value) ? listOf(isEffect)(value) : isEffect(value))

const inputChecks: OptionChecks<SqlRevisionInput> = {
  up: isText,
  down: isText,
  effects: isEffects,
  // Facts, checked as those of every revision.
  revision: isAnything,
  downRevision: isAnything,
  branchLabels: isAnything,
  dependsOn: isAnything,
  compatibleWith: isAnything,
  message: isAnything,
}

/** A byte order mark and the line ends of another system are not what the author wrote. */
export function sqlText(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

function asOne({ text }: SqlFile): RevisionModule['upgrade'] {
  return (op) => {
    if (text.trim() !== '') op.sql(text)
  }
}

export function sqlModule(sql: SqlFiles): RevisionModule {
  return { upgrade: asOne(sql.up), ...(sql.down === undefined ? {} : { downgrade: asOne(sql.down) }), sql }
}

/**
 * A revision in SQL as a value, for services that are bundled: the texts are what up.sql and down.sql would hold, with the same
 * marks between statements.
 *
 * ```ts
 * const accounts = sqlRevision({ revision: '4f2a91c07b3e', downRevision: null, up: 'CREATE TABLE accounts (id INTEGER)', down: 'DROP TABLE accounts' })
 * const tier = graphOf(revisions([accounts]))
 * ```
 *
 * Throws INVALID_OPTION, HEADER_INVALID, REVISION_FILE_INVALID; a run throws REVISION_FILE_INVALID and TRANSACTION_CONTROL_IN_STEP as for files.
 */
export function sqlRevision(input: SqlRevisionInput): Revision {
  requireOptions('sqlRevision', input, inputChecks, ['up'])
  checkedValueHeader(input, 'sqlRevision')
  const { up, down, effects, ...facts } = input
  const downFile = `${facts.revision}/down.sql`
  const sql: SqlFiles = {
    up: { file: `${facts.revision}/up.sql`, text: sqlText(up) },
    ...(down === undefined ? {} : { down: { file: downFile, text: sqlText(down) } }),
    downFile,
    ...(effects === undefined ? {} : { effects }),
  }
  return { ...facts, ...sqlModule(sql) }
}

const isFile = (value: unknown): boolean => holding<SqlFile>({ file: isText, text: isText })(value) === undefined

/** The `sql` of a revision that is passed as a value. Throws REVISION_FILE_INVALID. */
export function checkedSql(sql: SqlFiles, file: string): SqlFiles {
  const { up, down, downFile, effects } = (sql ?? {}) as Partial<SqlFiles>
  const isSql =
    isFile(up) &&
    (down === undefined || isFile(down)) &&
    typeof downFile === 'string' &&
    (effects === undefined || isEffects(effects) === undefined)
  if (isSql) return sql
  const why = '`sql` is not what `sqlRevision` makes'
  throw new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}`, { remedy: sqlRemedy })
}
