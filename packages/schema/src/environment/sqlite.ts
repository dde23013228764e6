import { fileConnections } from './pool.ts'
import type { SqlitePragmas, SqliteSettings } from './settings.ts'
import { flag, invalidVariable, type Reading } from './values.ts'

const prefix = 'DATABASE_SQLITE_PRAGMA_'

const synchronous = ['off', 'normal', 'full', 'extra'] as const
const tempStore = ['default', 'file', 'memory'] as const

/** Unset: the default. Empty: leave SQLite's own alone. */
function textOf({ env }: Reading, pragma: string, byDefault: string): string | undefined {
  const text = env[prefix + pragma]?.trim() ?? byDefault
  return text === '' ? undefined : text
}

/** One of the words, which may also be said by its number. */
function word<W extends string>(reading: Reading, pragma: string, words: readonly W[], byDefault: W): W | undefined {
  const text = textOf(reading, pragma, byDefault)?.toLowerCase()
  if (text === undefined) return undefined
  const found = words.find((each, at) => text === each || text === String(at))
  if (found === undefined) {
    const list = words.map((each) => each.toUpperCase()).join(', ')
    throw invalidVariable(prefix + pragma, `it is none of ${list}, and no number from 0 to ${words.length - 1}`)
  }
  return found
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
    ...given('synchronous', word(reading, 'SYNCHRONOUS', synchronous, 'normal')),
    ...given('cacheSize', number(reading, 'CACHE_SIZE', { byDefault: -65_536, least: -mostInt, most: mostInt })),
    ...given('tempStore', word(reading, 'TEMP_STORE', tempStore, 'memory')),
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
