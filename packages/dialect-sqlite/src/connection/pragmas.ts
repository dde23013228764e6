import { MigrateError } from '@org/migrate-core/dialect'

/** What each new connection is set to; what is absent stays as SQLite has it. */
export interface SqlitePragmas {
  readonly synchronous?: 'off' | 'normal' | 'full' | 'extra'
  /** Pages, or KiB where it is negative. */
  readonly cacheSize?: number
  readonly tempStore?: 'default' | 'file' | 'memory'
  /** Bytes; of an encrypted file nothing is mapped. */
  readonly mmapSize?: number
  /** Bytes; -1: no limit. */
  readonly journalSizeLimit?: number
}

const isNumber = Number.isSafeInteger
const oneOf =
  (...allowed: readonly string[]) =>
  (value: unknown): boolean =>
    allowed.includes(value as string)

const pragmaChecks: {
  readonly [P in keyof Required<SqlitePragmas>]: readonly [name: string, check: (value: unknown) => boolean]
} = {
  synchronous: ['synchronous', oneOf('off', 'normal', 'full', 'extra')],
  cacheSize: ['cache_size', isNumber],
  tempStore: ['temp_store', oneOf('default', 'file', 'memory')],
  mmapSize: ['mmap_size', isNumber],
  journalSizeLimit: ['journal_size_limit', isNumber],
}

/** The statements' texts without PRAGMA. Throws INVALID_OPTION: a value becomes a part of one. */
export function pragmaTexts(pragmas: SqlitePragmas): readonly string[] {
  return Object.entries(pragmas).flatMap(([option, value]: [string, unknown]) => {
    if (value === undefined) return []
    const pragma = Object.hasOwn(pragmaChecks, option) ? pragmaChecks[option as keyof SqlitePragmas] : undefined
    if (pragma?.[1](value) === true) return [`${pragma[0]} = ${String(value)}`]
    const why = pragma === undefined ? `there is no ${option}` : `${option} is not right`
    throw new MigrateError('INVALID_OPTION', { option: 'pragmas', why }, `pragmas: ${why}.`)
  })
}
