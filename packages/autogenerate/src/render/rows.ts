import { Buffer } from 'node:buffer'
import type { RowValue } from '@org/migrate-core'
import { invalid } from '@org/migrate-core/internal'
import { array, type Code, call, literal, numbers, objectOf, verbatimCode } from './code.ts'

function rowValue(value: RowValue, what: string): Code {
  if (typeof value !== 'object' || value === null) return literal(value)
  if ('$bigint' in value) return verbatimCode(`${BigInt(value.$bigint)}n`)
  // `Uint8Array` is there whatever types the project has; `Buffer` needs those of Node.
  if ('$bytes' in value) return call('new Uint8Array', [numbers([...Buffer.from(value.$bytes, 'base64')])])
  // A recorder takes text, numbers and booleans as what they are.
  if (typeof value.$json === 'object' && value.$json !== null) return literal(value.$json)
  throw invalid(what, 'a JSON value that is no object and no array cannot be written into a revision')
}

/** Rows as objects, and their columns where JavaScript would put them into another order. */
export function rowArguments(
  what: string,
  columns: readonly string[],
  rows: readonly (readonly RowValue[])[],
): { readonly rows: Code; readonly columns?: readonly string[] } {
  const written = rows.map((row) => {
    if (row.length !== columns.length)
      throw invalid(what, `a row has ${row.length} values for ${columns.length} columns`)
    return objectOf(columns.map((column, at) => [column, rowValue(row[at] ?? null, what)]))
  })
  const inOrder = Object.keys(Object.fromEntries(columns.map((column) => [column, true])))
  const isSameOrder = inOrder.every((column, at) => column === columns[at])
  return { rows: array(written), ...(isSameOrder ? {} : { columns }) }
}
