import type { Row, SqlValue } from '@org/migrate-core/dialect'
import type { Field, Parameter, QueryAnswer } from './engine.ts'

// The numbers of pg_type: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const integers = new Set([20, 21, 23, 26])
const floats = new Set([700, 701])
const bool = 16
const bytea = 17

function give(text: string | null, { dataTypeID, tableID }: Field): SqlValue {
  if (text === null) return null
  if (integers.has(dataTypeID)) return BigInt(text)
  if (floats.has(dataTypeID)) return Number(text)
  if (dataTypeID === bytea) return Buffer.from(text.slice(2), 'hex')
  if (dataTypeID !== bool) return text
  // Only a column is a boolean; what is computed is the number that other databases give for it.
  if (tableID !== 0) return text === 't'
  return text === 't' ? 1n : 0n
}

/** Rows without a prototype: a column may be called `constructor`. */
export function rowsOf({ fields, rows }: QueryAnswer): readonly Row[] {
  return rows.map((values) => {
    const row = Object.create(null) as Record<string, SqlValue>
    for (const [at, field] of fields.entries()) row[field.name] = give(values[at] ?? null, field)
    return row
  })
}

/** A value as the text of the type that the server found for its place. */
export function parameterOf(value: SqlValue): Parameter {
  return (type) => {
    if (value === null) return null
    if (typeof value === 'boolean') return type === bool || type === 0 ? String(value) : value ? '1' : '0'
    if (typeof value === 'number' || typeof value === 'bigint') {
      if (type === bool) return value === 0 || value === 0n ? 'false' : 'true'
      return Object.is(value, -0) ? '-0' : String(value)
    }
    if (typeof value === 'string') return value
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
}
