import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from '@org/migrate-core/dialect'

interface PositionedToken {
  readonly token: SqlToken
  /** How many parentheses are open around it. */
  readonly depth: number
  readonly word: string
}

function positionTokens(tokens: readonly SqlToken[]): readonly PositionedToken[] {
  let depth = 0
  return tokens.map((token) => {
    if (token.text === ')') depth -= 1
    const at = { token, depth, word: token.kind === 'word' ? token.text.toLowerCase() : '' }
    if (token.text === '(') depth += 1
    return at
  })
}

const verbs = new Set(['select', 'insert', 'update', 'delete', 'replace', 'values', 'table', 'merge'])
const ends = new Set([
  ...['from', 'where', 'group', 'having', 'window', 'order', 'limit', 'offset', 'fetch', 'for', 'into'],
  ...['union', 'intersect', 'except'],
])

/** Where the list of results begins: behind SELECT, or behind the RETURNING of a statement that writes. */
function listStart(text: readonly PositionedToken[]): number | undefined {
  const verb = text.findIndex(({ depth, word }) => depth === 0 && verbs.has(word))
  const depths = text.filter(({ word }) => word === 'select').map(({ depth }) => depth)
  if (verb === -1) {
    // `(select …) union (select …)`: the first one names the columns.
    const least = Math.min(...depths)
    const first = text.findIndex(({ depth, word }) => depth === least && word === 'select')
    return first === -1 ? undefined : first + 1
  }
  if (text[verb]?.word === 'select') return verb + 1
  const returning = text.findLastIndex(({ depth, word }) => depth === 0 && word === 'returning')
  return returning === -1 ? undefined : returning + 1
}

interface Item {
  /** The places of its first and last significant tokens. */
  readonly tokens: readonly number[]
}

function itemsFrom(text: readonly PositionedToken[], start: number): readonly Item[] {
  const depth = text[start - 1]?.depth ?? 0
  const items: number[][] = [[]]
  let previous = ''
  for (let at = start; at < text.length; at += 1) {
    const here = text[at] as PositionedToken
    if (!isSignificant(here.token)) continue
    if (here.depth < depth || here.token.text === ';') break
    // `a IS DISTINCT FROM b` is an expression.
    if (here.depth === depth && ends.has(here.word) && previous !== 'distinct') break
    previous = here.word
    if (here.depth === depth && here.token.text === ',') items.push([])
    else items.at(-1)?.push(at)
  }
  return items.map((tokens) => ({ tokens }))
}

/** The name that the server gives to a result, where its text says it. */
function nameOf(item: Item, text: readonly PositionedToken[]): string | undefined {
  const [last, before] = [item.tokens.at(-1), item.tokens.at(-2)].map((at) => (at === undefined ? undefined : text[at]))
  if (last?.token.kind === 'quoted') {
    const quote = last.token.text[0] ?? ''
    return last.token.text.slice(1, -1).replaceAll(quote + quote, quote)
  }
  if (last?.token.kind === 'word' && (before?.word === 'as' || before?.token.text === '.')) return last.token.text
  return undefined
}

interface NamedResults {
  readonly sql: string
  /** How many there are; absent where a star hides it, or the statement gives no rows. */
  readonly count?: number
}

/**
 * The statement with a name of its own for each of its results: rows are objects, in which two columns of one name would be
 * one, and names that are numbers would stand first. A name that tells its column apart already is left as it is.
 */
export function nameResults(sql: string, grammar: SqlGrammar, quote: (name: string) => string): NamedResults {
  const tokens = lexSql(sql, grammar)
  const text = positionTokens(tokens)
  const start = listStart(text)
  if (start === undefined) return { sql }
  const items = itemsFrom(text, start)
  if (items.some(({ tokens: of }) => text[of.at(-1) ?? -1]?.token.text === '*')) return { sql }
  const names = items.map((item) => nameOf(item, text))
  const taken = new Set(names)
  const usedKeys = new Set<string>()
  const parts = tokens.map((token) => token.text)
  for (const [at, item] of items.entries()) {
    const name = names[at]
    // Servers do not agree on whether case tells two names apart, so it does not.
    const key = name?.toLowerCase()
    const clear = key !== undefined && !usedKeys.has(key) && !/^\d+$/.test(key)
    const last = item.tokens.at(-1)
    if (key !== undefined) usedKeys.add(key)
    if (clear || last === undefined) continue
    let own = `result ${at}`
    while (taken.has(own)) own += '+'
    const before = text[item.tokens.at(-2) ?? -1]
    const hasAlias = before?.word === 'as' || (name !== undefined && before?.token.text === ')')
    parts[last] = hasAlias ? quote(own) : `${parts[last]} as ${quote(own)}`
  }
  return { sql: parts.join(''), count: items.length }
}
