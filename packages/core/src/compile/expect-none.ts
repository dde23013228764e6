import type { Dialect } from '../dialect/dialect.ts'
import type { Precondition } from '../dialect/script.ts'
import { invalid } from '../operations/traits/objects.ts'
import type { SqlClass } from '../sql/classification.ts'
import { inlineParams } from '../sql/inline.ts'
import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from '../sql/lexer.ts'
import { partsOfSql } from '../sql/split-statements.ts'
import type { Statement } from '../sql/statement.ts'
import type { Quote } from '../sql/tag.ts'
import { sql, verbatim } from '../sql/tag.ts'

/** How a server's SQL is read and quoted. */
export interface SqlSyntax {
  readonly quote: Quote
  readonly grammar: SqlGrammar
  readonly classify: (sql: string) => SqlClass
}

/** What can stand in parentheses behind FROM. SHOW, EXPLAIN and PRAGMA only look too, but cannot. */
const queries = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE'])
const examples = 5

/** One that closes more than it has opened would end the parentheses that we put around it. */
function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0
  for (const { text } of tokens) {
    if (text === '(') depth += 1
    else if (text === ')') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0
}

/** The query without the semicolon and the comments around it: a comment at its end would take with it what we write behind it. */
function onlyQuery(what: string, text: string, { grammar, classify }: SqlSyntax): string {
  const line = `expect no ${what}`
  const [only, ...more] = partsOfSql(text, grammar).flatMap(({ statements }) => statements)
  if (only === undefined) throw invalid(line, 'its text is no query')
  if (more.length > 0) throw invalid(line, `its text is ${more.length + 1} statements, and a check is one SELECT`)
  const tokens = lexSql(only.text, grammar).filter(isSignificant)
  const first = tokens.find((token) => token.text !== '(')?.text.toUpperCase() ?? ''
  if (classify(only.text) !== 'query' || !queries.has(first))
    throw invalid(line, 'a check only reads, and its text is no SELECT')
  if (!isBalanced(tokens)) throw invalid(line, 'the parentheses of its query do not match')
  return only.text
}

/**
 * The statement that an `expectNone` is on every server: the first rows of the query, each with how many there are in all.
 * Throws INVALID_OPERATION where the text is not one query that only reads.
 */
export function noneExpected(what: string, text: string, syntax: SqlSyntax): Statement {
  const query = onlyQuery(what, text, syntax)
  let counted = 'rows in all'
  while (query.includes(counted)) counted += '+'
  const { identifier } = syntax.quote
  const rows = identifier('q')
  const all = sql`count(*) OVER () AS ${identifier(counted)}`
  const whole = sql`SELECT ${rows}.*, ${all} FROM (${verbatim(query)}) AS ${rows} LIMIT ${examples}`
  return { sql: whole.text, transaction: 'any', expectEmpty: what, counted }
}

/** A query that has to give no row, as a precondition. */
export function noRows(dialect: Dialect, { sql, params = [], expectEmpty = '', counted }: Statement): Precondition {
  // The words of an author may be the name of a table, which is how MySQL's client is told: with ours before them they are none.
  const message = counted === undefined ? expectEmpty : `rows in the way: ${expectEmpty}`
  return { condition: `NOT EXISTS (${inlineParams(dialect.sql.quote, sql, params, dialect.sql.grammar)})`, message }
}
