import { type DefaultValue, lexSql, type SqlGrammar } from '@org/migrate-core/dialect'

const isNumber = (text: string): boolean =>
  String(Number(text)) === text && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER

/**
 * What the text of a default says: a literal where it is one without any doubt, `now` where `isNow` knows it, else the
 * expression as it stands, without the parentheses around all of it.
 */
export function textDefault(wrapped: string, grammar: SqlGrammar, isNow: (text: string) => boolean): DefaultValue {
  const text = bareText(wrapped, grammar)
  const tokens = lexSql(text, grammar)
  const [first] = tokens
  if (isNow(text)) return { kind: 'now' }
  if (isNumber(text)) return { kind: 'literal', value: Number(text) }
  if (tokens.length === 1 && /^(?:true|false|null)$/i.test(text)) {
    return { kind: 'literal', value: text.length === 4 && /^n/i.test(text) ? null : /^t/i.test(text) }
  }
  // A backslash means one thing or another, by the server and its settings.
  if (tokens.length === 1 && first?.kind === 'string' && text.startsWith("'") && !text.includes('\\')) {
    return { kind: 'literal', value: text.slice(1, -1).replaceAll("''", "'") }
  }
  return { kind: 'expression', sql: text }
}

/** Without the parentheses that stand around all of it. */
export function bareText(text: string, grammar: SqlGrammar): string {
  const tokens = lexSql(text.trim(), grammar)
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth > 0) continue
    return at > 0 && at === tokens.length - 1 && tokens[0]?.text === '('
      ? bareText(text.trim().slice(1, -1), grammar)
      : text.trim()
  }
  return text.trim()
}
