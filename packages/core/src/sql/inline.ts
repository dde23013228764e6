import type { SqlValue } from '../model/sql-value.ts'
import { type SqlGrammar, spellPlaceholders } from './lexer.ts'
import type { Quote } from './tag.ts'

/** The end of a quoted piece that begins at `from`; a doubled quote stays inside it. */
function quotedEnd(sql: string, from: number, quote: string): number {
  for (let at = from + 1; at < sql.length; at++) {
    if (sql[at] !== quote) continue
    if (sql[at + 1] === quote) at++
    else return at + 1
  }
  return sql.length
}

/**
 * The statement with literals in the places of its `?`; those inside names and strings stay, and all of them where there are no
 * values. With the grammar of the server `??` becomes the one question mark that it stands for.
 */
export function inlineParams(quote: Quote, sql: string, params: readonly SqlValue[], grammar?: SqlGrammar): string {
  if (grammar !== undefined && sql.includes('??')) {
    return spellPlaceholders(sql, grammar, (at) =>
      params.length === 0 ? '?' : quote.literal(params[at - 1] ?? null).text,
    )
  }
  let text = ''
  let used = 0
  for (let at = 0; at < sql.length; ) {
    const character = sql[at] ?? ''
    if (character === "'" || character === '"' || character === '`') {
      const end = quotedEnd(sql, at, character)
      text += sql.slice(at, end)
      at = end
    } else if (character === '?' && used < params.length) {
      text += quote.literal(params[used++] ?? null).text
      at++
    } else {
      text += character
      at++
    }
  }
  return text
}
