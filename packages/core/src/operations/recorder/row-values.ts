import { Buffer } from 'node:buffer'
import { isRecord, type OptionCheck, requireArgument } from '../../errors/option-check.ts'
import type { SqlValue } from '../../model/sql-value.ts'
import type { OperationOf, RowValue } from '../operation.ts'
import type { InputRow } from '../recorder-types.ts'
import { checkName, invalid } from '../traits/objects.ts'
import { plain } from './plain.ts'

/**
 * A value of insertRows as JSON can carry it. Text, numbers, booleans and null are themselves; the rest has a tag:
 * `{ $bigint: '9007199254740993' }`, `{ $bytes: 'AAEC' }` (base64), `{ $json: … }` for objects and arrays, which become JSON
 * text in the database. Throws INVALID_OPERATION for what is none of these: undefined, NaN, dates, functions.
 */
export function encodeRowValue(value: InputRow[string]): RowValue {
  return encodedValue(value, 'insertRows', 'the value')
}

function encodedValue(value: InputRow[string], what: string, at: string): RowValue {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  }
  if (typeof value === 'object' && value !== null) return { $json: plain(value, what, at) }
  return plain(value, what, at)
}

const isRowValue: OptionCheck = (value) => {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return undefined
  const { $bigint, $bytes, $json } = (isRecord(value) === undefined ? value : {}) as { readonly [tag: string]: unknown }
  const holds =
    (typeof $bigint === 'string' && /^-?\d+$/.test($bigint)) || typeof $bytes === 'string' || $json !== undefined
  return holds ? undefined : 'a value as encodeRowValue gives it is expected'
}

/** The value as a driver takes it: the inverse of encodeRowValue, with JSON as its text. */
export function decodeRowValue(value: RowValue): SqlValue {
  requireArgument('decodeRowValue', 'value', value, isRowValue)
  if (typeof value !== 'object' || value === null) return value
  if ('$bigint' in value) return BigInt(value.$bigint)
  if ('$bytes' in value) return Buffer.from(value.$bytes, 'base64')
  return JSON.stringify(value.$json)
}

interface RowsInput {
  readonly key?: readonly string[] | undefined
  readonly columns?: readonly string[] | undefined
}

/** The columns of the first row, in the order that was asked for, if one was. */
function columnsOf(what: string, first: InputRow, requestedColumns: readonly string[] | undefined): readonly string[] {
  const columns = Object.keys(first)
  if (columns.length === 0) throw invalid(what, 'the first row has no columns')
  for (const column of columns) checkName(column, 'column')
  if (requestedColumns === undefined) return columns
  const isSame =
    requestedColumns.length === columns.length && columns.every((column) => requestedColumns.includes(column))
  if (!isSame)
    throw invalid(what, `\`columns\` names ${requestedColumns.join(', ')}, and the first row has ${columns.join(', ')}`)
  return requestedColumns
}

/** Rows as columns and values. All rows have the columns of the first: an absent value is a default, not NULL. */
export function rowsOf(
  what: string,
  rows: readonly InputRow[],
  { key, columns: requestedColumns }: RowsInput = {},
): Pick<OperationOf<'insertRows'>, 'columns' | 'rows' | 'key'> {
  const [first] = rows
  if (first === undefined) throw invalid(what, 'there are no rows')
  const columns = columnsOf(what, first, requestedColumns)
  const unknown = key?.find((column) => !columns.includes(column))
  if (unknown !== undefined) throw invalid(what, `the key names ${unknown}, which the rows do not have`)
  const values = rows.map((row, index) => {
    const odd = Object.keys(row).find((column) => !Object.hasOwn(first, column))
    if (odd !== undefined) throw invalid(what, `row ${index + 1} has ${odd}, which the first row does not have`)
    return columns.map((column) => {
      const value = Object.hasOwn(row, column) ? row[column] : undefined
      if (value === undefined) throw invalid(what, `row ${index + 1} has no value for ${column}; write null for NULL`)
      return encodedValue(value, what, `row ${index + 1}, ${column},`)
    })
  })
  return { columns, rows: values, ...(key === undefined || key.length === 0 ? {} : { key }) }
}
