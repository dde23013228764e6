import { checkName, isWellFormed, sql, unsupported as unsupportedBy, verbatim } from '@org/migrate-core/connection'
import type { Quote, SqlFragment, SqlValue, TableRef } from '@org/migrate-core/dialect'
import { capabilities } from '../capabilities.ts'

const beyondBmp = /[\uD800-\uDFFF]/
const decimalDigits = 65

/** What the manual allows in a quoted name: https://dev.mysql.com/doc/refman/8.4/en/identifiers.html */
function whyNot(name: string): string | undefined {
  // Names are stored as utf8mb3.
  if (beyondBmp.test(name)) return 'holds a character beyond U+FFFF, which a name of MySQL cannot'
  return name.endsWith(' ') ? 'ends with a space, which a name of MySQL cannot' : undefined
}

function identifier(name: string): SqlFragment {
  checkName(name, { server: 'MySQL', ...capabilities.identifierLimit }, whyNot)
  return verbatim(`\`${name.replaceAll('`', '``')}\``)
}

/** `schema` is the database. */
function table(ref: TableRef): SqlFragment {
  return ref.schema === undefined ? identifier(ref.name) : sql`${identifier(ref.schema)}.${identifier(ref.name)}`
}

export const unsupported = (what: string, why: string, remedy?: string) => unsupportedBy('mysql', what, why, remedy)

function stringText(value: string): string {
  if (!isWellFormed(value)) throw unsupported('a text', 'it is not well-formed Unicode')
  // A backslash escapes or does not, as sql_mode has it (NO_BACKSLASH_ESCAPES); bytes mean the same in every mode.
  // Clients take the carriage return out of a line end.
  if (/[\\\0]|\r\n/.test(value)) return `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex')}'`
  return `'${value.replaceAll("'", "''")}'`
}

/**
 * A string where the grammar takes nothing else: the values of an enum. Backslashes escape in our sessions and
 * scripts (`sql_mode` without NO_BACKSLASH_ESCAPES).
 */
export function quotedString(value: string): string {
  if (!isWellFormed(value)) throw unsupported('a text', 'it is not well-formed Unicode')
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\0', '\\0').replaceAll('\r\n', '\\r\n')
  return `'${escaped.replaceAll("'", "''")}'`
}

/** The text of a COMMENT. The catalog is utf8mb3: other characters would be stored as `?`, in strict mode too. */
export function quotedComment(value: string): string {
  if (!beyondBmp.test(value)) return quotedString(value)
  throw unsupported(`the comment ${JSON.stringify(value)}`, 'comments of MySQL hold no character beyond U+FFFF')
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw unsupported(`the number ${value}`, 'a number of MySQL is finite')
  // -0.0 would be a decimal, and those have no negative zero.
  return Object.is(value, -0) ? '-0e0' : String(value)
}

function bigintText(value: bigint): string {
  const text = String(value)
  // More digits are read as a double, and lose most of them.
  if (text.replace('-', '').length <= decimalDigits) return text
  throw unsupported(`the integer ${text}`, `an exact number of MySQL has ${decimalDigits} digits`)
}

/** The value as SQL text. */
function literalText(value: SqlValue, text = stringText): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'bigint') return bigintText(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  return `X'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`
}

/**
 * The value as text of a statement for our own session: shorter than a literal that means the same in every mode. Throws
 * UNSUPPORTED for what the server cannot hold.
 */
export function boundText(value: SqlValue): string {
  return literalText(value, quotedString)
}

/**
 * The only place that quotes. `identifier` and `table` throw INVALID_NAME and NAME_TOO_LONG; `literal` throws UNSUPPORTED for
 * what the server cannot hold.
 */
export const quote: Quote = { identifier, table, literal: (value) => verbatim(literalText(value)) }
