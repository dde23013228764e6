import { checkName, MigrateError, verbatim } from '@org/migrate-core/connection'
import type { Quote, SqlFragment, SqlValue, TableRef } from '@org/migrate-core/dialect'

/** The name in double quotes, as a string. Takes what exists already: control characters pass, NUL does not. */
export function quoteName(name: string): string {
  if (name.includes('\0')) {
    throw new MigrateError('INVALID_NAME', { name, why: 'holds a NUL character' }, 'a name holds a NUL character')
  }
  return `"${name.replaceAll('"', '""')}"`
}

function identifier(name: string): SqlFragment {
  checkName(name)
  return verbatim(quoteName(name))
}

/** Always in `main`'s own scope by name alone: SQLite has no schemas besides attached files. */
function table(ref: TableRef): SqlFragment {
  if (ref.schema !== undefined) {
    throw new MigrateError(
      'UNSUPPORTED',
      { dialect: 'sqlite', operation: `table ${ref.schema}.${ref.name}`, why: 'SQLite has no schemas' },
      `table ${ref.schema}.${ref.name}: SQLite has no schemas`,
    )
  }
  return identifier(ref.name)
}

/** A string as its bytes, whatever a client does with characters. */
export const castText = (value: string): string => `CAST(x'${Buffer.from(value, 'utf8').toString('hex')}' AS TEXT)`

/** A literal may not hold NUL. */
const stringText = (value: string): string =>
  value.includes('\0') ? castText(value) : `'${value.replaceAll("'", "''")}'`

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '9e999'
  if (value === Number.NEGATIVE_INFINITY) return '-9e999'
  // SQLite has no NaN: it stores NULL for it.
  if (Number.isNaN(value)) return 'NULL'
  if (Object.is(value, -0)) return '-0.0'
  // Beyond 2^53 the digits are of a double already; an exponent keeps SQLite from reading them as an integer.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

function bigintText(value: bigint): string {
  if (BigInt.asIntN(64, value) === value) return String(value)
  // The parser would read more than 64 bits as a REAL and lose digits.
  throw new MigrateError(
    'UNSUPPORTED',
    { dialect: 'sqlite', operation: `the integer ${value}`, why: 'an integer of SQLite has 64 bits' },
    `the integer ${value} does not fit into the 64 bits of an integer of SQLite`,
  )
}

/** The value as SQL text. */
export function literalText(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'bigint') return bigintText(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`
}

/**
 * The only place that quotes. `identifier` and `table` throw INVALID_NAME for names that are empty, hold a control
 * character or a lone surrogate; `table` throws UNSUPPORTED for a schema.
 */
export const quote: Quote = {
  identifier,
  table,
  literal: (value) => verbatim(literalText(value)),
}
