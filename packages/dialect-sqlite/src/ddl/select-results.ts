import { isKeyword, nameOf, type Token } from '../sql/tokenize.ts'
import { isSymbol } from './cursor.ts'

/** One item of a SELECT's list, as far as it names a column. Empty for an expression without a name. */
export interface SelectResult {
  /** `*`, or `t.*` with its qualifier. */
  readonly isEvery?: true
  readonly qualifier?: string
  /** A column that has its own name in the result too. */
  readonly column?: string
  readonly alias?: string
}

// After these a word is an operand, and no alias.
const beforeOperand =
  `AND OR NOT IS LIKE GLOB MATCH REGEXP IN BETWEEN ESCAPE COLLATE DISTINCT FROM CASE WHEN THEN ELSE OVER`.split(' ')

/** `a`, `t.a` or `s.t.a`, or with `*` at the end. */
function namedColumn(tokens: readonly Token[]): SelectResult | undefined {
  const isDotted = tokens.every((token, at) => (at % 2 === 0 ? nameOf(token) !== undefined : isSymbol(token, '.')))
  const [last, qualifying] = [tokens.at(-1), tokens.at(-3)]
  const qualifier = qualifying && nameOf(qualifying)
  const of = qualifier === undefined ? {} : { qualifier }
  if (isSymbol(last, '*') && (tokens.length === 1 || isSymbol(tokens.at(-2), '.'))) return { isEvery: true, ...of }
  const column = last && nameOf(last)
  if (!isDotted || column === undefined || (tokens.length === 1 && last?.kind === 'string')) return undefined
  return { column, ...of }
}

function isInParentheses(tokens: readonly Token[]): boolean {
  let depth = 0
  const closing = tokens.findIndex((token) => {
    depth += isSymbol(token, '(') ? 1 : isSymbol(token, ')') ? -1 : 0
    return depth === 0
  })
  return isSymbol(tokens[0], '(') && closing === tokens.length - 1
}

/** SQLite gives a column in parentheses or with COLLATE the column's own name (measured on 3.53). */
function resultOf(tokens: readonly Token[]): SelectResult {
  const [before, last] = tokens.slice(-2)
  const column = namedColumn(tokens)
  if (column !== undefined) return column
  if (isInParentheses(tokens)) return resultOf(tokens.slice(1, -1))
  if (isKeyword(before, 'COLLATE')) return resultOf(tokens.slice(0, -2))
  if (before === undefined || last === undefined) return {}
  const alias = nameOf(last)
  const isOperand =
    (before.kind === 'operator' && before.text !== ')') || beforeOperand.some((each) => isKeyword(before, each))
  return alias === undefined || isOperand ? {} : { alias }
}

/** The items of a SELECT's list. */
export function resultsOf(tokens: readonly Token[]): readonly SelectResult[] {
  const items: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (depth === 0 && isSymbol(token, ',')) items.push([])
    else if (items.length > 1 || items[0]?.length !== 0 || !(isKeyword(token, 'DISTINCT') || isKeyword(token, 'ALL')))
      items.at(-1)?.push(token)
  }
  return items.map(resultOf)
}
