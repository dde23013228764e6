import type { ColumnType, Identity, SequenceModel } from '@org/migrate-core/dialect'

interface Bounds {
  readonly low: string
  readonly high: string
}

/** What the server takes where nothing is said: https://www.postgresql.org/docs/current/sql-createsequence.html */
export function usualBounds(ascending: boolean, bits: 16 | 32 | 64): Bounds {
  const most = 1n << BigInt(bits - 1)
  return ascending ? { low: '1', high: String(most - 1n) } : { low: String(-most), high: '-1' }
}

/** Where an identity begins that does not say so: at the end that it counts from. */
export function identityStart({ start, increment = 1, minValue = '1', maxValue = '-1' }: Identity): string {
  if (start !== undefined) return String(start)
  return increment > 0 ? minValue : maxValue
}

/** A number where one holds it. */
function numberOrText(text: string): number | string {
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? text : Number(text)
}

/** Only what is not as usual for a column of the type is said; where it begins, where that is not 1. */
export function canonicaliseIdentity(identity: Identity, type: ColumnType): Identity {
  const { mode, increment = 1, minValue, maxValue, cache = 1, cycle = false, sequence } = identity
  const { low, high } = usualBounds(increment > 0, type.kind === 'integer' ? type.bits : 64)
  const start = identityStart(identity)
  return {
    mode: mode === 'autoIncrement' ? 'byDefault' : mode,
    ...(start === '1' ? {} : { start: numberOrText(start) }),
    ...(increment === 1 ? {} : { increment }),
    ...(minValue === undefined || minValue === low ? {} : { minValue }),
    ...(maxValue === undefined || maxValue === high ? {} : { maxValue }),
    ...(cache === 1 ? {} : { cache }),
    ...(cycle ? { cycle } : {}),
    ...(sequence === undefined ? {} : { sequence }),
  }
}

const bits = { integer16: 16, integer32: 32, integer64: 64 } as const

/** A sequence states only what is not as usual, as it is read of the server. */
export function canonicaliseSequence(sequence: SequenceModel): SequenceModel {
  const { start, increment = '1', minValue, maxValue, cache = 1, cycle = false, type = 'integer64', ...rest } = sequence
  const ascending = !increment.startsWith('-')
  const usual = usualBounds(ascending, bits[type])
  const first = ascending ? (minValue ?? usual.low) : (maxValue ?? usual.high)
  return {
    ...rest,
    ...(type === 'integer64' ? {} : { type }),
    ...(start === undefined || start === first ? {} : { start }),
    ...(increment === '1' ? {} : { increment }),
    ...(minValue === undefined || minValue === usual.low ? {} : { minValue }),
    ...(maxValue === undefined || maxValue === usual.high ? {} : { maxValue }),
    ...(cache === 1 ? {} : { cache }),
    ...(cycle ? { cycle } : {}),
  }
}
