import { splitAtPlaceholders } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar } from '../../sql/classify.ts'
import { literalText } from '../../sql/quote.ts'
import { toBindings } from '../values.ts'
import type { ListStatement } from './statement-list.ts'

/** https://developers.cloudflare.com/d1/platform/limits/: bound parameters of a query. */
const mostBound = 100
/** A statement may have 100 KB: above it bytes are bound as their hex digits. */
const mostInline = 10_000

/**
 * A statement with its values. D1 binds every number as REAL, and its HTTP API takes texts: texts are bound, and everything else is a
 * literal.
 */
export function withValues(sql: string, given: readonly SqlValue[] = []): ListStatement {
  if (given.length === 0) return { sql, params: [] }
  const values = toBindings(given)
  const [first = '', ...pieces] = splitAtPlaceholders(sql, grammar)
  if (pieces.length !== values.length)
    throw new RangeError(`the statement has ${pieces.length} placeholders and ${values.length} values`)
  const params: string[] = []
  const spell = (value: (typeof values)[number]): string => {
    if (typeof value === 'string' && params.length < mostBound) {
      params.push(value)
      return '?'
    }
    if (value instanceof Uint8Array && value.byteLength > mostInline && params.length < mostBound) {
      params.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'))
      return 'unhex(?)'
    }
    return literalText(value)
  }
  return { sql: pieces.reduce((text, piece, at) => text + spell(values[at] ?? null) + piece, first), params }
}

/** The kind of a value and the value, as text: a number that comes out of D1 does not say whether it was an integer, nor all its digits. */
const cell = (name: string): string =>
  `CASE typeof(${name}) WHEN 'text' THEN 't' || ${name} WHEN 'integer' THEN 'i' || ${name}
    WHEN 'real' THEN 'r' || printf('%!.17g', ${name}) WHEN 'blob' THEN 'b' || hex(${name}) END`

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${at}`)

/** A comment at the end of a query would take the parenthesis with it. */
const asTable = (query: string, count: number): string =>
  `WITH r(${names(count).join(', ')}) AS (${query.replace(/[\s;]+$/, '')}\n)`

/** The query, whose values `readCell` reads. */
export function losslessly(query: string, count: number): string {
  const cells = names(count).map((name) => `${cell(name)} AS ${name}`)
  return `${asTable(query, count)} SELECT ${cells.join(', ')} FROM r`
}

/** D1 takes expressions of depth 100: the texts are put together in pairs. */
function concatenated(texts: readonly string[]): string {
  if (texts.length < 2) return texts[0] ?? "''"
  const middle = Math.ceil(texts.length / 2)
  return `(${concatenated(texts.slice(0, middle))} || char(31) || ${concatenated(texts.slice(middle))})`
}

/** One text of all that the query gives, whatever the order. */
export function digestOf(query: string, count: number): string {
  const row = names(count).map((name) => `coalesce(${cell(name)}, 'n')`)
  return `${asTable(query, count)} SELECT count(*) || ':' || coalesce(group_concat(v, char(30)), '') AS digest
    FROM (SELECT ${concatenated(row)} AS v FROM r ORDER BY 1)`
}

/** A value of a query that was sent `losslessly`. */
export function readCell(value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  const text = String(value)
  const rest = text.slice(1)
  if (text[0] === 'i') return BigInt(rest)
  if (text[0] === 'b') return Buffer.from(rest, 'hex')
  if (text[0] === 'r') return rest === 'Inf' ? Infinity : rest === '-Inf' ? -Infinity : Number(rest)
  return rest
}

/** A value of a statement that cannot be read so, such as a PRAGMA: its numbers are integers. */
export function readPlain(value: unknown): SqlValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return Buffer.from(value as readonly number[])
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  return value === undefined ? null : (value as string | null)
}
