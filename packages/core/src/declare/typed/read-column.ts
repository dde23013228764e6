import type { ColumnModel, DefaultValue } from '../../model/schema-model.ts'
import { unsayable } from './make-table.ts'
import type { Reading } from './read-table.ts'

/** What the columns of the three dialects of Drizzle have alike. */
export interface ReadColumn {
  readonly default: unknown
  readonly generated: { readonly as: unknown; readonly mode?: 'virtual' | 'stored' | undefined } | undefined
  mapToDriverValue(value: never): unknown
}

/** How one dialect reads the values and the texts that stand in a definition. */
export interface ValueReading<Column, Chunk> extends Reading<Column, Chunk> {
  readonly dialect: string
  isChunk(value: unknown): value is Chunk
  literal(value: string | number | bigint | Uint8Array): string
}

const stored = (column: ReadColumn, value: unknown): unknown => column.mapToDriverValue(value as never)

/** `fromText` reads SQL, `fromLiteral` what is a text or a boolean to the database. NULL is no default. */
export function defaultFrom<C, S>(
  column: C & ReadColumn,
  reading: ValueReading<C, S>,
  fromText: (text: string) => DefaultValue | undefined,
  fromLiteral: (literal: DefaultValue) => DefaultValue | undefined = (literal) => literal,
): DefaultValue | undefined {
  const { default: given } = column
  if (given === undefined || given === null) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  if (reading.isChunk(given)) return fromText(reading.text(given, object))
  // The default is what the application would write: the column turns it into what the database stores.
  const value = stored(column, given)
  if (typeof value === 'string' || typeof value === 'boolean') return fromLiteral({ kind: 'literal', value })
  if (typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint8Array) {
    return fromText(reading.literal(value))
  }
  throw unsayable(reading.dialect, `The ${object}`, `a value of type ${typeof value} has no SQL text`)
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
  // Not a chunk: the value itself, for every row.
  const text = reading.isChunk(as) ? reading.text(as, object) : reading.literal(stored(column, as) as string)
  return { expression: text, stored: (generated.mode ?? usual) === 'stored' }
}
