import { MigrateError } from '@org/migrate-core/dialect'
import { isKeyword, nameOf, type Token, tokenizeSignificant } from '../sql/tokenize.ts'

/** A stretch of the text: offsets, the end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface NameSpan extends Span {
  readonly name: string
}

/** Reads the significant tokens of one text in order. `fail` throws UNPARSED_SQL naming the object and the place. */
export interface Cursor {
  readonly source: string
  readonly tokens: readonly Token[]
  at: number
}

export function cursorOn(source: string): Cursor {
  return { source, tokens: tokenizeSignificant(source), at: 0 }
}

export function fail(cursor: Cursor, why: string): never {
  const token = cursor.tokens[cursor.at]
  const where = token === undefined ? 'at the end' : `at offset ${token.start}, near ${JSON.stringify(token.text)}`
  throw new MigrateError(
    'UNPARSED_SQL',
    { object: cursor.source.slice(0, 60), sql: cursor.source, why: `${why} ${where}` },
    `the CREATE text ${JSON.stringify(cursor.source.slice(0, 60))} could not be read: ${why} ${where}`,
  )
}

export function peek(cursor: Cursor, ahead = 0): Token | undefined {
  return cursor.tokens[cursor.at + ahead]
}

export function next(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.at]
  if (token === undefined) return fail(cursor, 'the text ends too early')
  cursor.at += 1
  return token
}

/** The end of the token read last. */
export function lastEnd(cursor: Cursor): number {
  return cursor.tokens[cursor.at - 1]?.end ?? 0
}

export function isNext(cursor: Cursor, ...keywords: readonly string[]): boolean {
  let at = cursor.at
  for (const keyword of keywords) {
    if (!isKeyword(cursor.tokens[at], keyword)) return false
    at += 1
  }
  return true
}

/** Reads these keywords if all of them come next. */
export function accept(cursor: Cursor, ...keywords: readonly string[]): boolean {
  if (!isNext(cursor, ...keywords)) return false
  cursor.at += keywords.length
  return true
}

export function expect(cursor: Cursor, ...keywords: readonly string[]): void {
  if (!accept(cursor, ...keywords)) fail(cursor, `${keywords.join(' ')} was expected`)
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'operator' && token.text === symbol
}

export function acceptSymbol(cursor: Cursor, symbol: string): boolean {
  if (!isSymbol(peek(cursor), symbol)) return false
  cursor.at += 1
  return true
}

export function expectSymbol(cursor: Cursor, symbol: string): Token {
  if (!isSymbol(peek(cursor), symbol)) fail(cursor, `${JSON.stringify(symbol)} was expected`)
  return next(cursor)
}

export function nameSpan(cursor: Cursor): NameSpan {
  const token = next(cursor)
  const name = nameOf(token)
  if (name === undefined) {
    cursor.at -= 1
    return fail(cursor, 'a name was expected')
  }
  return { name, start: token.start, end: token.end }
}

/** In a key SQLite takes an expression that is nothing but a name: `UNIQUE ((a))`. */
export function nameExpression(cursor: Cursor): NameSpan {
  if (!acceptSymbol(cursor, '(')) return nameSpan(cursor)
  const name = nameExpression(cursor)
  if (accept(cursor, 'COLLATE')) nameSpan(cursor)
  expectSymbol(cursor, ')')
  return name
}

/** Reads from `(` to the `)` that closes it and gives what is between them. */
export function parenthesised(cursor: Cursor): Span {
  const openParen = expectSymbol(cursor, '(')
  let depth = 1
  while (depth > 0) {
    const token = next(cursor)
    if (token.kind === 'invalid') {
      cursor.at -= 1
      fail(cursor, 'a token that SQLite does not know stands')
    }
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
  }
  return { start: openParen.end, end: lastEnd(cursor) - 1 }
}

/** The text between two offsets. */
export function slice(source: string, span: Span): string {
  return source.slice(span.start, span.end)
}

/** A part that was just read, with its place in the text; the object is the same. */
export function placed<T extends Span>(cursor: Cursor, body: object, start: number, name: NameSpan | undefined): T {
  const part: { start?: number; end?: number; name?: NameSpan } = body
  part.start = start
  part.end = lastEnd(cursor)
  if (name !== undefined) part.name = name
  return part as T
}
