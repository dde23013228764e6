import type { Dialect } from '../../dialect/dialect.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { SqlEffect, SqlEffects, SqlFile, SqlFiles } from '../../graph/revision.ts'
import { recordRepeatable } from '../../operations/record-repeatable.ts'
import type { Recording } from '../../operations/recording.ts'
import { lexSql, type SqlGrammar } from '../../sql/lexer.ts'
import { partsOfSql, positionInText, positionsIn, type SqlPart, type SqlStatement } from '../../sql/split-statements.ts'

const markLine = '-- migrate: statement'
const directives = new Set(['no-transaction', 'nothing'])

interface FileStatement {
  readonly text: string
  readonly isNonTransactional: boolean
  /** `file:line:column` */
  readonly source: string
}

function invalid({ file, text }: SqlFile, at: number, why: string, remedy: string): MigrateError {
  const { line } = positionInText(text, at)
  return new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}:${line}: ${why}`, { remedy })
}

function refuseUnknownDirectives(file: SqlFile, { directives: used, statements }: SqlPart, isEmptyFile: boolean): void {
  for (const { word, at } of used) {
    if (!directives.has(word)) {
      const expected = `${markLine} between statements, -- migrate: no-transaction with one, or -- migrate: nothing`
      throw invalid(file, at, `\`-- migrate: ${word}\` is no mark`, `Write ${expected}.`)
    }
    if (word === 'no-transaction' && statements.length === 0) {
      const why = '`-- migrate: no-transaction` belongs to a statement, and none stands with it'
      throw invalid(
        file,
        at,
        why,
        'Put the line right before its statement, behind the mark that divides it from others.',
      )
    }
    if (word === 'nothing' && !(isEmptyFile && statements.length === 0)) {
      const why = '`-- migrate: nothing` says that the file does nothing, but it has statements'
      throw invalid(file, at, why, 'Take the line out, or the statements.')
    }
  }
}

/** Where each statement is committed by itself, a text that was divided wrongly would stay half done: its author divides it. */
function refuseUndivided(
  dialect: Dialect,
  file: SqlFile,
  statements: readonly SqlStatement[],
  isNonTransactional: boolean,
): void {
  const [, second] = statements
  if (second === undefined) return
  const subject = isNonTransactional ? 'a statement outside a transaction' : `each statement on ${dialect.name}`
  if (!isNonTransactional && dialect.capabilities.transactionalDdl === 'yes') return
  const position = positionsIn(file.text)
  const lines = statements.slice(1, 11).map(({ at }) => position(at).line)
  const more = statements.length - 1 - lines.length
  const why = `${statements.length} statements with no mark between them, and ${subject} is committed by itself`
  const where =
    lines.length === 1
      ? `line ${lines[0]}`
      : `each of the lines ${lines.join(', ')}${more > 0 ? `, and ${more} more,` : ''}`
  throw invalid(file, second.at, why, `Write a line \`${markLine}\` before ${where} of ${file.file}.`)
}

function refuseControl(dialect: Dialect, file: SqlFile, { text, at }: SqlStatement): void {
  if (/^delimiter\b/i.test(text)) {
    const why = 'DELIMITER is a word of the mysql program, and no server knows it'
    throw invalid(file, at, why, `Take it out, and divide the statements by lines \`${markLine}\`.`)
  }
  if (dialect.sql.classify(text) !== 'transaction') return
  const { line } = positionInText(file.text, at)
  throw new MigrateError(
    'TRANSACTION_CONTROL_IN_STEP',
    { sql: text },
    `${file.file}:${line}: ${text} controls the transaction, which is the migrator’s.`,
    {
      remedy:
        'Take it out: a revision is one transaction, and `-- migrate: no-transaction` takes a statement out of it.',
    },
  )
}

/** A question mark is no placeholder here, but an operator of PostgreSQL; in a text that is recorded it is written twice. */
function withoutPlaceholders(text: string, grammar: SqlGrammar): string {
  if (!text.includes('?')) return text
  return lexSql(text, grammar)
    .map((token) => (token.kind === 'placeholder' ? '??' : token.text))
    .join('')
}

function statementsOf(dialect: Dialect, file: SqlFile): readonly FileStatement[] {
  const parts = partsOfSql(file.text, dialect.sql.grammar)
  const isEmptyFile = parts.every(({ statements }) => statements.length === 0)
  const fileStatements: FileStatement[] = []
  const position = positionsIn(file.text)
  for (const part of parts) {
    refuseUnknownDirectives(file, part, isEmptyFile)
    const isNonTransactional = part.directives.some(({ word }) => word === 'no-transaction')
    refuseUndivided(dialect, file, part.statements, isNonTransactional)
    for (const statement of part.statements) {
      refuseControl(dialect, file, statement)
      const { line, column } = position(statement.at)
      const text = withoutPlaceholders(statement.text, dialect.sql.grammar)
      fileStatements.push({ text, isNonTransactional, source: `${file.file}:${line}:${column}` })
    }
  }
  return fileStatements
}

/** One for each statement; none where they are not known. */
function effectsOf(file: SqlFile, count: number, effects: SqlEffects | undefined): readonly SqlEffect[] {
  if (effects === undefined) return []
  const listed = typeof effects === 'object' ? effects : [effects]
  if (listed.length === count) return listed
  const why = `its effects are those of ${listed.length}, and it has ${count} statement${count === 1 ? '' : 's'}`
  throw new MigrateError('REVISION_FILE_INVALID', { file: file.file, why }, `${file.file}: ${why}`, {
    remedy: "Give `effects` a list with one for each statement, `'none'` for those that leave the schema as it is.",
  })
}

/**
 * Records a revision that is written in SQL: a statement is one operation, in the place where its file has it.
 *
 * Throws REVISION_FILE_INVALID for marks that are missing or are none and for effects that are not those of the statements, and
 * TRANSACTION_CONTROL_IN_STEP with file and line.
 */
export function recordSql(dialect: Dialect, revision: string, file: SqlFile, effects?: SqlEffects): Recording {
  const statements = statementsOf(dialect, file)
  const effectList = effectsOf(file, statements.length, effects)
  const { operations, steps, branches } = recordRepeatable({
    revision,
    dialect: dialect.name,
    build: (op) => {
      for (const [at, { text, isNonTransactional }] of statements.entries()) {
        const effect = effectList[at]
        op.sql(text, {
          ...(isNonTransactional ? { nonTransactional: true } : {}),
          ...(effect === undefined ? {} : { effects: effect === 'none' ? () => undefined : effect }),
        })
      }
    },
  })
  const placed = operations.map(({ operation }, at) =>
    Object.freeze({ operation, source: statements[at]?.source ?? file.file }),
  )
  return Object.freeze({ operations: Object.freeze(placed), steps, branches })
}

/** Whether the downgrade file exists and has statements: a file of comments reverts nothing. */
export function hasDowngradeStatements(dialect: Dialect, { down }: SqlFiles): boolean {
  if (down === undefined) return false
  const parts = partsOfSql(down.text, dialect.sql.grammar)
  return parts.some((part) => part.statements.length > 0 || part.directives.some(({ word }) => word === 'nothing'))
}
