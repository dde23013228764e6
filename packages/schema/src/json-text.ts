import { MigrateError } from '@org/migrate-core'
import {
  holding,
  isFlag,
  isFunction,
  isText,
  type OptionChecks,
  oneOf,
  optional,
  requireArguments,
  requireOptions,
  withArticle,
} from '@org/migrate-core/dialect'
import { isLosslessNumber, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json'
import type { JsonValue } from './tables/json-value.ts'

/** Where a value stands, for errors and notes. */
export interface JsonTextLocation {
  readonly table: string
  readonly column: string
  /** The row's key, where the caller knows it. */
  readonly key?: string
}

export interface JsonTextOptions {
  /** Take nothing but JSON and SQL NULL: an empty string is an error. Default: it is read as null. */
  readonly strict?: boolean
  /** Hears of every empty string that was read as null. */
  readonly onEmpty?: (location: JsonTextLocation) => void
  /** What null is written as. Default `sql`: an SQL NULL; `json`: the four letters. */
  readonly nullAs?: 'sql' | 'json'
}

const isLocation = holding({ table: isText, column: isText, key: optional(isText) })
const optionChecks: OptionChecks<JsonTextOptions> = {
  strict: isFlag,
  onEmpty: isFunction,
  nullAs: oneOf('sql', 'json'),
}

function requireLocation(call: string, location: JsonTextLocation, options: JsonTextOptions): void {
  requireArguments(call, { location }, { location: isLocation })
  requireOptions(call, options, optionChecks)
}

function invalid(location: JsonTextLocation, why: string, cause?: unknown): MigrateError<'VALUE_INVALID'> {
  const row = location.key === undefined ? '' : ` of row ${location.key}`
  const message = `${location.table}.${location.column}${row}: ${why}.`
  return new MigrateError('VALUE_INVALID', { ...location, why }, message, { cause })
}

/*
 * Up to 15 digits a double gives back as they were. Text without a longer run, an exponent or a negative zero can be read
 * by the engine's own parser, which is many times faster and has no limit to nesting; inside a string a match costs time only.
 */
const delicate = /[\d.]{16}|\d[eE][-+]?\d|-0/

function exactNumber(text: string): unknown {
  if (isSafeNumber(text) && !Object.is(Number(text), -0)) return Number(text)
  return /^-?\d+$/.test(text) && !/^-0+$/.test(text) ? BigInt(text) : new LosslessNumber(text)
}

/**
 * Reads JSON text. Integers beyond 2^53 become bigint; other numbers that a double cannot hold keep their text. Of duplicate
 * keys the last counts. Throws SyntaxError, and RangeError for nesting beyond the stack.
 */
export function parseJson(text: string): JsonValue {
  requireArguments('parseJson', { text }, { text: isText })
  if (!delicate.test(text)) return JSON.parse(text) as JsonValue
  return parse(text, undefined, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  }) as JsonValue
}

/** Drivers and people put things into values that JSON has no word for; JSON.stringify would drop or empty them. */
function refuseForeign(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`)
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`JSON has no ${typeof value}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return value
  throw new TypeError(`JSON has no ${(value as object).constructor.name}; convert it first`)
}

/**
 * Whether the engine's own writer gives the same text. It takes the memory of the text, where lossless-json concatenates each member: ten
 * times as much for many small objects.
 */
function isPlain(value: unknown): boolean {
  refuseForeign('', value)
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (isLosslessNumber(value) || Object.hasOwn(value, 'toJSON')) return false
  if (Array.isArray(value)) return value.every(isPlain)
  for (const key in value)
    if (Object.hasOwn(value, key) && !isPlain((value as Record<string, unknown>)[key])) return false
  return true
}

/** Writes JSON text; what `parseJson` read comes out as the same value. Throws TypeError for what JSON cannot hold. */
export function stringifyJson(value: unknown): string {
  const text = isPlain(value) ? (JSON.stringify(value) as string | undefined) : stringify(value, refuseForeign)
  if (text === undefined) throw new TypeError('undefined has no JSON form')
  return text
}

/**
 * Reads a text column that holds JSON. SQL NULL, `null` and, unless `strict`, the empty string are null.
 * Throws VALUE_INVALID, which names table, column and key.
 *
 * ```ts
 * readJsonText(row.settings, { table: 'user', column: 'settings', key: row.id })
 * ```
 */
export function readJsonText(
  stored: string | null,
  location: JsonTextLocation,
  options: JsonTextOptions = {},
): JsonValue {
  requireLocation('readJsonText', location, options)
  if (typeof stored !== 'string' && stored !== null)
    throw invalid(location, `a text is expected, and it is ${withArticle(typeof stored)}`)
  if (stored === null) return null
  if (stored === '' && options.strict !== true) {
    options.onEmpty?.(location)
    return null
  }
  try {
    return parseJson(stored)
  } catch (cause) {
    throw invalid(
      location,
      cause instanceof RangeError ? 'the JSON is nested too deeply' : 'the text is not JSON',
      cause,
    )
  }
}

/** Writes a value for such a column. Throws VALUE_INVALID for what JSON cannot hold. */
export function writeJsonText(
  value: unknown,
  location: JsonTextLocation,
  options: JsonTextOptions = {},
): string | null {
  requireLocation('writeJsonText', location, options)
  if (value === null || value === undefined) return options.nullAs === 'json' ? 'null' : null
  try {
    return stringifyJson(value)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw invalid(location, `the value cannot be written as JSON (${why})`, cause)
  }
}
