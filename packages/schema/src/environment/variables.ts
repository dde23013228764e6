import { MigrateError } from '@org/migrate-core/dialect'
import type { PoolOptions } from '@org/migrate-drizzle'
import type { Environment, SqlitePragmas, SqliteSettings } from './settings.ts'

export interface Reading {
  readonly env: Environment
  /** No value is repeated in a note or an error: people paste passwords into the wrong variable. */
  note(text: string): void
}

export function invalidVariable(option: string, why: string, remedy?: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}.`, { remedy })
}

/** Exactly `true` in any case is on. Anything else is off, an empty text too. */
export function flag({ env, note }: Reading, name: string, byDefault: boolean): boolean {
  const text = env[name]
  if (text === undefined) return byDefault
  const value = text.toLowerCase()
  if (value !== 'true' && value !== 'false') note(`${name} is neither true nor false: it counts as false`)
  return value === 'true'
}

/** As Python's `int` reads it, without a minus. */
const whole = /^\s*\+?\d+(?:_\d+)*\s*$/

/** A whole number, or undefined where there is none, which is noted. */
function count({ env, note }: Reading, name: string, instead: string): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const value = whole.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (value <= 2_147_483_647) return value
  note(`${name} is no whole number from 0 to 2147483647: ${instead}`)
  return undefined
}

const poolSizeName = 'DATABASE_POOL_SIZE'
const otherPoolNames = ['DATABASE_POOL_MAX_OVERFLOW', 'DATABASE_POOL_TIMEOUT', 'DATABASE_POOL_RECYCLE'] as const

function noteUnused({ env, note }: Reading, names: readonly string[], why: string): void {
  const unused = names.filter((name) => env[name])
  if (unused.length > 0) note(`${unused.join(', ')} not used: ${why}`)
}

/** Without a size the pool is the library's own and the other three mean nothing; with 0 there is no pool. */
export function serverPool(reading: Reading): PoolOptions {
  const poolSize = count(reading, poolSizeName, 'as if it were not set')
  if (poolSize === undefined || poolSize === 0) {
    noteUnused(
      reading,
      otherPoolNames,
      poolSize === 0 ? `with ${poolSizeName} 0 there is no pool` : `they count with ${poolSizeName} only`,
    )
    return poolSize === undefined ? {} : { poolSize }
  }
  const [overflow, timeout, recycle] = otherPoolNames
  return {
    poolSize,
    maxOverflow: count(reading, overflow, '0 is used') ?? 0,
    // A timer that is set to more ends at once.
    poolTimeoutMs: Math.min((count(reading, timeout, '30 is used') ?? 30) * 1000, 2_147_483_647),
    recycleMs: (count(reading, recycle, '3600 is used') ?? 3600) * 1000,
  }
}

/** A file has no pool variables; an encrypted one is given as many connections as they say. */
function fileConnections(reading: Reading, encrypted: boolean): number | undefined {
  if (!encrypted) {
    noteUnused(reading, [poolSizeName, ...otherPoolNames], 'the database is a file')
    return undefined
  }
  const poolSize = count(reading, poolSizeName, 'as if it were not set')
  const [overflow, timeout, recycle] = otherPoolNames
  noteUnused(reading, [timeout, recycle], 'the database is a file')
  if (poolSize === undefined || poolSize === 0) return undefined
  return poolSize + (count(reading, overflow, '0 is used') ?? 0)
}

const prefix = 'DATABASE_SQLITE_PRAGMA_'

const synchronous = ['off', 'normal', 'full', 'extra'] as const
const tempStore = ['default', 'file', 'memory'] as const

/** Unset: the default. Empty: leave SQLite's own alone. */
function textOf({ env }: Reading, pragma: string, byDefault: string): string | undefined {
  const text = env[prefix + pragma]?.trim() ?? byDefault
  return text === '' ? undefined : text
}

/** One of the words, which may also be said by its number. */
function keyword<W extends string>(
  reading: Reading,
  pragma: string,
  keywords: readonly W[],
  byDefault: W,
): W | undefined {
  const text = textOf(reading, pragma, byDefault)?.toLowerCase()
  if (text === undefined) return undefined
  const match = keywords.find((each, at) => text === each || text === String(at))
  if (match === undefined) {
    const list = keywords.map((each) => each.toUpperCase()).join(', ')
    throw invalidVariable(prefix + pragma, `it is none of ${list}, and no number from 0 to ${keywords.length - 1}`)
  }
  return match
}

function number(
  reading: Reading,
  pragma: string,
  limits: { readonly byDefault: number; readonly least: number; readonly most: number },
): number | undefined {
  const text = textOf(reading, pragma, String(limits.byDefault))
  if (text === undefined) return undefined
  const value = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= limits.least && value <= limits.most) return value
  throw invalidVariable(prefix + pragma, `it is no whole number from ${limits.least} to ${limits.most}`)
}

const mostInt = 2_147_483_647

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V })
}

function pragmas(reading: Reading): SqlitePragmas {
  const size = { least: -1, most: Number.MAX_SAFE_INTEGER }
  return {
    ...given('synchronous', keyword(reading, 'SYNCHRONOUS', synchronous, 'normal')),
    ...given('cacheSize', number(reading, 'CACHE_SIZE', { byDefault: -65_536, least: -mostInt, most: mostInt })),
    ...given('tempStore', keyword(reading, 'TEMP_STORE', tempStore, 'memory')),
    ...given('mmapSize', number(reading, 'MMAP_SIZE', { ...size, byDefault: 268_435_456 })),
    ...given('journalSizeLimit', number(reading, 'JOURNAL_SIZE_LIMIT', { ...size, byDefault: 67_108_864 })),
  }
}

/** Throws INVALID_OPTION for a value that SQLite would take for something else. */
export function sqliteSettings(reading: Reading, encrypted: boolean): SqliteSettings {
  return {
    journalMode: flag(reading, 'DATABASE_ENABLE_SQLITE_WAL', false) ? 'wal' : 'delete',
    ...given('busyTimeoutMs', number(reading, 'BUSY_TIMEOUT', { byDefault: 5_000, least: 0, most: mostInt })),
    pragmas: pragmas(reading),
    ...given('maxConnections', fileConnections(reading, encrypted)),
  }
}
