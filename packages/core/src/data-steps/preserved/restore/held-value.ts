import type { Dialect } from '../../../dialect/dialect.ts'
import type { ColumnType } from '../../../model/column-type.ts'
import { findColumn } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { type ExactValue, isAlike, isRawText } from '../encode.ts'
import { unpadded } from '../pages/conditions.ts'

const number = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/

/** A number without zeros that are no part of it; any other text as it is. */
function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = number.exec(text) ?? []
  if (whole === '') return text
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits
}

/** A time without zeros at the end of its fraction. */
const plainTime = (text: string): string =>
  text.replace(/(:\d\d)(?:\.(\d*?)0*)(?=\D|$)/, (_, seconds: string, fraction = '') =>
    fraction === '' ? seconds : `${seconds}.${fraction}`,
  )

const plainForms: { readonly [K in ColumnType['kind']]?: (text: string) => string } = {
  decimal: plainNumber,
  time: plainTime,
  timestamp: plainTime,
}

interface Cell {
  readonly column: string
  readonly now: SqlValue
  readonly value: ExactValue
}

/**
 * Whether a column has taken a value: in the form of its type, which may be another one than when the value was preserved. What that adds is no part
 * of the value: the blanks of a char(n), zeros behind the point of a decimal or at the end of the fraction of a time.
 */
export function isHeldIn(dialect: Dialect, table: TableModel | undefined, { column, now, value }: Cell): boolean {
  if (isAlike(now, value)) return true
  const text = typeof value === 'bigint' ? String(value) : value
  if (typeof now !== 'string' || typeof text !== 'string' || isRawText(value)) return false
  if (unpadded(dialect, table, column, now) === text) return true
  const plain = plainForms[(table && findColumn(table, column))?.type.kind ?? 'text']
  return plain !== undefined && plain(now) === plain(text)
}
