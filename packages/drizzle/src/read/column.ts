import type { ColumnModel, DefaultValue } from '@org/migrate-core/dialect'
import { type Column, is, SQL } from 'drizzle-orm'
import { notExpressible } from '../build/make-table.ts'
import { holdsJson, writtenValue } from './internals.ts'
import type { TableReading } from './table.ts'

type Value = string | boolean | number | bigint | Uint8Array

/** A text in a column of JSON is its JSON already: so drizzle-kit writes it, and so databases have it. */
function isJsonText(column: Column, given: unknown): given is string {
  if (!holdsJson(column) || typeof given !== 'string') return false
  try {
    JSON.parse(given)
    return true
  } catch {
    return false
  }
}

/** What the application would write, as the column writes it to the database: a value, or an expression of the column's own. */
function storedValue(column: Column, given: unknown, reading: TableReading, object: string) {
  if (isJsonText(column, given)) return { value: given }
  const value = writtenValue(column, given)
  if (is(value, SQL)) return { text: reading.text(value, object) }
  const plain: readonly unknown[] = ['string', 'boolean', 'number', 'bigint']
  // Encrypted with a salt, say: every comparison would find another default.
  if (typeof value === 'string' && value !== given && writtenValue(column, given) !== value) {
    throw notExpressible(reading.dialect, `The ${object}`, 'its column writes it otherwise each time, so say it as SQL')
  }
  if (plain.includes(typeof value) || value instanceof Uint8Array) return { value: value as Value }
  // What drivers make of a Date depends on where they run: a definition says it in UTC.
  if (value instanceof Date) return { value: value.toISOString() }
  throw notExpressible(reading.dialect, `The ${object}`, `a value of type ${typeof value} has no SQL text`)
}

/** `fromText` reads SQL, `fromLiteral` what is a text or a boolean to the database. NULL is no default, but of JSON. */
export function defaultFrom(
  column: Column,
  reading: TableReading,
  fromText: (text: string) => DefaultValue | undefined,
  fromLiteral: (literal: DefaultValue) => DefaultValue | undefined = (literal) => literal,
): DefaultValue | undefined {
  const given: unknown = column.default
  // JSON has a null of its own, and that is what drizzle-kit writes.
  if (given === undefined || (given === null && !holdsJson(column))) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  if (is(given, SQL)) return fromText(reading.text(given, object))
  const { value, text } = storedValue(column, given, reading, object)
  if (value === undefined) return fromText(text)
  return typeof value === 'string' || typeof value === 'boolean'
    ? fromLiteral({ kind: 'literal', value })
    : fromText(reading.literal(value))
}

/** `usual` is what the server does where Drizzle's column does not say. */
export function generatedFrom(
  column: Column,
  reading: TableReading,
  usual: 'virtual' | 'stored',
): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.ref.name}.${reading.nameOf(column)}`
  const stored = (generated.mode ?? usual) === 'stored'
  if (is(as, SQL)) return { expression: reading.text(as, object), stored }
  // Not a chunk: the value itself, for every row.
  const { value, text } = storedValue(column, as, reading, object)
  return { expression: value === undefined ? text : reading.literal(value), stored }
}
