import type { ColumnModel, DefaultValue } from '@org/migrate-core/dialect'
import { notExpressible } from '../build/make-table.ts'
import type { Reading } from './table.ts'

/** What the columns of the three dialects of Drizzle have alike. */
export interface ReadColumn {
  readonly default: unknown
  /** What its values are to the application: `json` where it writes them as JSON. */
  readonly dataType: string
  readonly generated: { readonly as: unknown; readonly mode?: 'virtual' | 'stored' | undefined } | undefined
  mapToDriverValue(value: never): unknown
}

/** How one dialect reads the values and the texts that stand in a definition. */
export interface ValueReading<Column, Chunk> extends Reading<Column, Chunk> {
  readonly dialect: string
  isChunk(value: unknown): value is Chunk
  literal(value: string | number | bigint | boolean | Uint8Array): string
}

type Value = string | boolean | number | bigint | Uint8Array

/** A text in a column of JSON is its JSON already: so drizzle-kit writes it, and so databases have it. */
function isJsonText({ dataType }: ReadColumn, given: unknown): given is string {
  if (dataType !== 'json' || typeof given !== 'string') return false
  try {
    JSON.parse(given)
    return true
  } catch {
    return false
  }
}

/** What the application would write, as the column writes it to the database: a value, or an expression of the column's own. */
function storedValue<C, S>(column: C & ReadColumn, given: unknown, reading: ValueReading<C, S>, object: string) {
  if (isJsonText(column, given)) return { value: given }
  const value = column.mapToDriverValue(given as never)
  if (reading.isChunk(value)) return { text: reading.text(value, object) }
  const plain: readonly unknown[] = ['string', 'boolean', 'number', 'bigint']
  // Encrypted with a salt, say: every comparison would find another default.
  if (typeof value === 'string' && value !== given && column.mapToDriverValue(given as never) !== value) {
    throw notExpressible(reading.dialect, `The ${object}`, 'its column writes it otherwise each time, so say it as SQL')
  }
  if (plain.includes(typeof value) || value instanceof Uint8Array) return { value: value as Value }
  // What drivers make of a Date depends on where they run: a definition says it in UTC.
  if (value instanceof Date) return { value: value.toISOString() }
  throw notExpressible(reading.dialect, `The ${object}`, `a value of type ${typeof value} has no SQL text`)
}

/** `fromText` reads SQL, `fromLiteral` what is a text or a boolean to the database. NULL is no default, but of JSON. */
export function defaultFrom<C, S>(
  column: C & ReadColumn,
  reading: ValueReading<C, S>,
  fromText: (text: string) => DefaultValue | undefined,
  fromLiteral: (literal: DefaultValue) => DefaultValue | undefined = (literal) => literal,
): DefaultValue | undefined {
  const { default: given } = column
  // JSON has a null of its own, and that is what drizzle-kit writes.
  if (given === undefined || (given === null && column.dataType !== 'json')) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  if (reading.isChunk(given)) return fromText(reading.text(given, object))
  const { value, text } = storedValue(column, given, reading, object)
  if (value === undefined) return fromText(text)
  return typeof value === 'string' || typeof value === 'boolean'
    ? fromLiteral({ kind: 'literal', value })
    : fromText(reading.literal(value))
}

/** `usual` is what the server does where Drizzle's column does not say. */
export function generatedFrom<C, S>(
  column: C & ReadColumn,
  reading: ValueReading<C, S>,
  usual: 'virtual' | 'stored',
): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.ref.name}.${reading.nameOf(column)}`
  const stored = (generated.mode ?? usual) === 'stored'
  if (reading.isChunk(as)) return { expression: reading.text(as, object), stored }
  // Not a chunk: the value itself, for every row.
  const { value, text } = storedValue(column, as, reading, object)
  return { expression: value === undefined ? text : reading.literal(value), stored }
}
