import { splitAtPlaceholders } from '@org/migrate-core/connection'
import type { SqlValue } from '@org/migrate-core/dialect'
import { grammar } from '../../sql/classify.ts'
import { literalText } from '../../sql/quote.ts'
import { significant, tokenize } from '../../sql/tokenize.ts'
import { toBindings } from '../values.ts'
import type { ListStatement } from './statement-list.ts'

/** https://developers.cloudflare.com/d1/platform/limits/: bound parameters of a query. */
const mostBound = 100
/** A statement may have 100 KB: above it bytes are bound as their hex digits. */
const mostInline = 10_000

/** Beyond, the last digits of a literal are not read exactly, nor are those of `printf`: the number itself goes in and comes out. */
const [leastDigits, mostDigits] = ['1e-30', '1e30']

const isExactLiteral = (value: number): boolean =>
  Number.isSafeInteger(value) ||
  !Number.isFinite(value) ||
  (Math.abs(value) > Number(leastDigits) && Math.abs(value) < Number(mostDigits))

/** In parentheses, or `n-?` with -5 would be a comment; an integer as a sum, or 1 in ORDER BY would be the first column. */
export function inlined(value: SqlValue): string {
  const isInteger = typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0))
  return isInteger ? ` (0+${literalText(value)}) ` : ` (${literalText(value)}) `
}

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
  if (pieces.some((piece) => /^\d/.test(piece))) throw new RangeError('placeholders with numbers are not taken')
  const params: (string | number)[] = []
  const spell = (value: (typeof values)[number]): string => {
    const isBound = typeof value === 'string' || (typeof value === 'number' && !isExactLiteral(value))
    if (isBound && params.length < mostBound) {
      params.push(value)
      return ' ? '
    }
    if (value instanceof Uint8Array && value.byteLength > mostInline && params.length < mostBound) {
      params.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'))
      return ' unhex(?) '
    }
    return inlined(value)
  }
  return { sql: pieces.reduce((text, piece, at) => text + spell(values[at] ?? null) + piece, first), params }
}

/**
 * The kind of a value and the value, as text: a number that comes out of D1 does not say whether it was an integer, nor all its digits. `printf`
 * writes no sign of -0.0.
 */
const cell = (name: string, text = name): string =>
  `CASE typeof(${name}) WHEN 'text' THEN 't' || ${text} WHEN 'integer' THEN 'i' || ${name}
    WHEN 'real' THEN CASE WHEN ${name} = 0 AND atan2(${name}, -1) < 0 THEN 'r-0' WHEN abs(${name}) BETWEEN ${leastDigits} AND ${mostDigits} OR abs(${name}) IN (0, 9e999)
      THEN 'r' || printf('%!.17g', ${name}) ELSE ${name} END
    WHEN 'blob' THEN 'b' || hex(${name}) END`

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${at}`)

/** Without the semicolons and comments behind it: they would take what follows with them. */
export function withoutEnd(query: string): string {
  const last = significant(tokenize(query)).findLast(({ text }) => text !== ';')
  return last === undefined ? query : query.slice(0, last.start + last.text.length)
}

const asTable = (query: string, count: number): string =>
  `WITH r(${names(count).join(', ')}) AS (${withoutEnd(query)}\n)`

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

/**
 * One text of all that the query gives; in its own order where it has one. A text goes with its length, or two could be put together to
 * the same.
 */
export function digestOf(query: string, count: number): string {
  const sized = (name: string): string => `length(CAST(${name} AS BLOB)) || ':' || ${name}`
  const row = names(count).map((name) => `coalesce(${cell(name, sized(name))}, 'n')`)
  const order = /\border\s+by\b/i.test(query) ? '' : ' ORDER BY 1'
  return `${asTable(query, count)} SELECT count(*) || ':' || coalesce(group_concat(v, char(30)), '') AS digest
    FROM (SELECT ${concatenated(row)} AS v FROM r${order})`
}

/** A value of a query that was sent `losslessly`. */
export function readCell(value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
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
