import {
  type ColumnType,
  type ConversionLoss,
  type DialectTypes,
  type SqlFragment,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { type Affinity, affinityOf, strictType, toSql } from '../types/types.ts'

type Loss = (column: SqlFragment) => ConversionLoss

const smallest = sql`-9223372036854775808`

/**
 * A column's affinity is all that converts its values (SQLite manual, "Type Affinity"): a text that looks like a number becomes one
 * where the affinity is that of numbers, and a number becomes text where it is TEXT. CAST(… AS NUMERIC) has an affinity of its own, which
 * the comparison gives to the text beside it: the two are equal exactly where the whole text is a number.
 */
const isNumber = (column: SqlFragment): SqlFragment =>
  sql`typeof(${column}) = 'text' AND CAST(${column} AS NUMERIC) = ${column}`

/**
 * A real that a column of INTEGER or NUMERIC affinity stores as an integer: every whole number that has 64 bits, except for the smallest
 * (https://www.sqlite.org/datatype3.html#type_affinity). CAST(… AS NUMERIC) makes integers up to 2^51 only.
 */
const isStoredAsInteger = (real: SqlFragment): SqlFragment =>
  sql`(CAST(${real} AS INTEGER) = ${real} AND ${real} <> ${smallest})`

const textAsNumber = 'the spelling of texts that are numbers'

const textToNumber: Loss = (column) => {
  const number = sql`CAST(${column} AS NUMERIC)`
  const stored = sql`CASE WHEN ${isStoredAsInteger(number)} THEN CAST(${number} AS INTEGER) ELSE ${number} END`
  return {
    what: textAsNumber,
    changed: sql`(${isNumber(column)} AND CAST(${stored} AS TEXT) <> ${column} COLLATE BINARY)`,
  }
}

const textToReal: Loss = (column) => ({
  what: textAsNumber,
  changed: sql`(${isNumber(column)} AND CAST(CAST(${column} AS REAL) AS TEXT) <> ${column} COLLATE BINARY)`,
})

const numberToText: Loss = (column) => ({
  what: 'digits of real numbers, of which a text has fifteen',
  changed: sql`(typeof(${column}) = 'real' AND CAST(CAST(${column} AS TEXT) AS REAL) IS NOT ${column})`,
})

const integerToReal: Loss = (column) => ({
  what: 'digits of the integers beyond 2^53, or that they are integers',
  changed: sql`(typeof(${column}) = 'integer' AND (CAST(${column} AS REAL) <> ${column} OR ${column} = ${smallest}))`,
})

/** A column without affinity does not turn its values back. */
const anyToNumber: Loss = (column) => ({
  what: 'the spelling of texts that are numbers, and that whole numbers are reals',
  changed: sql`(${isNumber(column)} OR (typeof(${column}) = 'real' AND ${isStoredAsInteger(column)}))`,
})
const anyToReal: Loss = (column) => ({
  what: 'that integers are integers, and numbers in texts are texts',
  changed: sql`(typeof(${column}) = 'integer' OR (${isNumber(column)}))`,
})
const anyToText: Loss = (column) => ({
  what: 'that numbers are numbers',
  changed: sql`(typeof(${column}) IN ('integer', 'real'))`,
})

const numberLosses = { text: numberToText, real: integerToReal } as const

const losses: { readonly [A in Affinity]: { readonly [B in Affinity]?: Loss } } = {
  integer: numberLosses,
  numeric: numberLosses,
  real: { text: numberToText },
  text: { integer: textToNumber, numeric: textToNumber, real: textToReal },
  blob: { integer: anyToNumber, numeric: anyToNumber, real: anyToReal, text: anyToText },
}

/** ANY converts nothing in a STRICT table, and is NUMERIC in others: https://www.sqlite.org/stricttables.html */
function affinityIn({ strict }: TableModel['options'], type: ColumnType): Affinity {
  const text = toSql(strict === true ? strictType(type) : type).toUpperCase()
  return strict === true && text === 'ANY' ? 'blob' : affinityOf(text)
}

/** What a column's values lose with another type; undefined: nothing. Only the affinity counts: sizes mean nothing to SQLite. */
export const conversionLoss: NonNullable<DialectTypes['conversionLoss']> = (column, from, to, { before, after }) =>
  losses[affinityIn(before, from)][affinityIn(after, to)]?.(column)
