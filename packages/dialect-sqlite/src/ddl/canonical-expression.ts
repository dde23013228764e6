import { foldName, nameOf, significant, type Token, tokenize } from './tokenize.ts'
import { unwrapped } from './unwrapped.ts'

const plainName = /^[a-z_][a-z0-9_$]*$/

function part(token: Token): string {
  if (token.kind === 'word') return foldName(token.text)
  if (token.kind === 'blob' || token.kind === 'number') return foldName(token.text)
  if (token.kind !== 'quoted') return token.text === '==' ? '=' : token.text === '!=' ? '<>' : token.text
  const name = foldName(nameOf(token) ?? '')
  return plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/**
 * One text for spellings that mean the same: comments, white space, the case of names and keywords, quotes that a name
 * does not need and a pair of parentheses around everything make no difference. For comparing only, never for sending:
 * a quoted keyword loses its quotes.
 */
export function canonicalExpression(sql: string): string {
  let text = sql
  for (let inner = unwrapped(text); inner !== text; inner = unwrapped(text)) text = inner
  let result = ''
  for (const token of significant(tokenize(text))) {
    const next = part(token)
    const tight = result === '' || result.endsWith('(') || ['(', ')', ',', '.'].includes(next) || result.endsWith('.')
    result += tight ? next : ` ${next}`
  }
  return result
}
