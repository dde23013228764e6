import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

const nameOf = ({ kind, text }: SqlToken): string | undefined => {
  if (kind === 'word') return text
  return kind === 'quoted' || (kind === 'string' && text.startsWith('"')) ? text.slice(1, -1) : undefined
}

const bodyOf = (text: string): string =>
  text.startsWith('$')
    ? text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, '')
    : text.replace(/^e?'|'$/gi, '').replaceAll("''", "'")

const conditions: ReadonlySet<string> = new Set(['if', 'not', 'exists'])

/** The name behind SCHEMA and IF NOT EXISTS. */
function schemaBehind(tokens: readonly SqlToken[], at: number): string | undefined {
  const isCondition = (token: SqlToken | undefined): boolean =>
    token?.kind === 'word' && conditions.has(token.text.toLowerCase())
  let next = at + 1
  while (isCondition(tokens[next])) next += 1
  const token = tokens[next]
  return token && nameOf(token)
}

/**
 * Every name in SQL that is followed by a dot or follows SCHEMA, in lower case: schemas and databases are among them, and so are aliases
 * and tables.
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
    const qualifier = tokens[at + 1]?.text === '.' ? nameOf(token) : undefined
    const isSchema = token.kind === 'word' && token.text.toLowerCase() === 'schema'
    for (const name of [qualifier, isSchema ? schemaBehind(tokens, at) : undefined])
      if (name !== undefined) qualifiers.add(name.toLowerCase())
    if (!strings || token.kind !== 'string') continue
    const body = bodyOf(token.text)
    if (body.length >= token.text.length || !/\.|schema/i.test(body)) continue
    for (const each of qualifiersIn(body, grammar, { strings })) qualifiers.add(each)
  }
  return qualifiers
}
