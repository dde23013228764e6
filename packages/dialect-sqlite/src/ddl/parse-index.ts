import { isKeyword, type Token } from '../sql/tokenize.ts'
import {
  accept,
  acceptSymbol,
  cursorOn,
  expect,
  expectSymbol,
  fail,
  isSymbol,
  lastEnd,
  type NameSpan,
  nameSpan,
  next,
  peek,
  type Span,
} from './cursor.ts'
import { createHead } from './parse-table.ts'

export interface ParsedIndexElement extends Span {
  /** The term without its COLLATE and order. */
  readonly term: Span
  /** The term is a column's name and no expression, as far as the text tells. */
  readonly column?: NameSpan
  readonly collation?: NameSpan
  readonly order: 'asc' | 'desc'
}

export interface ParsedIndex {
  readonly source: string
  readonly name: NameSpan
  readonly table: NameSpan
  readonly unique: boolean
  readonly elements: readonly ParsedIndexElement[]
  /** What follows WHERE. */
  readonly where?: Span
}

/**
 * Whether COLLATE behind it is about all of it: a name, a call or what stands in parentheses. It binds more closely than any operator:
 * https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes
 */
function isOperand(tokens: readonly Token[]): boolean {
  const [name, ...behind] = tokens
  const group = isSymbol(name, '(') ? tokens : behind
  if (group.length === 0) return true
  let depth = 0
  const end = group.findIndex((token) => {
    depth += isSymbol(token, '(') ? 1 : isSymbol(token, ')') ? -1 : 0
    return depth === 0
  })
  return isSymbol(group[0], '(') && end === group.length - 1
}

function element(cursor: ReturnType<typeof cursorOn>): ParsedIndexElement {
  const first = cursor.at
  let depth = 0
  for (;;) {
    const token = peek(cursor)
    if (token === undefined || token.kind === 'invalid') return fail(cursor, 'an index term was expected')
    if (depth === 0 && (isSymbol(token, ',') || isSymbol(token, ')'))) break
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    next(cursor)
  }
  let past = cursor.at
  const start = cursor.tokens[first]?.start ?? 0
  const end = lastEnd(cursor)
  let order: 'asc' | 'desc' = 'asc'
  if (past - first > 1 && (isKeyword(cursor.tokens[past - 1], 'ASC') || isKeyword(cursor.tokens[past - 1], 'DESC'))) {
    order = isKeyword(cursor.tokens[past - 1], 'DESC') ? 'desc' : 'asc'
    past -= 1
  }
  let collation: NameSpan | undefined
  if (
    past - first > 2 &&
    isKeyword(cursor.tokens[past - 2], 'COLLATE') &&
    isOperand(cursor.tokens.slice(first, past - 2))
  ) {
    const resume = cursor.at
    cursor.at = past - 1
    collation = nameSpan(cursor)
    cursor.at = resume
    past -= 2
  }
  let column: NameSpan | undefined
  if (past - first === 1) {
    const resume = cursor.at
    cursor.at = first
    column = ['word', 'quoted', 'string'].includes(peek(cursor)?.kind ?? '') ? nameSpan(cursor) : undefined
    cursor.at = resume
  }
  return {
    start,
    end,
    term: { start, end: cursor.tokens[past - 1]?.end ?? end },
    order,
    ...(column === undefined ? {} : { column }),
    ...(collation === undefined ? {} : { collation }),
  }
}

/** Reads a CREATE INDEX text. Throws UNPARSED_SQL. */
export function parseIndex(source: string): ParsedIndex {
  const cursor = cursorOn(source)
  const unique = isKeyword(cursor.tokens[1], 'UNIQUE')
  const name = createHead(cursor, 'INDEX')
  expect(cursor, 'ON')
  const table = nameSpan(cursor)
  expectSymbol(cursor, '(')
  const elements: ParsedIndexElement[] = []
  do elements.push(element(cursor))
  while (acceptSymbol(cursor, ','))
  expectSymbol(cursor, ')')
  let where: Span | undefined
  if (accept(cursor, 'WHERE')) {
    const start = peek(cursor)?.start ?? lastEnd(cursor)
    while (peek(cursor) !== undefined && !isSymbol(peek(cursor), ';')) next(cursor)
    where = { start, end: lastEnd(cursor) }
  }
  return { source, name, table, unique, elements, ...(where === undefined ? {} : { where }) }
}

/** Only the two names, so that terms that cannot be read do not matter. */
export function createHeadOfIndex(source: string): { readonly name: NameSpan; readonly table: NameSpan } {
  const cursor = cursorOn(source)
  const name = createHead(cursor, 'INDEX')
  expect(cursor, 'ON')
  return { name, table: nameSpan(cursor) }
}
