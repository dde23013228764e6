import { isWord, nameOf, significant, stringValue, type Token, textOf } from '../sql/tokens.ts'
import { grouped } from './expression-tree.ts'

/** The introducer of a string's character set: the server writes one where the author did not. */
const isIntroducer = (token: Token, next: Token | undefined): boolean =>
  token.kind === 'word' && /^_[a-z0-9]+$/i.test(token.text) && next?.kind === 'string'

/** An expression as the server prints it without the introducers that it adds. */
export function withoutIntroducers(sql: string): string {
  const tokens = significant(sql)
  const remaining = tokens.flatMap((token, at) => {
    if (isIntroducer(token, tokens[at + 1])) return []
    const before = tokens[at - 1]
    return before !== undefined && isIntroducer(before, token) ? [{ ...token, spaced: before.spaced }] : [token]
  })
  return textOf(remaining)
}

/** The tokens without the parentheses around all of them. */
export function unwrapParentheses(tokens: readonly Token[]): readonly Token[] {
  const [first, last] = [0, tokens.length - 1]
  let pairs = 0
  while (last - 2 * pairs > 1 && tokens[first + pairs]?.text === '(' && tokens[last - pairs]?.text === ')') pairs += 1
  // Those of them that close in between belong to the expression: `(a) + (b)`.
  let depth = 0
  let least = 0
  for (const { text } of tokens.slice(pairs, tokens.length - pairs)) {
    if (text === '(') depth += 1
    if (text === ')') depth -= 1
    least = Math.min(least, depth)
  }
  const around = Math.max(0, pairs + least)
  return tokens.slice(around, tokens.length - around)
}

/** Words that mean something else without their quotes. */
const reserved = new Set([
  ...['and', 'or', 'xor', 'not', 'is', 'in', 'like', 'between', 'regexp', 'rlike', 'div', 'mod', 'collate', 'interval'],
  ...['case', 'select', 'null', 'true', 'false', 'default', 'now', 'current_timestamp', 'current_date', 'current_user'],
])

function canonicalToken(token: Token): string {
  if (token.kind === 'string') return `'${stringValue(token.text).replaceAll("'", "''")}'`
  // Columns are the same in any case; names that need their quotes keep them.
  if (token.kind === 'quoted') {
    const name = (nameOf(token) ?? '').toLowerCase()
    return /^[a-z_]\w*$/.test(name) && !reserved.has(name) ? name : `\`${name}\``
  }
  return token.text.toLowerCase()
}

const synonyms: { readonly [word: string]: string } = { '!=': '<>', '&&': 'and', '||': 'or', current_timestamp: 'now' }

/** Operators of several symbols are one token. */
function glued(tokens: readonly Token[]): readonly string[] {
  const spellings: string[] = []
  let before: Token | undefined
  for (const token of tokens) {
    const joined =
      before?.kind === 'symbol' && token.kind === 'symbol' && !token.spaced && /^[<>=!|&:-]$/.test(before.text)
    if (joined && /^[<>=|&]$/.test(token.text)) spellings.push(`${spellings.pop()}${token.text}`)
    else spellings.push(canonicalToken(token))
    before = token
  }
  return spellings.map((text) => synonyms[text] ?? text)
}

/**
 * An expression in the one spelling in which two can be compared: without introducers, quotes of plain names, case and white
 * space, with every operation in parentheses. Different expressions never become equal; equal ones may stay different.
 */
export function canonicalExpression(sql: string): string {
  const tokens = significant(withoutIntroducers(sql))
  const spellings = glued(unwrapParentheses(tokens))
  return (grouped(spellings) ?? spellings.join(' ')).replaceAll(/\bnow(?: \( \)|\(\))/g, 'now')
}

/** The column that the expression makes a JSON column of, where it is the check that MariaDB gives to one. */
export function jsonCheckOf(expression: string): string | undefined {
  const [word, openParen, name, closeParen, ...more] = unwrapParentheses(significant(expression))
  const isCheck = isWord(word, 'JSON_VALID') && openParen?.text === '(' && closeParen?.text === ')' && more.length === 0
  return isCheck ? nameOf(name) : undefined
}
