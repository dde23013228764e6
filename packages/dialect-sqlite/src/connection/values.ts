import { rowsOf } from '@org/migrate-core/connection'
import type { Row, SqlValue } from '@org/migrate-core/dialect'
import { fromSql } from '../types/types.ts'
import type { ColumnDefinition } from './drivers/handle.ts'

type Shape = 'boolean' | 'json' | 'decimal' | 'plain'

const shapes = new Map<string, Shape>()

/** How values of a declared type are given; result columns without one (expressions) stay as they are. */
function shapeOf(declared: string | null): Shape {
  if (declared === null) return 'plain'
  const cached = shapes.get(declared)
  if (cached !== undefined) return cached
  const { kind } = fromSql(declared)
  const shape = kind === 'boolean' || kind === 'json' || kind === 'decimal' ? kind : 'plain'
  shapes.set(declared, shape)
  return shape
}

/** A REAL as decimal digits: 1e21 is '1000000000000000000000', not '1e+21'. */
function decimalText(value: number): string {
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = '', lead = '', fraction = '', exponent = '0'] = parts
  const digits = lead + fraction
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0').slice(0, point)}${digits.length > point ? `.${digits.slice(point)}` : ''}`
}

/**
 * SQLite gives a value by its storage class, not by its column: a JSON number in a column of NUMERIC affinity comes back as
 * INTEGER or REAL, a boolean as INTEGER. This gives each the form that every dialect gives.
 */
function give(value: SqlValue, shape: Shape): SqlValue {
  if (shape === 'plain') return value
  if (shape === 'boolean') return value === 0n ? false : value === 1n ? true : value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'number') return value
  // Text that is a number too big for a double was stored as infinity.
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999'
  return shape === 'decimal' ? decimalText(value) : String(value)
}

export function toRows(raw: readonly (readonly SqlValue[])[], columns: readonly ColumnDefinition[]): Row[] {
  const shapes = columns.map(({ type }) => shapeOf(type))
  const names = columns.map(({ name }) => name)
  return rowsOf(names, raw, (value, at) => give(value, shapes[at] as Shape))
}

const surrogate = /\p{Surrogate}/u
const surrogates = /\p{Surrogate}/gu

/**
 * Values as better-sqlite3 binds them. It would bind an integer above 2^31 as REAL and NaN as NULL: the first goes as a
 * bigint, the second is refused. Throws TypeError, which names the place of the value.
 */
export function toBindings(params: readonly SqlValue[]): (string | number | bigint | null | Buffer)[] {
  return params.map((value, at) => {
    if (value === undefined) throw new TypeError(`parameter ${at + 1} is undefined; pass null for an SQL NULL`)
    if (typeof value === 'boolean') return value ? 1n : 0n
    if (typeof value === 'number') {
      if (Number.isNaN(value)) throw new TypeError(`parameter ${at + 1} is NaN, which SQLite would store as NULL`)
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    }
    // Half a character: some drivers would store bytes that are no text.
    if (typeof value === 'string') return surrogate.test(value) ? value.replaceAll(surrogates, '\uFFFD') : value
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return value
  })
}
