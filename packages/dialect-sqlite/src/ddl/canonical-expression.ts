import { foldName, nameOf, significant, type Token, tokenize } from '../sql/tokenize.ts'
import { unwrapParentheses } from './parentheses.ts'

const plainName = /^[a-z_][a-z0-9_$]*$/

function part(token: Token): string {
  if (token.kind === 'word') return foldName(token.text)
  if (token.kind === 'blob' || token.kind === 'number') return foldName(token.text)
  if (token.kind !== 'quoted') return token.text === '==' ? '=' : token.text === '!=' ? '<>' : token.text
  const name = foldName(nameOf(token) ?? '')
  return plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Whether the table is named here to say whose column follows: SQLite takes that in a CHECK and a WHERE, where there is no other. */
function qualifies(tokens: readonly Token[], at: number, table: string | undefined): boolean {
  const [token, next] = [tokens[at], tokens[at + 1]]
  const name = token === undefined ? undefined : nameOf(token)
  return table !== undefined && name !== undefined && foldName(name) === foldName(table) && next?.text === '.'
}

/**
 * One text for spellings that mean the same: comments, white space, the case of names and keywords, quotes that a name
 * does not need, `table` before a column and a pair of parentheses around everything make no difference. For comparing only,
 * never for sending: a quoted keyword loses its quotes.
 */
export function canonicalExpression(sql: string, table?: string): string {
  let text = sql
  for (let inner = unwrapParentheses(text); inner !== text; inner = unwrapParentheses(text)) text = inner
  let result = ''
  const all = significant(tokenize(text))
  const tokens = all.filter((_, at) => !qualifies(all, at, table) && !(at > 0 && qualifies(all, at - 1, table)))
  for (const token of tokens) {
    const next = part(token)
    const tight = result === '' || result.endsWith('(') || ['(', ')', ',', '.'].includes(next) || result.endsWith('.')
    result += tight ? next : ` ${next}`
  }
  return result
}
