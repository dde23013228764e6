import { nameOf, sameName, type Token, tokenizeSignificant } from '../../sql/tokenize.ts'

/**
 * A token of a table's body, or all of a stretch in parentheses: SQLite's ALTER TABLE reads the stored text in these, and knows constraints
 * by their first word (`getConstraintToken` of alter.c). `start` is behind the unit before it, comments and white space included.
 */
interface Unit {
  readonly word: string
  readonly token: Token
  readonly start: number
  readonly end: number
}

/** The units behind the first parenthesis, with the one that closes it as the last. */
function unitsOf(source: string): readonly Unit[] {
  const tokens = tokenizeSignificant(source)
  let at = tokens.findIndex(({ text }) => text === '(') + 1
  let start = tokens[at - 1]?.end ?? 0
  const units: Unit[] = []
  for (; at < tokens.length; at += 1) {
    const token = tokens[at] as Token
    let { end } = token
    if (token.text === '(') {
      let depth = 1
      while (depth > 0 && at + 1 < tokens.length) {
        at += 1
        const { text } = tokens[at] as Token
        depth += text === '(' ? 1 : text === ')' ? -1 : 0
        end = (tokens[at] as Token).end
      }
    }
    const word = token.kind === 'word' ? token.text.toUpperCase() : token.kind === 'operator' ? token.text : ''
    units.push({ word, token, start, end })
    start = end
    if (word === ')') break
  }
  return units
}

const ends = new Set(
  'CONSTRAINT PRIMARY NOT UNIQUE CHECK DEFAULT COLLATE REFERENCES FOREIGN GENERATED AS ) ,'.split(' '),
)

/** The unit behind a constraint: the next that begins another one, or ends the column. */
function behind(units: readonly Unit[], from: number): number {
  let at = from
  while (at < units.length && !ends.has(units[at]?.word ?? ')')) at += 1
  return at
}

/** What stands behind a name in the place of a constraint: the name is one by itself. */
const bare = new Set(['CONSTRAINT', 'DEFAULT', 'COLLATE', ',', ')', 'GENERATED', 'AS'])

interface Found {
  readonly first: number
  readonly behind: number
}

/** What SQLite takes for the constraint of that name, or for the NOT NULL of the column at that place. */
function find(units: readonly Unit[], sought: string | number): Found | undefined {
  let column = 0
  for (let at = 0; at < units.length; ) {
    const { word } = units[at] as Unit
    const isHere = typeof sought === 'string' || sought === column
    if (word === 'CONSTRAINT' && isHere) {
      const [name, body] = [units[at + 1], units[at + 2]]
      const isBare = bare.has(body?.word ?? ')')
      const next = isBare ? at + 2 : behind(units, at + 3)
      const isNotNull = body?.word === 'NOT'
      const isNamed = typeof sought === 'string' && name !== undefined && sameName(nameOf(name.token) ?? '', sought)
      if (isNamed && !isBare && !isNotNull && body?.word !== 'CHECK') return undefined
      if (isNamed || (typeof sought === 'number' && isNotNull)) return { first: at, behind: next }
      at = next
    } else if (word === 'NOT' && sought === column) return { first: at, behind: behind(units, at + 1) }
    else {
      if (word === ',') column += 1
      at += 1
    }
  }
  return undefined
}

/**
 * The text as SQLite stores it after `DROP CONSTRAINT name`, or `DROP NOT NULL` of the column at that place (from 0): the comments before
 * and behind the constraint go along. The same text where it finds none.
 */
export function withoutConstraint(source: string, sought: string | number): string {
  const units = unitsOf(source)
  const found = find(units, sought)
  const [first, next] = [units[found?.first ?? -1], units[found?.behind ?? -1]]
  if (first === undefined || next === undefined) return source
  const isLast = next.word === ')' || next.word === ','
  const start = isLast && source[first.start - 1] === ',' ? first.start - 1 : first.start
  return source.slice(0, start) + (isLast ? '' : ' ') + source.slice(next.token.start)
}

/** The text as SQLite stores it after a constraint was added: at the end of the column at that place, or of the table. */
export function withConstraint(source: string, constraint: string, column?: number): string {
  const units = unitsOf(source)
  let commas = 0
  const at = units.find(({ word }) => {
    if (word === ')') return true
    if (word !== ',' || column === undefined) return false
    commas += 1
    return commas > column
  })?.token.start
  if (at === undefined) return source
  return `${source.slice(0, at)}${column === undefined ? ',' : ''} ${constraint}${source.slice(at)}`
}
