import type { SqlToken } from '@org/migrate-core/dialect'
import { significant } from '../../sql/names-in.ts'

/** Why a text is compared as it is. Never seen outside. */
export class Unknown extends Error {}

export type Token =
  | { readonly kind: 'word' | 'quoted'; readonly text: string }
  | { readonly kind: 'string' | 'number' | 'operator' | 'mark'; readonly text: string }

const operatorCharacters = '+-*/<>=~!@#%^&|`?'

function stringValue(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'")
  const inside = text.slice(2, -1).replaceAll("''", "'")
  if (!/^e'/i.test(text) || /\\[^\\]/.test(inside.replaceAll('\\\\', ''))) throw new Unknown()
  return inside.replaceAll('\\\\', '\\')
}

function tokenOf({ kind, text }: SqlToken): Token {
  if (kind === 'word') return { kind, text: text.toLowerCase() }
  if (kind === 'quoted') return { kind, text: text.slice(1, -1).replaceAll('""', '"') }
  if (kind === 'string') return { kind, text: stringValue(text) }
  if (kind === 'number') return { kind, text }
  return { kind: operatorCharacters.includes(text) ? 'operator' : 'mark', text }
}

/** Words in lower case, names and strings without their quotes, operators in one piece. Throws Unknown. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  const parts = significant(sql)
  for (const part of parts) {
    const token = tokenOf(part)
    const last = tokens.at(-1)
    const isMore =
      last !== undefined &&
      token.kind === last.kind &&
      (token.kind === 'operator' || (token.text === ':' && last.text === ':'))
    // `a<-1` has two operators; a sign ends one: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
    const isSign = token.text === '-' || token.text === '+'
    if (isMore && !(isSign && !/[~!@#%^&|`?]/.test(last.text)))
      tokens[tokens.length - 1] = { ...last, text: last.text + token.text }
    else tokens.push(token)
  }
  // `??` is sent as `?`.
  return tokens.map((token) =>
    token.kind === 'operator' ? { ...token, text: token.text.replaceAll('??', '?') } : token,
  )
}
