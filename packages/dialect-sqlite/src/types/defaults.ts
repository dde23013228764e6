import type { ColumnType, DefaultValue } from '@org/migrate-core/dialect'
import { slice } from '../ddl/cursor.ts'
import { unwrapParentheses } from '../ddl/parentheses.ts'
import type { ColumnPartOf } from '../ddl/table-tree.ts'
import { literalText } from '../sql/quote.ts'
import { nameOf, significant, type Token, tokenize } from '../sql/tokenize.ts'

/** A number, where its text is the one that it would be written as again; else the text is kept as an expression. */
function numberOf(text: string): number | undefined {
  const value = Number(text)
  return String(value) === text && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : undefined
}

const keywordDefaults: ReadonlyMap<string, DefaultValue | undefined> = new Map([
  ['NULL', undefined],
  ['TRUE', { kind: 'literal', value: true }],
  ['FALSE', { kind: 'literal', value: false }],
  ['CURRENT_TIMESTAMP', { kind: 'now' }],
])

function single(token: Token, text: string): DefaultValue | undefined {
  if (token.kind === 'string') return { kind: 'literal', value: nameOf(token) ?? '' }
  if (token.kind === 'word' && keywordDefaults.has(token.text.toUpperCase()))
    return keywordDefaults.get(token.text.toUpperCase())
  const value = token.kind === 'number' ? numberOf(text) : undefined
  return value === undefined ? { kind: 'expression', sql: text } : { kind: 'literal', value }
}

/** The default that an expression amounts to: literals and CURRENT_TIMESTAMP are told from other expressions. */
export function readExpressionDefault(wrapped: string): DefaultValue | undefined {
  const text = unwrapParentheses(wrapped)
  const tokens = significant(tokenize(text))
  const [first, second] = tokens
  if (first === undefined) return undefined
  if (tokens.length === 1) return single(first, first.text)
  const sign = first.text === '-' || first.text === '+' ? first.text : undefined
  if (tokens.length === 2 && sign !== undefined && second?.kind === 'number') {
    const value = numberOf(sign === '-' ? `-${second.text}` : second.text)
    if (value !== undefined) return { kind: 'literal', value }
  }
  return { kind: 'expression', sql: text }
}

/** Booleans are 0 and 1 in SQLite; which of the two a default is, the column's type says. */
export function canonicaliseDefault(value: DefaultValue | undefined, type: ColumnType): DefaultValue | undefined {
  const read = real(value?.kind === 'expression' ? readExpressionDefault(value.sql) : value, type)
  if (read?.kind !== 'literal') return read
  if (read.value === null) return undefined
  // No literal holds NUL, and an expression is what the server shows.
  if (typeof read.value === 'string' && read.value.includes('\0')) {
    return { kind: 'expression', sql: literalText(read.value) }
  }
  if (type.kind === 'boolean') {
    return read.value === 0 || read.value === 1 ? { kind: 'literal', value: read.value === 1 } : read
  }
  return typeof read.value === 'boolean' ? { kind: 'literal', value: read.value ? 1 : 0 } : read
}

/** A column of reals makes one of every number: `1.0` and `1` are the same there, and two texts in a column of another type. */
function real(value: DefaultValue | undefined, type: ColumnType): DefaultValue | undefined {
  if (value?.kind !== 'expression' || (type.kind !== 'real' && type.kind !== 'double')) return value
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value.sql)
  // `9e999` is infinite, which no JSON holds: the text stays.
  return isNumber && Number.isFinite(Number(value.sql)) ? { kind: 'literal', value: Number(value.sql) } : value
}

/** What DEFAULT … of a column says; undefined where it says NULL. */
export function readDefault(source: string, part: ColumnPartOf<'default'>, type: ColumnType): DefaultValue | undefined {
  if (part.expression !== undefined)
    return canonicaliseDefault(readExpressionDefault(slice(source, part.expression)), type)
  const text = slice(source, part.value)
  const [first, ...rest] = significant(tokenize(text))
  // Bare, `DEFAULT "y"` and `DEFAULT y` are strings to SQLite.
  if (first !== undefined && rest.length === 0) {
    const name = nameOf(first)
    if (first.kind === 'quoted' || (first.kind === 'word' && !isWord(first.text))) {
      return { kind: 'literal', value: name ?? '' }
    }
  }
  return canonicaliseDefault(readExpressionDefault(text), type)
}

const isWord = (text: string): boolean =>
  keywordDefaults.has(text.toUpperCase()) || ['CURRENT_DATE', 'CURRENT_TIME'].includes(text.toUpperCase())
