import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

const nameOf = ({ kind, text }: SqlToken): string | undefined => {
  if (kind === 'word') return text
  return kind === 'quoted' || (kind === 'string' && text.startsWith('"')) ? text.slice(1, -1) : undefined
}

const bodyOf = (text: string): string =>
  text.startsWith('$')
    ? text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '')
    : text.replace(/^e?'|'$/gi, '').replaceAll("''", "'")

/**
 * Every name in SQL that is followed by a dot, in lower case: schemas and databases are among them, and so are aliases and tables.
 *
 * @param strings also those in strings, which the server may run (`EXECUTE`, `DO`, `PREPARE`)
 */
export function qualifiersIn(
  sql: string,
  grammar: SqlGrammar,
  { strings }: { readonly strings: boolean },
): Set<string> {
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const qualifiers = new Set<string>()
  for (const [at, token] of tokens.entries()) {
    const name = tokens[at + 1]?.text === '.' ? nameOf(token) : undefined
    if (name !== undefined) qualifiers.add(name.toLowerCase())
    if (!strings || token.kind !== 'string') continue
    const body = bodyOf(token.text)
    if (body.length >= token.text.length || !body.includes('.')) continue
    for (const each of qualifiersIn(body, grammar, { strings })) qualifiers.add(each)
  }
  return qualifiers
}
