import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

const word = (token: SqlToken | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')

/** WITH is followed by what it belongs to; on servers where a CTE may write, any part that writes makes it a change. */
function afterWith(tokens: readonly SqlToken[], byKeyword: ReadonlyMap<string, SqlClass>): SqlClass {
  let depth = 0
  let sqlClass: SqlClass = 'unknown'
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    else if (token.text === ')') depth -= 1
    const first = depth === 0 || tokens[at - 1]?.text === '('
    const kind = first ? byKeyword.get(word(token)) : undefined
    if (kind === 'dml') return 'dml'
    if (kind === 'query' && depth === 0) sqlClass = 'query'
  }
  return sqlClass
}

/**
 * What kind of statement a text is, by its first word. Several statements in one text are `unknown`: a driver that takes them
 * would run what was not looked at.
 *
 * @param byKeyword the server's statements by their first word in upper case
 */
export function classifySql(sql: string, grammar: SqlGrammar, byKeyword: ReadonlyMap<string, SqlClass>): SqlClass {
  const all = lexSql(sql, grammar).filter(isSignificant)
  // Empty statements are read over: PostgreSQL begins a transaction with `;BEGIN`.
  const start = all.findIndex((token) => token.text !== ';')
  const tokens = all.slice(Math.max(0, start))
  const begin = tokens.findIndex((token) => token.text !== '(')
  const first = word(tokens[begin])
  const end = tokens.findIndex((token) => token.text === ';')
  // The body of a trigger or routine holds statements of its own.
  if (byKeyword.get(first) === 'ddl') return 'ddl'
  if (end !== -1 && tokens.slice(end).some((token) => token.text !== ';')) return 'unknown'
  if (first === 'WITH') return afterWith(tokens.slice(begin + 1), byKeyword)
  return byKeyword.get(first) ?? 'unknown'
}

/** What kind of SQL a text is: what a data step may send is decided by this. */
export type SqlClass = 'query' | 'dml' | 'ddl' | 'transaction' | 'setting' | 'unknown'
