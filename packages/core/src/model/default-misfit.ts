import { MigrateError } from '../errors/migrate-error.ts'
import type { ColumnType } from './column-type.ts'
import type { ColumnModel } from './schema-model.ts'

const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i
/** Numbers on some releases of PostgreSQL only, `0x1F` and `1_000` since 16: https://www.postgresql.org/docs/16/release-16.html */
const special = /^[-+]?(?:nan|inf|infinity|0[xob][\da-f_]+|[\d_]+)$/i
/** A server that makes a text of a number may write it with fewer characters. */
const exponent = /^[-+]?[\d.]+e[-+]?\d+$/i

/** The default where it is one value. Numbers beyond what JavaScript can hold are kept as expressions. */
function textOf({ default: value }: Pick<ColumnModel, 'default'>): string | undefined {
  if (value?.kind === 'expression') return number.test(value.sql.trim()) ? value.sql : undefined
  if (value?.kind !== 'literal' || value.value === null || typeof value.value === 'boolean') return undefined
  return String(value.value)
}

/** Whether the number, rounded to the digits behind the point, has more before it than the column holds. */
function isBeyond(text: string, precision: number, scale: number): boolean {
  const [, whole = '', part = '', exponent = '0'] = /^[-+]?(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${part}`.replace(/^0+/, '')
  // In units of a tenth of the last digit that is stored.
  const shift = Number(exponent) + scale + 1 - part.length
  if (digits === '' || digits.length + shift <= 0) return false
  if (digits.length + shift > precision + 1) return true
  const tenths = shift < 0 ? digits.slice(0, shift) : digits.padEnd(digits.length + shift, '0')
  return BigInt(tenths) >= 10n ** BigInt(precision + 1) - 5n
}

const largestReal = 3.402_823_567_797_336e38

function whyOfNumber(type: ColumnType, text: string, isSized: boolean): string | undefined {
  if (type.kind !== 'integer' && type.kind !== 'decimal' && type.kind !== 'real' && type.kind !== 'double')
    return undefined
  if (!number.test(text)) return special.test(text) ? undefined : 'is no number'
  if (!isSized) return undefined
  if (type.kind === 'integer') {
    const isWhole = /^[-+]?\d+$/.test(text)
    const rounded = isWhole ? 0 : Math.round(Number(text))
    // 1e400 is a number of any size to a server.
    if (!Number.isFinite(rounded)) return `is outside of what ${type.bits} bits hold`
    const whole = isWhole ? BigInt(text.replace('+', '')) : BigInt(rounded)
    return BigInt.asIntN(type.bits, whole) === whole ? undefined : `is outside of what ${type.bits} bits hold`
  }
  if (type.kind !== 'decimal') {
    const largest = type.kind === 'real' ? largestReal : Number.MAX_VALUE
    return Math.abs(Number(text)) > largest ? `is outside of what its type (${type.kind}) holds` : undefined
  }
  const { precision, scale = 0 } = type
  if (precision === undefined || !isBeyond(text, precision, scale)) return undefined
  return `has more than ${precision - scale} digits before the point${Math.abs(Number(text)) < 10 ** (precision - scale) ? ' when it is rounded' : ''}`
}

/**
 * Why the default of a column is no value of its type, so that rows can't get it: the end of the sentence. Undefined where it is one, or the
 * server alone can say.
 *
 * @param isSized the server refuses what a length or a number of bits has no room for
 * @param isSame whether the server takes a text for a value of an enum
 */
export function defaultMisfit(
  column: Pick<ColumnModel, 'type' | 'default'>,
  { isSized, isSame }: { readonly isSized: boolean; readonly isSame: (value: string, text: string) => boolean },
): string | undefined {
  const { type } = column
  const text = textOf(column)
  if (text === undefined) return undefined
  if (type.kind === 'enum') {
    const isValue = type.values.length === 0 || type.values.some((value) => isSame(value, text))
    return isValue ? undefined : 'is none of the values of the enum'
  }
  if ((type.kind === 'varchar' || type.kind === 'char') && type.length !== undefined) {
    // Spaces at the end are cut off: https://www.postgresql.org/docs/current/datatype-character.html
    const isLonger = isSized && !exponent.test(text) && [...text.replace(/ +$/, '')].length > type.length
    return isLonger ? `is longer than ${type.length} ${type.length === 1 ? 'character' : 'characters'}` : undefined
  }
  return whyOfNumber(type, text.trim(), isSized)
}

/** The error of a default that is no value of its column. */
export function misfitDefault(
  operation: string,
  { name, default: value }: Pick<ColumnModel, 'name' | 'default'>,
  misfit: string,
): MigrateError<'INVALID_OPERATION'> {
  const text = value?.kind === 'literal' ? JSON.stringify(value.value) : value?.kind === 'expression' ? value.sql : ''
  const why = `the default of ${name}, ${text}, ${misfit}`
  return new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`, {
    remedy: 'Give the column another default in the same change: `default: …`, or `default: null` for none.',
  })
}
