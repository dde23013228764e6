import { nameOf, significant, type Token, tokenize } from '../sql/tokenize.ts'
import { isSymbol, type NameSpan, type Span } from './cursor.ts'

/** A column named in an expression, with the table before its dot. */
export interface ColumnUse extends NameSpan {
  readonly qualifier?: NameSpan
}

// Reserved words that may stand before an operand: an operand is still expected after them.
const beforeOperand = new Set([
  'NOT',
  'CASE',
  'WHEN',
  'EXISTS',
  'DISTINCT',
  'ALL',
  'THEN',
  'ELSE',
  'AND',
  'OR',
  'IN',
  'BETWEEN',
  // IS DISTINCT FROM
  'FROM',
])
const literals = new Set(['NULL', 'CURRENT_TIME', 'CURRENT_DATE', 'CURRENT_TIMESTAMP'])
// Words that end an operand without beginning another: behind NOT the operator follows (NOT LIKE, NOT IN), or NULL.
const afterOperand = new Set(['END', 'ISNULL', 'NOTNULL', 'NOT', 'NULL', 'ASC', 'DESC', 'NULLS', 'FIRST', 'LAST'])

interface Walk {
  readonly tokens: readonly Token[]
  at: number
  expectsOperand: boolean
  readonly uses: ColumnUse[]
}

const spanOf = (token: Token): NameSpan => ({ name: nameOf(token) ?? '', start: token.start, end: token.end })

/** `a`, `t.a`, `s.t.a` or a function's name; the walk stands on its first token. */
function name(walk: Walk): void {
  let token = walk.tokens[walk.at] as Token
  let qualifier: Token | undefined
  while (isSymbol(walk.tokens[walk.at + 1], '.') && walk.tokens[walk.at + 2] !== undefined) {
    qualifier = token
    walk.at += 2
    token = walk.tokens[walk.at] as Token
  }
  walk.expectsOperand = false
  if (qualifier === undefined && isSymbol(walk.tokens[walk.at + 1], '(')) return
  if (nameOf(token) === undefined) return
  walk.uses.push({ ...spanOf(token), ...(qualifier === undefined ? {} : { qualifier: spanOf(qualifier) }) })
}

function word(walk: Walk, token: Token): void {
  const upper = token.kind === 'word' ? token.text.toUpperCase() : ''
  if (walk.expectsOperand) {
    if (literals.has(upper)) walk.expectsOperand = false
    else if (!beforeOperand.has(upper)) name(walk)
    return
  }
  if (afterOperand.has(upper)) return
  if (upper === 'COLLATE') {
    walk.at += 1
    return
  }
  if (upper === 'AS') {
    // CAST(… AS type): the type's words are no columns.
    while (walk.tokens[walk.at + 1] !== undefined && !isSymbol(walk.tokens[walk.at + 1], ')')) {
      if (isSymbol(walk.tokens[walk.at + 1], '(')) while (!isSymbol(walk.tokens[walk.at + 1], ')')) walk.at += 1
      walk.at += 1
    }
    return
  }
  walk.expectsOperand = true
}

/**
 * The columns that a stretch of expression names: CHECK, generated, index terms, WHERE. Whether a word is a name is told
 * by its place: LIKE, END or MATCH are operators after an operand, and columns where an operand is wanted.
 */
export function columnsIn(source: string, span: Span): readonly ColumnUse[] {
  const walk: Walk = {
    tokens: significant(tokenize(source.slice(span.start, span.end))).map((token) => ({
      ...token,
      start: token.start + span.start,
      end: token.end + span.start,
    })),
    at: 0,
    expectsOperand: true,
    uses: [],
  }
  for (; walk.at < walk.tokens.length; walk.at += 1) {
    const token = walk.tokens[walk.at] as Token
    if (token.kind === 'word' || token.kind === 'quoted') word(walk, token)
    else walk.expectsOperand = token.kind === 'operator' && token.text !== ')'
  }
  return walk.uses
}
