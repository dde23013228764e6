import { isNumber, MigrateError, type OptionChecks } from '@org/migrate-core/dialect'
import type { PoolLimits } from './pool.ts'

/** The connections of a service to a server. */
export interface PoolOptions {
  /** How many connections are kept open; default 5. 0 or less: none, each use opens one and closes it. */
  readonly poolSize?: number
  /** How many more there may be at a time; less than 0: any number. Default 10, and 0 where `poolSize` is given. */
  readonly maxOverflow?: number
  /** How long a use waits for a connection that another one has; default 30 seconds. */
  readonly poolTimeoutMs?: number
  /** A connection older than this is replaced when it is taken; less than 0: never. Default one hour. */
  readonly recycleMs?: number
}

export const poolChecks: OptionChecks<PoolOptions> = {
  poolSize: isNumber,
  maxOverflow: isNumber,
  poolTimeoutMs: isNumber,
  recycleMs: isNumber,
}

const defaults = { poolSize: 5, maxOverflow: 10, poolTimeoutMs: 30_000, recycleMs: 3_600_000 } as const

function checked(option: keyof PoolOptions, value: number | undefined, whole: boolean): number | undefined {
  if (value === undefined || (whole ? Number.isInteger(value) : value >= 0 || value < 0)) return value
  const why = `${value} is no ${whole ? 'whole ' : ''}number`
  throw new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}.`)
}

/** Throws INVALID_OPTION. */
export function poolLimits(options: PoolOptions): PoolLimits {
  const size = checked('poolSize', options.poolSize, true)
  const overflow = checked('maxOverflow', options.maxOverflow, true)
  const timeoutMs = checked('poolTimeoutMs', options.poolTimeoutMs, false) ?? defaults.poolTimeoutMs
  const recycleMs = checked('recycleMs', options.recycleMs, false) ?? defaults.recycleMs
  const recycle = recycleMs < 0 ? {} : { recycleMs }
  if (size !== undefined && size <= 0) return { size: 0, overflow: Number.POSITIVE_INFINITY, timeoutMs, ...recycle }
  const more = overflow ?? (size === undefined ? defaults.maxOverflow : 0)
  return {
    size: size ?? defaults.poolSize,
    overflow: more < 0 ? Number.POSITIVE_INFINITY : more,
    timeoutMs: Math.max(0, timeoutMs),
    ...recycle,
  }
}
