import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

const afterAssignments = new Set(['FROM', 'WHERE', 'ORDER', 'LIMIT', 'RETURNING'])

const keywordOf = (token: SqlToken | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')

const depthOf = ({ kind, text }: SqlToken): number =>
  kind !== 'symbol' ? 0 : text === '(' || text === '[' ? 1 : text === ')' || text === ']' ? -1 : 0

/** The position of the first token from `from` that is outside of parentheses and fits; the end where none does. */
function findAtTop(tokens: readonly SqlToken[], from: number, fits: (token: SqlToken, at: number) => boolean): number {
  let depth = 0
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken
    if (depth === 0 && fits(token, at)) return at
    depth += depthOf(token)
  }
  return tokens.length
}

/**
 * The columns that one UPDATE sets, lower case and without quotes; with the qualifiers of their names. What it reads is not among them.
 * Undefined for any other text.
 */
export function assignedColumns(sql: string, grammar: SqlGrammar): ReadonlySet<string> | undefined {
  // A file of rows can be long.
  if (!/\bUPDATE\b/i.test(sql)) return undefined
  const all = lexSql(sql, grammar)
  // MySQL and MariaDB run what is in such a comment.
  if (all.some(({ kind, text }) => kind === 'comment' && /^\/\*M?!/.test(text))) return undefined
  const tokens = all.filter(isSignificant)
  const end = findAtTop(tokens, 0, ({ text }) => text === ';')
  if (keywordOf(tokens[0]) !== 'UPDATE' || end < tokens.length - 1) return undefined
  const isEnd = (token: SqlToken, at: number): boolean =>
    at === end ||
    token.text === ',' ||
    // `a IS DISTINCT FROM b` goes on.
    (afterAssignments.has(keywordOf(token)) && keywordOf(tokens[at - 1]) !== 'DISTINCT')
  const names = new Set<string>()
  let at = findAtTop(tokens, 1, (token) => keywordOf(token) === 'SET')
  if (at === tokens.length) return undefined
  do {
    const equals = findAtTop(tokens, at + 1, (token, position) => /^:?=/.test(token.text) || isEnd(token, position))
    for (const { kind, text } of tokens.slice(at + 1, equals)) {
      if (kind === 'word') names.add(text.toLowerCase())
      // `"a"` is a name where a session of MySQL has ANSI_QUOTES.
      if (kind === 'quoted' || kind === 'string') names.add(text.slice(1, -1).toLowerCase())
    }
    at = findAtTop(tokens, equals, isEnd)
  } while (tokens[at]?.text === ',')
  return names
}
