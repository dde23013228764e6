import type { PoolOptions } from '@org/migrate-core/dialect'
import { count, type Reading } from './values.ts'

const size = 'DATABASE_POOL_SIZE'
const others = ['DATABASE_POOL_MAX_OVERFLOW', 'DATABASE_POOL_TIMEOUT', 'DATABASE_POOL_RECYCLE'] as const

function noteUnused({ env, note }: Reading, names: readonly string[], why: string): void {
  const unused = names.filter((name) => env[name])
  if (unused.length > 0) note(`${unused.join(', ')} not used: ${why}`)
}

/** Without a size the pool is the library's own and the other three mean nothing; with 0 there is no pool. */
export function serverPool(reading: Reading): PoolOptions {
  const poolSize = count(reading, size, 'as if it were not set')
  if (poolSize === undefined || poolSize === 0) {
    noteUnused(reading, others, poolSize === 0 ? `with ${size} 0 there is no pool` : `they count with ${size} only`)
    return poolSize === undefined ? {} : { poolSize }
  }
  const [overflow, timeout, recycle] = others
  return {
    poolSize,
    maxOverflow: count(reading, overflow, '0 is used') ?? 0,
    // A timer that is set to more ends at once.
    poolTimeoutMs: Math.min((count(reading, timeout, '30 is used') ?? 30) * 1000, 2_147_483_647),
    recycleMs: (count(reading, recycle, '3600 is used') ?? 3600) * 1000,
  }
}

/** A file has no pool variables; an encrypted one is given as many connections as they say. */
export function fileConnections(reading: Reading, encrypted: boolean): number | undefined {
  if (!encrypted) {
    noteUnused(reading, [size, ...others], 'the database is a file')
    return undefined
  }
  const poolSize = count(reading, size, 'as if it were not set')
  const [overflow, timeout, recycle] = others
  noteUnused(reading, [timeout, recycle], 'the database is a file')
  if (poolSize === undefined || poolSize === 0) return undefined
  return poolSize + (count(reading, overflow, '0 is used') ?? 0)
}
