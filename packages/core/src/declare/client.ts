import { randomUUID } from 'node:crypto'
import { withArticle } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { isRecord, type OptionCheck, oneOf, requireOptions } from '../errors/option-check.ts'
import type { ColumnType } from '../model/column-type.ts'

/** A value that the application gives to a column which an insert leaves out. */
export type ClientDefault<T = unknown> =
  | (() => T)
  | { readonly kind: 'uuid' }
  | { readonly kind: 'now'; readonly unit: 'seconds' | 'milliseconds' | 'nanoseconds' }
  | { readonly kind: 'literal'; readonly value: T }

/**
 * Client defaults for `column()`, as `$defaultFn` of Drizzle.
 *
 * ```ts
 * column(text(), { nullable: false, clientDefault: client.uuid() })
 * column(bigint(), { nullable: false, clientDefault: client.now() })
 * column(json(), { clientDefault: client.literal({}) })
 * ```
 */
export const client = {
  /** A random UUID (version 4). For text, varchar, char and uuid columns. */
  uuid: () => Object.freeze({ kind: 'uuid' } as const),
  /**
   * The time of the insert by the clock of the application. In an integer column the time since 1970 in `unit` (default: seconds); in
   * a timestamp, date or time column the text in UTC.
   */
  now: (options: { readonly unit?: 'seconds' | 'milliseconds' | 'nanoseconds' } = {}) => {
    const units = oneOf('seconds', 'milliseconds', 'nanoseconds')
    const { unit = 'seconds' } = requireOptions('client.now', options, { unit: units })
    return Object.freeze({ kind: 'now', unit } as const)
  },
  /** The same value each time. */
  literal: <const T>(value: T) => Object.freeze({ kind: 'literal', value } as const),
}

/** `client.uuid` without its call would be taken for a function of the author, and give each row a description of itself. */
export const isClientDefault: OptionCheck = (value) => {
  const uncalled = (Object.keys(client) as (keyof typeof client)[]).find((name) => client[name] === value)
  if (uncalled !== undefined) return `call it: client.${uncalled}(${uncalled === 'literal' ? '…' : ''})`
  const { kind } = (isRecord(value) === undefined ? value : {}) as { readonly kind?: unknown }
  const isOne = typeof value === 'function' || kind === 'uuid' || kind === 'now' || kind === 'literal'
  return isOne ? undefined : "a function or client.literal('…') is expected"
}

function refused(column: string, why: string): MigrateError<'INVALID_OPERATION'> {
  const operation = `column ${column}`
  return new MigrateError('INVALID_OPERATION', { operation, why }, `The client default of ${operation}: ${why}.`)
}

type Unit = Extract<ClientDefault, { kind: 'now' }>['unit']
type Now = (unit: Unit) => unknown

let origin = performance.timeOrigin

/** In milliseconds, with a fraction. The clock of `performance` follows neither a time that is set nor a machine that has slept: `Date` does. */
function exactTime(): number {
  const ahead = Date.now() - origin - performance.now()
  if (Math.abs(ahead) > 2) origin += ahead
  return origin + performance.now()
}

const since1970 = (unit: Unit): bigint => {
  if (unit === 'nanoseconds') return BigInt(Math.round(exactTime() * 1_000)) * 1_000n
  return BigInt(unit === 'seconds' ? Math.floor(Date.now() / 1_000) : Date.now())
}

function nowIn(column: string, type: ColumnType): Now {
  const iso = (): string => new Date().toISOString()
  switch (type.kind) {
    case 'integer':
      return type.bits === 64 ? since1970 : (unit) => Number(since1970(unit))
    case 'timestamp':
      // With a zone the text says which; without one the column holds UTC.
      return () =>
        iso()
          .replace('T', ' ')
          .replace('Z', type.withTimezone ? '+00:00' : '')
    case 'date':
      return () => iso().slice(0, 10)
    case 'time':
      return () => iso().slice(11, 23)
    case 'text':
    case 'varchar':
    case 'char':
      return iso
    case 'real':
    case 'double':
    case 'boolean':
    case 'decimal':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'enum':
    case 'native':
      throw refused(column, `${withArticle(type.kind)} column has no time`)
  }
}

const textKinds: ReadonlySet<ColumnType['kind']> = new Set(['text', 'varchar', 'char', 'uuid'])

/** The function that gives the value. Throws INVALID_OPERATION for a column that cannot hold it. */
export function clientDefaultOf(column: string, type: ColumnType, given: ClientDefault): () => unknown {
  if (typeof given === 'function') return given
  if (given.kind === 'literal') return () => given.value
  if (given.kind === 'uuid') {
    if (textKinds.has(type.kind)) return () => randomUUID()
    throw refused(column, `${withArticle(type.kind)} column cannot hold a UUID`)
  }
  if (given.kind === 'now') {
    const now = nowIn(column, type)
    return () => now(given.unit)
  }
  throw refused(column, 'it is neither a function nor made by `client`')
}
