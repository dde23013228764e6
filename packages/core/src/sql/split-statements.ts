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
/** Behind these stands a name or a value: BEGIN and END are names of columns, too, on SQLite and MySQL. */
const beforeOperand = new Set(
  'SELECT DISTINCT WHERE HAVING SET BY ON OF CASE WHEN AND OR XOR NOT IN LIKE BETWEEN DIV MOD RETURN'.split(' '),
)
const operandSymbol = /^[(,=<>+*/%|&^~!-]$/

interface Before {
  readonly text: string
  /** Empty for what is no keyword. */
  readonly word: string
  /** What was open before it. */
  readonly open: readonly ('block' | 'case')[]
}

/** Follows the words of one statement, and knows when a semicolon is one of a body: BEGIN … END of triggers and routines. */
class BodyReader {
  readonly #atomic: boolean
  #count = 0
  #first = ''
  #objectKind: 'body' | 'plain' | undefined
  #open: Before['open'] = []
  #before: Before = { text: '', word: '', open: [] }

  constructor(grammar: SqlGrammar) {
    this.#atomic = grammar.atomicBodies === true
  }

  get inside(): boolean {
    return this.#open.length > 0
  }

  /** Whether it makes something that has a body, be it within BEGIN and END or not. */
  get hasBody(): boolean {
    return this.#objectKind === 'body'
  }

  take(token: PositionedToken): void {
    const keyword = token.kind === 'word' && this.#before.text !== '.' ? token.text.toUpperCase() : ''
    const word = this.#isName(keyword) ? '' : keyword
    const open = this.#open
    if (this.#count === 0) this.#first = word
    if (this.#first === 'CREATE') this.#objectKind ??= objects.get(word)
    // MariaDB: a block of statements of its own.
    if (this.#count === 1 && this.#first === 'BEGIN' && word === 'NOT' && !this.#atomic) {
      this.#objectKind = 'body'
      this.#open = ['block']
    } else if (this.#objectKind === 'body') this.#follow(word, this.#before)
    this.#count += 1
    // `<<label>> BEGIN` (MariaDB) begins a block.
    this.#before = { text: token.text === '>' && this.#before.text === '>' ? '>>' : token.text, word, open }
  }

  /** Whether BEGIN or END is the name of a column here: a block ends behind a semicolon, or behind its BEGIN. */
  #isName(keyword: string): boolean {
    if (keyword !== 'BEGIN' && keyword !== 'END') return false
    const { text, word } = this.#before
    if (keyword === 'END' && this.#open.at(-1) === 'block') return text !== ';' && word !== 'BEGIN' && word !== 'ATOMIC'
    if (operandSymbol.test(text) || beforeOperand.has(word)) return true
    // `THEN BEGIN` begins a block.
    return keyword === 'END' && (word === 'THEN' || word === 'ELSE')
  }

  #follow(word: string, before: Before): void {
    if (before.word === 'END' && uncounted.has(word)) this.#open = before.open
    else if (before.word === 'END' && word === 'CASE') return
    else if (word === 'END') this.#open = this.#open.slice(0, -1)
    else if (word === 'CASE') this.#open = [...this.#open, 'case']
    else if (word === 'BEGIN' && !this.#atomic) this.#open = [...this.#open, 'block']
    else if (word === 'ATOMIC' && before.word === 'BEGIN' && this.#atomic) this.#open = [...this.#open, 'block']
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
