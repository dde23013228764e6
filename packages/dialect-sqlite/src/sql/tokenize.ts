/** What a piece of SQLite text is. `invalid` is what SQLite itself would not read (an open string, a stray character). */
type TokenKind =
  | 'space'
  | 'comment'
  | 'word'
  | 'quoted'
  | 'string'
  | 'blob'
  | 'number'
  | 'variable'
  | 'operator'
  | 'invalid'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

// SQLite's own tokenizer starts white space at these only, but accepts a vertical tab inside it.
const spaceStart = ' \t\n\f\r\uFEFF'
const operators2 = new Set(['||', '<<', '>>', '<=', '>=', '<>', '!=', '==', '->'])
const operators1 = new Set('-+*/%&|~<>=(),.;')

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

const isHex = (char: string | undefined): boolean =>
  char !== undefined && (isDigit(char) || (char >= 'a' && char <= 'f') || (char >= 'A' && char <= 'F'))

const isNameStart = (char: string | undefined): boolean =>
  char !== undefined && ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_' || char > '\x7f')

/** A character that may stand inside a bare name; `$` may, but not at its start. */
export const isNameChar = (char: string | undefined): boolean => isNameStart(char) || isDigit(char) || char === '$'

function after(text: string, from: number, accepts: (char: string | undefined) => boolean): number {
  let at = from
  while (at < text.length && accepts(text[at])) at += 1
  return at
}

const inName = Array.from({ length: 128 }, (_, code) => isNameChar(String.fromCharCode(code)))

/** The end of the name that `from` is in. Most of a text is names, and a large schema has millions of their characters. */
function nameEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && inName[text.charCodeAt(at)] !== false) at += 1
  return at
}

/** The end of a quoted token whose quote is doubled inside it, or -1 where it stays open. */
function closing(text: string, start: number, quote: string): number {
  let at = text.indexOf(quote, start + 1)
  while (at !== -1 && text[at + 1] === quote) at = text.indexOf(quote, at + 2)
  return at === -1 ? -1 : at + 1
}

type TokenEnd = readonly [kind: TokenKind, end: number]

function digits(text: string, from: number, accepts: (char: string | undefined) => boolean): number {
  let at = after(text, from, accepts)
  // Since 3.46 digits may be separated by single underscores.
  while (text[at] === '_' && accepts(text[at - 1]) && accepts(text[at + 1])) at = after(text, at + 1, accepts)
  return at
}

function numberAt(text: string, start: number): TokenEnd {
  let at: number
  if (text[start] === '0' && (text[start + 1] === 'x' || text[start + 1] === 'X') && isHex(text[start + 2])) {
    at = digits(text, start + 2, isHex)
  } else {
    at = digits(text, start, isDigit)
    if (text[at] === '.') at = digits(text, at + 1, isDigit)
    if (text[at] === 'e' || text[at] === 'E') {
      const sign = text[at + 1] === '+' || text[at + 1] === '-' ? 1 : 0
      if (isDigit(text[at + 1 + sign])) at = digits(text, at + 1 + sign, isDigit)
    }
  }
  const end = nameEnd(text, at)
  return end === at ? ['number', at] : ['invalid', end]
}

function blobAt(text: string, start: number): TokenEnd {
  const end = after(text, start + 2, isHex)
  const even = (end - start) % 2 === 0
  if (text[end] === "'" && even) return ['blob', end + 1]
  const close = text.indexOf("'", end)
  return ['invalid', close === -1 ? text.length : close + 1]
}

function quotedAt(text: string, start: number, char: string): TokenEnd {
  const end = char === '[' ? text.indexOf(']', start) + 1 : closing(text, start, char)
  if (end <= 0) return ['invalid', text.length]
  return [char === "'" ? 'string' : 'quoted', end]
}

export function tokenAt(text: string, start: number): TokenEnd {
  const char = text[start] as string
  const next = text[start + 1]
  if (spaceStart.includes(char))
    return ['space', after(text, start + 1, (c) => c === '\v' || spaceStart.includes(c as string))]
  if (char === '-' && next === '-') {
    const newline = text.indexOf('\n', start)
    return ['comment', newline === -1 ? text.length : newline]
  }
  if (char === '/' && next === '*' && start + 2 < text.length) {
    const close = text.indexOf('*/', start + 2)
    return ['comment', close === -1 ? text.length : close + 2]
  }
  if ((char === 'x' || char === 'X') && next === "'") return blobAt(text, start)
  if (isNameStart(char)) return ['word', nameEnd(text, start)]
  if (char === "'" || char === '"' || char === '`' || char === '[') return quotedAt(text, start, char)
  if (isDigit(char) || (char === '.' && isDigit(next))) return numberAt(text, start)
  if (char === '?') return ['variable', after(text, start + 1, isDigit)]
  if (':@#$'.includes(char)) {
    const end = nameEnd(text, start + 1)
    return end === start + 1 ? ['invalid', end] : ['variable', end]
  }
  if (text.startsWith('->>', start)) return ['operator', start + 3]
  if (operators2.has(char + (next ?? ''))) return ['operator', start + 2]
  return [operators1.has(char) ? 'operator' : 'invalid', start + 1]
}

/**
 * Cuts SQLite text into tokens; every character belongs to exactly one. Linear, and never throws: what SQLite could
 * not read becomes an `invalid` token.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let start = 0
  while (start < text.length) {
    const [kind, end] = tokenAt(text, start)
    tokens.push({ kind, text: text.slice(start, end), start, end })
    start = end
  }
  return tokens
}

const isSignificant = (kind: TokenKind): boolean => kind !== 'space' && kind !== 'comment'

/** The tokens that the grammar sees. */
export function significant(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ kind }) => isSignificant(kind))
}

/** The same of a text, without a token for each space between them. */
export function tokenizeSignificant(text: string): readonly Token[] {
  const tokens: Token[] = []
  let start = 0
  while (start < text.length) {
    if (text[start] === ' ') {
      start += 1
      continue
    }
    const [kind, end] = tokenAt(text, start)
    if (isSignificant(kind)) tokens.push({ kind, text: text.slice(start, end), start, end })
    start = end
  }
  return tokens
}

/** SQLite folds the case of ASCII letters only: `É` and `é` are two names. */
export function foldName(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : name
}

export function sameName(a: string, b: string): boolean {
  return a === b || (a.length === b.length && foldName(a) === foldName(b))
}

/** The name a token stands for where the grammar wants one; strings count, as SQLite lets `'a'` name a column. */
export function nameOf(token: Token): string | undefined {
  if (token.kind === 'word') return token.text
  if (token.kind !== 'quoted' && token.kind !== 'string') return undefined
  const quote = token.text[0] as string
  const inner = token.text.slice(1, -1)
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote)
}

/** Whether the token is this bare keyword, given in upper case. */
export function isKeyword(token: Token | undefined, keyword: string): boolean {
  return token?.kind === 'word' && token.text.length === keyword.length && token.text.toUpperCase() === keyword
}
