import {
  isFlag,
  isText,
  isTexts,
  type OptionCheck,
  optional,
  requireArguments,
  requireOptions,
  withMember,
} from '../errors/option-check.ts'
import type { ColumnType, DialectName } from '../model/column-type.ts'
import { present } from '../model/edit.ts'
import type { DefaultValue } from '../model/schema-model.ts'

const isInteger: OptionCheck = (value) => (Number.isSafeInteger(value) ? undefined : 'a whole number is expected')
const isSize: OptionCheck = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'a whole number is expected, 0 or more'
const isOptionalSize = optional(isSize)
const isWrittenDefault = withMember('a text, a number, true, false, null, now() or expression(…)', 'kind')
const isDefault: OptionCheck = (value) =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? undefined
    : isWrittenDefault(value)

/** SQL of the author, marked as such: `expression('lower(email)')`. */
export interface Expression {
  readonly kind: 'expression'
  readonly sql: string
}

/** A value, `now()` or `expression(…)`. In a change of a column `null` takes the default away; `{ kind: 'literal', value: null }` is DEFAULT NULL. */
export type DefaultInput = string | number | boolean | null | DefaultValue

export function expression(sql: string): Expression {
  requireArguments('expression', { sql }, { sql: isText })
  return Object.freeze({ kind: 'expression', sql })
}

/** CURRENT_TIMESTAMP in the dialect's words. */
export function now(): { readonly kind: 'now' } {
  return Object.freeze({ kind: 'now' })
}

export function defaultValue(input: DefaultInput): DefaultValue {
  requireArguments('defaultValue', { input }, { input: isDefault })
  return typeof input === 'object' && input !== null ? input : { kind: 'literal', value: input }
}

/** A column type that remembers, for TypeScript only, what its values are. */
export type Typed<T, C extends ColumnType = ColumnType> = C & { readonly $value?: T }

const type = <T, C extends ColumnType>(value: C): Typed<T, C> => Object.freeze(value)

export const smallint = () => type<number, { kind: 'integer'; bits: 16 }>({ kind: 'integer', bits: 16 })
export const integer = () => type<number, { kind: 'integer'; bits: 32 }>({ kind: 'integer', bits: 32 })
export const bigint = () => type<bigint, { kind: 'integer'; bits: 64 }>({ kind: 'integer', bits: 64 })
export const boolean = () => type<boolean, { kind: 'boolean' }>({ kind: 'boolean' })
export const text = () => type<string, { kind: 'text' }>({ kind: 'text' })
/** Without a length where the server needs none: on PostgreSQL. */
export const varchar = (length?: number) => {
  requireArguments('varchar', { length }, { length: isOptionalSize })
  return type<string, Extract<ColumnType, { kind: 'varchar' }>>({ kind: 'varchar', ...present({ length }) })
}
export const char = (length: number) => {
  requireArguments('char', { length }, { length: isSize })
  return type<string, { kind: 'char'; length: number }>({ kind: 'char', length })
}
export const real = () => type<number, { kind: 'real' }>({ kind: 'real' })
export const double = () => type<number, { kind: 'double' }>({ kind: 'double' })
export const date = () => type<string, { kind: 'date' }>({ kind: 'date' })
/** JSON of any shape; `json<Settings>()` says which, to TypeScript only. */
export const json = <T = unknown>() => type<T, { kind: 'json' }>({ kind: 'json' })
export const uuid = () => type<string, { kind: 'uuid' }>({ kind: 'uuid' })

export function decimal(precision?: number, scale?: number): Typed<string, Extract<ColumnType, { kind: 'decimal' }>> {
  // PostgreSQL takes a scale below zero.
  requireArguments('decimal', { precision, scale }, { precision: isOptionalSize, scale: optional(isInteger) })
  return type({ kind: 'decimal', ...present({ precision, scale }) })
}

export function time(
  options: { readonly precision?: number } = {},
): Typed<string, Extract<ColumnType, { kind: 'time' }>> {
  requireOptions('time', options, { precision: isSize })
  return type({ kind: 'time', ...options })
}

export function timestamp(
  options: { readonly withTimezone?: boolean; readonly precision?: number } = {},
): Typed<string, Extract<ColumnType, { kind: 'timestamp' }>> {
  requireOptions('timestamp', options, { withTimezone: isFlag, precision: isSize })
  return type({ kind: 'timestamp', withTimezone: false, ...options })
}

export function bytes(length?: number): Typed<Uint8Array, Extract<ColumnType, { kind: 'bytes' }>> {
  requireArguments('bytes', { length }, { length: isOptionalSize })
  return type({ kind: 'bytes', ...present({ length }) })
}

export function enumeration<const V extends readonly string[]>(
  values: V,
  options: { readonly name?: string; readonly schema?: string } = {},
): Typed<V[number], Extract<ColumnType, { kind: 'enum' }>> {
  requireArguments('enumeration', { values }, { values: isTexts })
  requireOptions('enumeration', options, { name: isText, schema: isText })
  return type({ kind: 'enum', values, ...options })
}

/** The SQL text of one dialect, for what no logical type says. */
export function native<const D extends DialectName>(
  dialect: D,
  sql: string,
): Typed<unknown, { kind: 'native'; dialect: D; sql: string }> {
  requireArguments('native', { dialect, sql }, { dialect: isText, sql: isText })
  return type({ kind: 'native', dialect, sql })
}
