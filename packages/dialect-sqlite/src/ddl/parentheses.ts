import { significant, tokenize } from '../sql/tokenize.ts'
import { isSymbol } from './cursor.ts'

/** The text without a pair of parentheses that stands around all of it. */
export function unwrapParentheses(text: string): string {
  const tokens = significant(tokenize(text))
  const last = tokens.at(-1)
  if (tokens[0] === undefined || last === undefined || !isSymbol(tokens[0], '(') || !isSymbol(last, ')'))
    return text.trim()
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (depth === 0 && token !== last) return text.trim()
  }
  return text.slice(tokens[0].end, last.start).trim()
}
