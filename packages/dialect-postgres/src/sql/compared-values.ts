import type { SqlToken } from '@org/migrate-core/dialect'
import { nameOf, significant } from './names-in.ts'

type Tokens = readonly SqlToken[]
type IsColumn = (name: string) => boolean

const wordAt = (tokens: Tokens, at: number): string => tokens[at]?.text.toLowerCase() ?? ''
const isComparison = (tokens: Tokens, at: number): boolean => /^[=<>!]+$/.test(wordAt(tokens, at))
const isListed = (tokens: Tokens, at: number): boolean => /^(?:'.*|,)$/s.test(wordAt(tokens, at))

function lastOf(tokens: Tokens, at: number, isPart: (tokens: Tokens, at: number) => boolean): number {
  let first = at
  while (isPart(tokens, first)) first -= 1
  return first
}

/** Whether a column ends here, `mood` or `t.mood`, and where what is before it ends. */
function columnEnd(tokens: Tokens, at: number, isColumn: IsColumn): number | undefined {
  const name = nameOf(tokens[at])
  if (name === undefined || !isColumn(name)) return undefined
  let before = at - 1
  while (wordAt(tokens, before) === '.') before -= 2
  return before
}

function isBehindColumn(tokens: Tokens, at: number, isColumn: IsColumn): boolean {
  const ends = (position: number): boolean => columnEnd(tokens, position, isColumn) !== undefined
  if (isComparison(tokens, at - 1)) return ends(lastOf(tokens, at - 1, isComparison))
  if (wordAt(tokens, at - 1) === 'from' && wordAt(tokens, at - 2) === 'distinct') {
    const is = wordAt(tokens, at - 3) === 'not' ? at - 4 : at - 3
    return wordAt(tokens, is) === 'is' && ends(is - 1)
  }
  const open = lastOf(tokens, at - 1, isListed)
  if (wordAt(tokens, open) === '(' && wordAt(tokens, open - 1) === 'in')
    return ends(wordAt(tokens, open - 2) === 'not' ? open - 3 : open - 2)
  const call = wordAt(tokens, open + 1) === ',' ? columnEnd(tokens, open, isColumn) : undefined
  return call !== undefined && wordAt(tokens, call) === '(' && ['coalesce', 'nullif'].includes(wordAt(tokens, call - 1))
}

function isBeforeColumn(tokens: Tokens, at: number, isColumn: IsColumn): boolean {
  let next = at + 1
  if (!isComparison(tokens, next)) return false
  while (isComparison(tokens, next)) next += 1
  if (['any', 'some', 'all'].includes(wordAt(tokens, next)) && wordAt(tokens, next + 1) === '(') next += 2
  while (wordAt(tokens, next + 1) === '.') next += 2
  const name = nameOf(tokens[next])
  return name !== undefined && isColumn(name)
}

/** `CASE mood WHEN 'sad'`. */
function isCaseOfColumn(tokens: Tokens, at: number, isColumn: IsColumn): boolean {
  if (wordAt(tokens, at - 1) !== 'when') return false
  let start = at - 1
  while (start >= 0 && wordAt(tokens, start) !== 'case') start -= 1
  let column = start + 1
  while (wordAt(tokens, column + 1) === '.') column += 2
  const name = nameOf(tokens[column])
  return start >= 0 && name !== undefined && isColumn(name) && wordAt(tokens, column + 1) === 'when'
}

/**
 * Where in a text, counted in significant tokens, an author wrote a value beside a column whose type it then has: `mood <> 'sad'`,
 * `'sad' = mood`, `mood IN ('ok', 'sad')`. The server has the value itself there, and follows its new name.
 */
export function comparedValues(text: string, literal: string, isColumn: IsColumn): ReadonlySet<number> {
  const tokens = significant(text)
  const tests = [isBehindColumn, isBeforeColumn, isCaseOfColumn]
  return new Set(
    [...tokens.keys()].filter(
      (at) =>
        tokens[at]?.text === literal &&
        wordAt(tokens, at + 1) !== ':' &&
        tests.some((test) => test(tokens, at, isColumn)),
    ),
  )
}
