import type { ColumnType, Identity } from '@org/migrate-core/dialect'

export interface Bounds {
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

/** Only what is not as usual for a column of the type is said; where it begins, where that is not 1. */
export function settleIdentity(identity: Identity, type: ColumnType): Identity {
  const { mode, increment = 1, minValue, maxValue, cache = 1, cycle = false } = identity
  const { low, high } = usualBounds(increment > 0, type.kind === 'integer' ? type.bits : 64)
  const start = identityStart(identity)
  return {
    mode: mode === 'autoIncrement' ? 'byDefault' : mode,
    ...(start === '1' ? {} : { start: Number(start) }),
    ...(increment === 1 ? {} : { increment }),
    ...(minValue === undefined || minValue === low ? {} : { minValue }),
    ...(maxValue === undefined || maxValue === high ? {} : { maxValue }),
    ...(cache === 1 ? {} : { cache }),
    ...(cycle ? { cycle } : {}),
  }
}
