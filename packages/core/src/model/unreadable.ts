import { withArticle } from '../errors/count-text.ts'
import type { ColumnType, ColumnTypeKind } from './column-type.ts'

type Checks = {
  readonly [K in ColumnTypeKind]: (
    value: unknown,
    type: Extract<ColumnType, { readonly kind: K }>,
  ) => string | undefined
}

const kindOf = (value: unknown): string =>
  value instanceof Uint8Array
    ? 'bytes'
    : typeof value === 'string'
      ? 'text'
      : typeof value === 'bigint'
        ? 'an integer'
        : withArticle(typeof value)

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || isNumber(value) ? undefined : `expected text, found ${kindOf(value)}`

const float = (value: unknown): string | undefined =>
  isNumber(value) ? undefined : `expected a number, found ${kindOf(value)}`

/** PostgreSQL has infinite dates, and years before Christ and beyond 9999. */
const day = String.raw`[-+]?\d{4,}-\d{2}-\d{2}`
const clock = String.raw`\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[-+]\d{2}(?::?\d{2}(?::\d{2})?)?))?`
const forms = {
  date: new RegExp(`^(?:${day}(?: BC)?|-?infinity)$`),
  // MySQL's TIME is a span of up to 838 hours.
  time: new RegExp(`^-?(?:\\d)?${clock}$`),
  timestamp: new RegExp(`^(?:${day}[ T]${clock}(?: BC)?|-?infinity)$`),
  decimal: /^(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|NaN|[-+]?Infinity)$/,
  uuid: /^\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?$/i,
} as const

function inForm(value: unknown, form: keyof typeof forms): string | undefined {
  if (typeof value !== 'string') return `expected text, found ${kindOf(value)}`
  return forms[form].test(value) ? undefined : `the text is not ${withArticle(form)}`
}

function jsonText(value: unknown): string | undefined {
  if (isNumber(value) || typeof value === 'boolean') return undefined
  if (typeof value !== 'string') return `expected JSON text, found ${kindOf(value)}`
  try {
    JSON.parse(value)
    return undefined
  } catch (error) {
    return error instanceof RangeError ? 'the JSON is nested too deeply' : 'the text is not JSON'
  }
}

const checks: Checks = {
  integer(value, { bits }) {
    if (typeof value === 'number' && Number.isSafeInteger(value))
      return checks.integer(BigInt(value), { kind: 'integer', bits })
    if (typeof value !== 'bigint') return `expected an integer, found ${kindOf(value)}`
    return BigInt.asIntN(bits, value) === value ? undefined : `${value} does not fit into ${bits} bits`
  },
  boolean: (value) =>
    typeof value === 'boolean' || value === 0n || value === 1n || value === 0 || value === 1
      ? undefined
      : `expected a boolean, found ${isNumber(value) ? String(value) : kindOf(value)}`,
  text,
  varchar: text,
  char: text,
  decimal: (value) => (isNumber(value) ? undefined : inForm(value, 'decimal')),
  real: float,
  double: float,
  date: (value) => inForm(value, 'date'),
  time: (value) => inForm(value, 'time'),
  timestamp: (value) => inForm(value, 'timestamp'),
  json: jsonText,
  uuid: (value) => inForm(value, 'uuid'),
  bytes: (value) =>
    value instanceof Uint8Array || typeof value === 'string' ? undefined : `expected bytes, found ${kindOf(value)}`,
  enum: (value, { values }) =>
    typeof value === 'string' && values.includes(value) ? undefined : 'the value is none of the enum',
  native: () => undefined,
}

/** Why a column of that type cannot be read where it holds this value, as a session gives it; undefined where it can. NULL always can. */
export function whyUnreadable(type: ColumnType, value: unknown, holds?: 'json'): string | undefined {
  if (value === null || value === undefined) return undefined
  if (holds === 'json') return typeof value === 'string' && value === '' ? undefined : jsonText(value)
  return (checks[type.kind] as (value: unknown, type: ColumnType) => string | undefined)(value, type)
}
