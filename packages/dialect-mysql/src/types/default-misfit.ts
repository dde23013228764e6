import { type ColumnModel, type ColumnType, defaultMisfit } from '@org/migrate-core/dialect'

const alike = new Intl.Collator('en', { sensitivity: 'base' })

const integerBits = { tiny: 8n, small: 16n, medium: 24n, '': 32n, big: 64n } as const
const nativeInteger = /^(tiny|small|medium|big|)int(?:eger)?(?:\s*\(\d+\))?(\s+unsigned)?\b/i

function bounds(bits: bigint, isUnsigned: boolean): readonly [low: bigint, high: bigint] {
  return isUnsigned ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
}

function outside(text: string, bits: bigint, isUnsigned = false): string | undefined {
  if (!/^[-+]?\d+$/.test(text)) return undefined
  const [low, high] = bounds(bits, isUnsigned)
  const value = BigInt(text.replace('+', ''))
  return value < low || value > high ? `is outside of ${low} to ${high}` : undefined
}

/**
 * The server reads dates in many forms, and the mode of the session decides on parts that are 0: only what it takes in none is named.
 * https://dev.mysql.com/doc/refman/8.4/en/date-and-time-literals.html
 */
function noDate(text: string): string | undefined {
  if (!/\d/.test(text)) return 'has no digits'
  if (/\dZ\s*$/i.test(text)) return 'ends with Z, which the server does not read; leave it out'
  const [, month = '1', day = '1'] = /^\s*\d{4}-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text) ?? []
  return Number(month) > 12 || Number(day) > 31 ? 'is no day of the calendar' : undefined
}

function misfitOfText(type: ColumnType, text: string): string | undefined {
  if (type.kind === 'boolean') return outside(text.trim(), 8n)
  if (type.kind === 'date' || type.kind === 'timestamp') return noDate(text)
  if (type.kind === 'time') return /\d/.test(text) ? undefined : 'has no digits'
  if (type.kind === 'bytes')
    return type.length !== undefined && Buffer.byteLength(text) > type.length
      ? `is longer than ${type.length} bytes`
      : undefined
  if (type.kind !== 'native') return undefined
  const [, size, unsigned] = nativeInteger.exec(type.sql) ?? []
  const bits = size === undefined ? undefined : integerBits[size.toLowerCase() as keyof typeof integerBits]
  return bits === undefined ? undefined : outside(text.trim(), bits, unsigned !== undefined)
}

/** Why the server refuses the default of a column (1067). What its collation may take for one of the values is left to it. */
export function misfitOf(column: ColumnModel): string | undefined {
  const isSame = (value: string, text: string): boolean => alike.compare(value, text) === 0
  // TINYINT(1), which takes no word for true.
  const judged = column.type.kind === 'boolean' ? { ...column, type: { kind: 'double' } as const } : column
  const { default: value, type } = column
  const isText = value?.kind === 'literal' && value.value !== null && typeof value.value !== 'boolean'
  return (
    defaultMisfit(judged, { isSized: true, isSame }) ?? (isText ? misfitOfText(type, String(value.value)) : undefined)
  )
}
