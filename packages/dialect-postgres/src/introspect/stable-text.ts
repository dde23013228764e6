import { isSignificant, lexSql, type SqlToken } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'

interface PositionedToken extends SqlToken {
  readonly at: number
}

function positionedTokens(sql: string): readonly PositionedToken[] {
  let at = 0
  const tokens = lexSql(sql, grammar).map((token) => {
    const positioned = { ...token, at }
    at += token.text.length
    return positioned
  })
  return tokens.filter(isSignificant)
}

/** The tokens from `at` on, by their texts; a function stands for one that it accepts. */
function follow(tokens: readonly PositionedToken[], at: number, expected: readonly string[]): boolean {
  return expected.every((text, offset) => tokens[at + offset]?.text === text)
}

const head = ['(', 'ARRAY', '[']
const element = [':', ':', 'character', 'varying']
const tail = [']', ')', ':', ':', 'text', '[', ']']

interface ListCast {
  readonly end: number
  readonly text: string
}

/** `(ARRAY['a'::character varying, …])::text[]` that begins at a token. */
function castOfList(tokens: readonly PositionedToken[], start: number): ListCast | undefined {
  if (!follow(tokens, start, head)) return undefined
  const values: string[] = []
  for (let at = start + head.length; ; at += 1) {
    const value = tokens[at]
    if (value?.kind !== 'string' || !follow(tokens, at + 1, element)) return undefined
    values.push(`(${value.text}::character varying)::text`)
    at += 1 + element.length
    if (tokens[at]?.text === ',') continue
    const last = tokens[at + tail.length - 1]
    if (!follow(tokens, at, tail) || last === undefined) return undefined
    return { end: last.at + last.text.length, text: `ARRAY[${values.join(', ')}]` }
  }
}

/**
 * The server's text of a query as the server prints it again after it was created from that text. It prints `kind IN ('a', 'b')` over a
 * varchar column as a cast of the whole list and reads such a cast as one of each element, so that what it prints is no text that
 * stays the same: https://github.com/postgres/postgres/blob/master/src/backend/parser/parse_expr.c (transformArrayExpr).
 */
export function stableText(sql: string): string {
  if (!sql.includes('])::text[]')) return sql
  const tokens = positionedTokens(sql)
  let text = ''
  let done = 0
  for (const [at, token] of tokens.entries()) {
    const cast = token.at < done ? undefined : castOfList(tokens, at)
    if (cast === undefined) continue
    text += sql.slice(done, token.at) + cast.text
    done = cast.end
  }
  return text + sql.slice(done)
}
