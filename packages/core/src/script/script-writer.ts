import type { Dialect, UnloadedDialect } from '../dialect/dialect.ts'
import type { Precondition, ScriptParts } from '../dialect/script.ts'
import type { Session, TransactionScope } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { inlineParams } from '../sql/inline.ts'
import { lexSql } from '../sql/lexer.ts'
import type { Statement } from '../sql/statement.ts'
import type { Quote, SqlFragment } from '../sql/tag.ts'

/**
 * What stands in a bookkeeping row for the moment at which the script runs: the script says the server's own clock in its place, and
 * so is the same whenever it is printed.
 */
export const whenItRuns = new Date('0001-01-01T00:00:00.000Z')
const asText = whenItRuns.toISOString()
/** As a sequential tier writes it. */
const asTimestamp = '0001-01-01 00:00:00.000000'

/** Throws UNSUPPORTED where a dialect has no scripts. */
export function scriptParts({ name, script }: Dialect): ScriptParts<UnloadedDialect> {
  if (script !== undefined) return script
  const why = 'its dialect does not say how a client of it runs one'
  const message = `A script for ${name}: ${why}.`
  throw new MigrateError('UNSUPPORTED', { dialect: name, operation: 'a script', why }, message, {
    remedy: 'Run the command on the database itself, without `--sql`.',
  })
}

/** The paragraphs of a script, in their order. */
export interface ScriptWriter {
  comment(text: string): void
  statement(statement: Pick<Statement, 'sql' | 'params' | 'settings'>): void
  /** A row of the bookkeeping: `whenItRuns` in it is the server's clock. In a row of a revision it is a value as any other. */
  record(statement: Pick<Statement, 'sql' | 'params'>): void
  /** SQL that is written already. */
  sql(text: string): void
  require(precondition: Precondition, why: string): void
  paragraphs(): readonly string[]
}

/** A comment must not end early: names may hold line ends. */
export function commentText(text: string): string {
  return `-- ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`
}

/** Without the end that the author wrote; one that is a comment must not take ours with it: MySQL has those with a `#`, too. */
function ended(dialect: Dialect, text: string): string {
  const trimmed = text.trim().replace(/(?:;\s*)+$/, '')
  const last = lexSql(trimmed, dialect.sql.grammar).at(-1)
  const body = last?.kind === 'comment' && !last.text.endsWith('*/') ? `${trimmed}\n` : trimmed
  return scriptParts(dialect).ended?.(body) ?? `${body};`
}

export function createScriptWriter(dialect: Dialect): ScriptWriter {
  const { now, literal } = scriptParts(dialect)
  const timestamps: ReadonlyMap<unknown, SqlFragment> = new Map([
    [asText, now.text],
    [asTimestamp, now.timestamp],
  ])
  const quote: Quote = {
    ...dialect.sql.quote,
    literal: (value) => literal?.(value) ?? dialect.sql.quote.literal(value),
  }
  const quoteOfRecords: Quote = { ...quote, literal: (value) => timestamps.get(value) ?? quote.literal(value) }
  const paragraphs: string[] = []
  let comments: string[] = []
  const add = (text: string): void => {
    paragraphs.push([...comments, ended(dialect, text)].join('\n'))
    comments = []
  }
  const flush = (): void => {
    if (comments.length > 0) paragraphs.push(comments.join('\n'))
    comments = []
  }
  const inlined = ({ sql, params = [] }: Pick<Statement, 'sql' | 'params'>, by: Quote): string =>
    inlineParams(by, sql, params, dialect.sql.grammar)
  return {
    comment: (text) => comments.push(commentText(text)),
    statement(statement) {
      const { set = [], reset = [] } = statement.settings ?? {}
      for (const text of set) add(text)
      add(inlined(statement, quote))
      for (const text of reset) add(text)
    },
    record: (statement) => add(inlined(statement, quoteOfRecords)),
    sql: add,
    require(precondition, why) {
      comments.push(commentText(why))
      const lines = scriptParts(dialect).require(precondition)
      paragraphs.push([...comments, ...lines.map((line) => ended(dialect, line))].join('\n'))
      comments = []
    },
    paragraphs() {
      flush()
      return paragraphs
    },
  }
}

/** The transactions of a script, as a run opens and ends them. */
export interface ScriptTransaction {
  begin(): void
  end(): void
}

/** `off`: the schema that the transaction ends with, where it runs with foreign keys off. */
export function scriptTransaction(
  dialect: Dialect,
  writer: ScriptWriter,
  off: SchemaModel | undefined,
): ScriptTransaction {
  const { begin, unchecked: uncheckedOf } = scriptParts(dialect)
  const unchecked = off === undefined ? undefined : uncheckedOf?.(off)
  const write = (lines: readonly string[] = []): void => {
    for (const line of lines) writer.sql(line)
  }
  let isOpen = false
  return {
    begin() {
      if (isOpen) return
      isOpen = true
      write(unchecked?.before)
      if (begin !== undefined) writer.sql(begin)
      write(unchecked?.afterBegin)
    },
    end() {
      if (!isOpen) return
      isOpen = false
      write(unchecked?.beforeCommit)
      if (begin !== undefined) writer.sql('COMMIT')
      write(unchecked?.after)
    },
  }
}

/**
 * A session that writes down what it is sent: so the journal of a script is the one of a run, statement by statement. It answers
 * every write as a server does that has done it.
 */
export function writingSession(writer: ScriptWriter, transaction: ScriptTransaction): Session {
  const refused = (what: string) => async (): Promise<never> => {
    throw new MigrateError('INTERNAL', { where: what }, `A script was asked to ${what}, which needs a database.`)
  }
  return {
    isOpen: true,
    query: refused('query'),
    execute: async (sql, params) => {
      writer.record({ sql, ...(params === undefined ? {} : { params }) })
      return { changes: 1 }
    },
    begin: async (): Promise<TransactionScope> => {
      transaction.begin()
      return { commit: async () => transaction.end(), rollback: async () => undefined }
    },
    savepoint: refused('savepoint'),
    copy: refused('copy'),
    close: async () => undefined,
  }
}
