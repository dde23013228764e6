import { lexSql } from '@org/migrate-core/connection'
import type { SqlToken } from '@org/migrate-core/dialect'

/**
 * How our sessions write SQL, and how the server writes it for them: names in backticks, backslashes escape. What a session finds
 * in `sql_mode` (ANSI_QUOTES, NO_BACKSLASH_ESCAPES) is put away by it before the first statement.
 */
export const grammar = { backslashEscapes: true, backticks: true, hashComments: true } as const

/** SHOW CREATE TABLE puts into such comments what older servers would not read; to this one they are words. */
const isVersioned = ({ text }: SqlToken): boolean => /^\/\*M?!/.test(text)

export interface Token extends SqlToken {
  /** White space or a comment stands before it. */
  readonly spaced: boolean
}

/** The tokens that mean something; a versioned comment is one of them. */
export function significant(sql: string): readonly Token[] {
  const tokens: Token[] = []
  let spaced = false
  for (const token of lexSql(sql, grammar)) {
    if (token.kind === 'space' || (token.kind === 'comment' && !isVersioned(token))) spaced = true
    else {
      tokens.push({ ...token, spaced })
      spaced = false
    }
  }
  return tokens
}

export function isWord(token: SqlToken | undefined, ...keywords: readonly string[]): boolean {
  return token?.kind === 'word' && keywords.includes(token.text.toUpperCase())
}

const escapes: { readonly [letter: string]: string } = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' }

/** The value of a string as the server prints it: https://dev.mysql.com/doc/refman/8.4/en/string-literals.html */
export function stringValue(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/''|\\(.)/gs, (pair, letter: string | undefined) =>
      letter === undefined ? pair.slice(1) : (escapes[letter] ?? letter),
    )
}

/** The name that a token is, quoted or not. */
export function nameOf(token: SqlToken | undefined): string | undefined {
  if (token?.kind === 'word') return token.text
  return token?.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('``', '`') : undefined
}

/** Tokens as text again, a space where there was any. */
export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text, spaced }, at) => (spaced && at > 0 ? ` ${text}` : text)).join('')
}

/** A type's text with no space around its parentheses and commas. */
export function typeTextOf(tokens: readonly Token[]): string {
  const tight = tokens.map((token, at) => ({
    ...token,
    spaced: at > 0 && !/^[(),]$/.test(token.text) && !/^[(,]$/.test(tokens[at - 1]?.text ?? ''),
  }))
  return textOf(tight)
}

/** The place after the parenthesis that closes the one at `at`; `at` itself where none opens there. */
export function afterParenthesis(tokens: readonly SqlToken[], at: number): number {
  if (tokens[at]?.text !== '(') return at
  let depth = 0
  for (let end = at; end < tokens.length; end += 1) {
    if (tokens[end]?.text === '(') depth += 1
    else if (tokens[end]?.text === ')') {
      depth -= 1
      if (depth === 0) return end + 1
    }
  }
  return tokens.length
}

/** How the text falls into tokens, by the `sql_mode` it was written under. */
export function tokensUnder(sql: string, sqlMode = ''): readonly SqlToken[] {
  const modes = new Set(sqlMode.split(','))
  return lexSql(sql, {
    ...grammar,
    doubleQuotedStrings: !modes.has('ANSI_QUOTES'),
    backslashEscapes: !modes.has('NO_BACKSLASH_ESCAPES'),
  })
}
