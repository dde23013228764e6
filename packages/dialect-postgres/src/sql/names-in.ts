import { isSignificant, lexSql, type SqlToken } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'

/** The name that a token is: a word as the server folds it, a quoted name without its quotes. */
export function nameOf(token: SqlToken | undefined): string | undefined {
  if (token?.kind === 'word') return token.text.toLowerCase()
  return token?.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : undefined
}

export function significant(sql: string): readonly SqlToken[] {
  return lexSql(sql, grammar).filter(isSignificant)
}

/** Every name in a text, and `*`: what it may be about. More than it is about, never less. */
export function namesIn(sql: string): ReadonlySet<string> {
  return new Set(significant(sql).map((token) => nameOf(token) ?? token.text))
}

export function mentions(sql: string, name: string): boolean {
  return significant(sql).some((token) => nameOf(token) === name)
}

/** The parts between the semicolons of a text. */
export function statementsIn(sql: string): readonly string[] {
  const parts: string[] = ['']
  for (const token of lexSql(sql, grammar)) {
    if (token.text === ';') parts.push('')
    else parts[parts.length - 1] += token.text
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
