import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

/** One statement of a text, without the semicolon behind it. */
export interface SqlStatement {
  readonly text: string
  /** Where it begins in the text. */
  readonly at: number
}

/** What stands between two marks. */
export interface SqlPart {
  readonly statements: readonly SqlStatement[]
  /** Words of `-- migrate: …` lines in it that are no mark between statements. */
  readonly directives: readonly { readonly word: string; readonly at: number }[]
}

interface PositionedToken extends SqlToken {
  readonly at: number
}

const ourLine = /^--[ \t]*migrate:[ \t]*(.*?)\s*$/i
const breakpoint = /--> statement-breakpoint[ \t]*(?=\r?\n|$)/y

/** Where drizzle-kit's mark ends that begins here. On MySQL `-->` is no comment, so that it is looked for in the text itself. */
function breakpointEnd(text: string, { text: token, at }: PositionedToken): number | undefined {
  if (!token.startsWith('-') || !text.startsWith('-->', at)) return undefined
  breakpoint.lastIndex = at
  return breakpoint.test(text) ? breakpoint.lastIndex : undefined
}

/** What a CREATE makes; the words before these (OR REPLACE, TEMP, DEFINER = …) say nothing of it. */
const objects: ReadonlyMap<string, 'body' | 'plain'> = new Map([
  ...['TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'PACKAGE'].map((word) => [word, 'body'] as const),
  ...['TABLE', 'VIEW', 'INDEX', 'DATABASE', 'SCHEMA', 'SEQUENCE', 'TYPE', 'DOMAIN', 'USER', 'ROLE', 'RULE'].map(
    (word) => [word, 'plain'] as const,
  ),
])
/** What `END IF;` and its like close was never counted as open. */
const uncounted = new Set(['IF', 'LOOP', 'REPEAT', 'WHILE', 'FOR'])

/** Follows the words of one statement, and knows when a semicolon is one of a body: BEGIN … END of triggers and routines. */
class BodyReader {
  readonly #atomic: boolean
  #count = 0
  #first = ''
  #objectKind: 'body' | 'plain' | undefined
  #depth = 0
  #before = { word: '', depth: 0 }

  constructor(grammar: SqlGrammar) {
    this.#atomic = grammar.atomicBodies === true
  }

  get inside(): boolean {
    return this.#depth > 0
  }

  /** Whether it makes something that has a body, be it within BEGIN and END or not. */
  get hasBody(): boolean {
    return this.#objectKind === 'body'
  }

  take(token: PositionedToken): void {
    const last = this.#before
    const word = token.kind === 'word' && last.word !== '.' ? token.text.toUpperCase() : ''
    const depth = this.#depth
    if (this.#count === 0) this.#first = word
    if (this.#first === 'CREATE') this.#objectKind ??= objects.get(word)
    // MariaDB: a block of statements of its own.
    if (this.#count === 1 && this.#first === 'BEGIN' && word === 'NOT' && !this.#atomic) {
      this.#objectKind = 'body'
      this.#depth = 1
    } else if (this.#objectKind === 'body') this.#follow(word, last)
    this.#count += 1
    this.#before = { word: token.text === '.' ? '.' : word, depth }
  }

  #follow(word: string, last: { readonly word: string; readonly depth: number }): void {
    if (last.word === 'END' && uncounted.has(word)) this.#depth = last.depth
    else if (last.word === 'END' && word === 'CASE') return
    else if (word === 'END') this.#depth = Math.max(0, this.#depth - 1)
    else if (word === 'CASE' || word === (this.#atomic ? 'ATOMIC' : 'BEGIN')) {
      if (word !== 'ATOMIC' || last.word === 'BEGIN') this.#depth += 1
    }
  }
}

interface ScannedStatement extends SqlStatement {
  readonly hasBody: boolean
}

/** `END IF` that begins a statement closes what an earlier one opened: a trigger of MySQL whose body is one IF. */
const closesBody = /^END\s+(?:IF|LOOP|REPEAT|WHILE|FOR|CASE)\b/i

function joinBodies(text: string, statements: readonly ScannedStatement[]): readonly SqlStatement[] {
  const joined: ScannedStatement[] = []
  for (const each of statements) {
    const opener = closesBody.test(each.text) ? joined.findLastIndex((earlier) => earlier.hasBody) : -1
    const first = joined[opener]
    if (first === undefined) joined.push(each)
    else {
      joined.length = opener
      joined.push({ ...first, text: text.slice(first.at, each.at + each.text.length) })
    }
  }
  return joined.map(({ text: statement, at }) => ({ text: statement, at }))
}

function statementsOf(text: string, tokens: readonly PositionedToken[], grammar: SqlGrammar): readonly SqlStatement[] {
  const statements: ScannedStatement[] = []
  let begin: number | undefined
  let end = 0
  let parens = 0
  let body = new BodyReader(grammar)
  const close = (): void => {
    if (begin !== undefined) statements.push({ text: text.slice(begin, end), at: begin, hasBody: body.hasBody })
    begin = undefined
    parens = 0
    body = new BodyReader(grammar)
  }
  for (const token of tokens) {
    const executed = grammar.executedComments === true && /^\/\*M?!/.test(token.text)
    if (!isSignificant(token) && !executed) continue
    // A rule of PostgreSQL has its statements in parentheses.
    if (token.text === ';' && parens === 0 && !body.inside) {
      close()
      continue
    }
    begin ??= token.at
    end = token.at + token.text.length
    if (token.text === '(') parens += 1
    else if (token.text === ')') parens -= 1
    body.take(token)
  }
  close()
  return joinBodies(text, statements)
}

/**
 * A text of statements as its marks divide it (`-- migrate: statement`, and drizzle-kit's `--> statement-breakpoint`), and what
 * statements each part has. A mark in a string, a dollar quote or another comment is none.
 *
 * ```ts
 * const parts = partsOfSql('CREATE TABLE a (x INT);\n-- migrate: statement\nCREATE TABLE b (x INT);', dialect.sql.grammar)
 * ```
 */
export function partsOfSql(text: string, grammar: SqlGrammar): readonly SqlPart[] {
  const parts: SqlPart[] = []
  let tokens: PositionedToken[] = []
  let directives: { word: string; at: number }[] = []
  const close = (): void => {
    parts.push({ statements: statementsOf(text, tokens, grammar), directives })
    tokens = []
    directives = []
  }
  let next = 0
  let skipped = 0
  for (const token of lexSql(text, grammar)) {
    const positioned: PositionedToken = { ...token, at: next }
    next += token.text.length
    if (positioned.at < skipped) continue
    const end = breakpointEnd(text, positioned)
    const word = token.kind === 'comment' && end === undefined ? ourLine.exec(token.text)?.[1] : undefined
    if (end !== undefined || word?.toLowerCase() === 'statement') {
      close()
      skipped = end ?? 0
    } else if (word !== undefined) directives.push({ word: word.toLowerCase(), at: positioned.at })
    else tokens.push(positioned)
  }
  close()
  return parts
}

/** Line and column of positions in a text, from 1. Reads the text once: a file of rows has as many statements as lines. */
export function positionsIn(text: string): (at: number) => { readonly line: number; readonly column: number } {
  const starts = [0]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return (at) => {
    let low = 0
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= at) low = middle
      else high = middle
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 }
  }
}

/** The same of one. */
export const positionInText = (text: string, at: number): { readonly line: number; readonly column: number } =>
  positionsIn(text)(at)
