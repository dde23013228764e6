/** What differs between servers in how SQL text falls into tokens. */
export interface SqlGrammar {
  /** `\'` inside a string is a quote (MySQL without NO_BACKSLASH_ESCAPES); `E''` strings of PostgreSQL are known by `escapeStrings`. */
  readonly backslashEscapes?: boolean
  /** `E'…'` has backslash escapes, and `$tag$ … $tag$` is a string (PostgreSQL). */
  readonly escapeStrings?: boolean
  readonly dollarQuotes?: boolean
  /** `…` in backticks is a name (MySQL). */
  readonly backticks?: boolean
  /** `"…"` is a string like `'…'` (MySQL without ANSI_QUOTES), else a name. */
  readonly doubleQuotedStrings?: boolean
  /** `#` begins a comment, and `--` only with white space after it (MySQL). */
  readonly hashComments?: boolean
  /** A comment may hold comments (PostgreSQL). */
  readonly nestedComments?: boolean
  /** A carriage return ends a comment as a line feed does (PostgreSQL). */
  readonly carriageReturnEndsComment?: boolean
  /** `[…]` is a name (SQLite). */
  readonly brackets?: boolean
  /** What stands in a comment that begins with an exclamation mark is run (MySQL). */
  readonly executedComments?: boolean
  /** The body of a routine is text, or begins with BEGIN ATOMIC (PostgreSQL); else it begins with BEGIN. */
  readonly atomicBodies?: boolean
}

export type SqlTokenKind = 'word' | 'quoted' | 'string' | 'number' | 'placeholder' | 'symbol' | 'comment' | 'space'

export interface SqlToken {
  readonly kind: SqlTokenKind
  readonly text: string
}

/** The end of a quoted part that begins at `at`; a doubled quote stays inside, and so does what a backslash escapes. */
function quotedEnd(sql: string, at: number, quote: string, backslash: boolean): number {
  for (let end = at + 1; end < sql.length; end += 1) {
    if (backslash && sql[end] === '\\') end += 1
    else if (sql[end] === quote) {
      if (sql[end + 1] !== quote) return end + 1
      end += 1
    }
  }
  return sql.length
}

function blockCommentEnd(sql: string, at: number, nested: boolean): number {
  let depth = 0
  for (let end = at; end < sql.length - 1; end += 1) {
    const two = sql.slice(end, end + 2)
    if (two === '/*' && (nested || end === at)) {
      depth += 1
      end += 1
    } else if (two === '*/') {
      depth -= 1
      end += 1
      if (depth === 0) return end + 1
    }
  }
  return sql.length
}

function lineEnd(sql: string, at: number, { carriageReturnEndsComment = false }: SqlGrammar): number {
  const length = sql.slice(at).search(carriageReturnEndsComment ? /[\r\n]/ : /\n/)
  return length === -1 ? sql.length : at + length + 1
}

const space = /\s+/y
const word = /[\p{L}_][\p{L}\p{M}\p{N}_$]*/uy
const number = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy
const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy

function matchAt(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : at
}

function next(sql: string, at: number, grammar: SqlGrammar): readonly [SqlTokenKind, number] {
  const char = sql[at] ?? ''
  const two = sql.slice(at, at + 2)
  const spaceEnd = matchAt(space, sql, at)
  if (spaceEnd > at) return ['space', spaceEnd]
  if (two === '--' && (!grammar.hashComments || /^(?:\s|$)/.test(sql.slice(at + 2, at + 3))))
    return ['comment', lineEnd(sql, at, grammar)]
  if (char === '#' && grammar.hashComments) return ['comment', lineEnd(sql, at, grammar)]
  if (two === '/*') return ['comment', blockCommentEnd(sql, at, grammar.nestedComments === true)]
  if (char === "'") return ['string', quotedEnd(sql, at, "'", grammar.backslashEscapes === true)]
  if (grammar.escapeStrings && /^e'/i.test(two)) return ['string', quotedEnd(sql, at + 1, "'", true)]
  if (char === '"') {
    const text = grammar.doubleQuotedStrings === true
    return [text ? 'string' : 'quoted', quotedEnd(sql, at, '"', text && grammar.backslashEscapes === true)]
  }
  if (char === '`' && grammar.backticks) return ['quoted', quotedEnd(sql, at, '`', false)]
  if (char === '[' && grammar.brackets) {
    const close = sql.indexOf(']', at)
    return ['quoted', close === -1 ? sql.length : close + 1]
  }
  if (char === '$' && grammar.dollarQuotes) {
    const tagEnd = matchAt(dollarTag, sql, at)
    if (tagEnd > at) {
      const close = sql.indexOf(sql.slice(at, tagEnd), tagEnd)
      return ['string', close === -1 ? sql.length : close + tagEnd - at]
    }
  }
  if (char === '?') return ['placeholder', at + 1]
  const wordEnd = matchAt(word, sql, at)
  if (wordEnd > at) return ['word', wordEnd]
  const numberEnd = matchAt(number, sql, at)
  return numberEnd > at ? ['number', numberEnd] : ['symbol', at + 1]
}

/** SQL text as tokens, whose texts together are the text again. Never fails: what is not closed goes to the end. */
export function lexSql(sql: string, grammar: SqlGrammar): readonly SqlToken[] {
  const tokens: SqlToken[] = []
  for (let at = 0; at < sql.length; ) {
    const [kind, end] = next(sql, at, grammar)
    tokens.push({ kind, text: sql.slice(at, end) })
    at = end
  }
  return tokens
}

export const isSignificant = ({ kind }: SqlToken): boolean => kind !== 'space' && kind !== 'comment'

/**
 * The texts before, between and behind the placeholders `?`. `??` is one question mark that is no placeholder (an operator of
 * PostgreSQL). A statement without parameters has no placeholders, and PostgreSQL is sent its `?` as it is.
 */
export function splitAtPlaceholders(sql: string, grammar: SqlGrammar): readonly string[] {
  if (!sql.includes('?')) return [sql]
  const tokens = lexSql(sql, grammar)
  const pieces: string[] = []
  let text = ''
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken
    if (token.kind !== 'placeholder') text += token.text
    else if (tokens[at + 1]?.kind === 'placeholder') {
      text += '?'
      at += 1
    } else {
      pieces.push(text)
      text = ''
    }
  }
  return [...pieces, text]
}

/** The text with each placeholder replaced by what `spell` gives for its number (from 1). */
export function spellPlaceholders(sql: string, grammar: SqlGrammar, spell: (at: number) => string): string {
  return joinAtPlaceholders(splitAtPlaceholders(sql, grammar), spell)
}

export function joinAtPlaceholders([first = '', ...rest]: readonly string[], spell: (at: number) => string): string {
  let text = first
  for (const [at, piece] of rest.entries()) text += spell(at + 1) + piece
  return text
}
