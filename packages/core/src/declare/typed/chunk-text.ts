import { unsayable } from './make-table.ts'

/** What is needed of Drizzle, and of the server, to write chunks of SQL as text. */
export interface ChunkWords<Chunk> {
  readonly dialect: string
  readonly sql: { raw(text: string): Chunk; join(parts: never[]): Chunk }
  /** A value that Drizzle would spell wrong, as a literal of the server. */
  literal(value: string | bigint | Uint8Array): string
  /** The text, its values inlined; `bare` leaves out the tables of columns. */
  write(chunk: Chunk, bare: boolean, casing: Casing | undefined): string
}

export type Casing = 'snake_case' | 'camelCase'

interface Parts {
  readonly queryChunks: readonly unknown[]
}

const isChunk = (part: unknown): part is Parts =>
  typeof part === 'object' && part !== null && 'queryChunks' in part && Array.isArray(part.queryChunks)

/** What Drizzle's own `is` goes by, which works across two installed copies. */
function kindOf(part: unknown): unknown {
  const { constructor: made } = (part ?? {}) as { readonly constructor?: object }
  return (made as { readonly [key: symbol]: unknown } | undefined)?.[Symbol.for('drizzle:entityKind')]
}

interface Parameter {
  readonly value: unknown
  readonly encoder: { mapToDriverValue(value: unknown): unknown }
}

/** The value of a parameter as the column beside it writes it; of anything else, the thing itself. */
function parameterValue(part: unknown): unknown {
  if (kindOf(part) !== 'Param') return part
  const { encoder, value } = part as Parameter
  return encoder.mapToDriverValue(value)
}

/**
 * Drizzle would write a Date as English prose, refuse a bigint, and leave backslashes alone that MySQL reads as escapes: such
 * values are written as the database has them.
 */
function spelled<C>(part: unknown, object: string, words: ChunkWords<C>): unknown {
  const refuse = (why: string) => unsayable(words.dialect, object, why)
  if (kindOf(part) === 'Placeholder') throw refuse('a placeholder has no value in a definition')
  const value = parameterValue(part)
  if (value instanceof Date) throw refuse('a Date has no one form in SQL; write the text or the number')
  // A text of the chunk itself is an object of Drizzle's: a string is a value.
  const strange = typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array
  return strange ? words.sql.raw(words.literal(value)) : part
}

/** A copy of the chunk (Drizzle's own inlining marks the chunk that it is asked for) whose values can be written as text. */
function writable<C>(chunk: C, object: string, words: ChunkWords<C>): C {
  const parts = (isChunk(chunk) ? chunk.queryChunks : []).map((part) =>
    isChunk(part) ? writable(part as C, object, words) : spelled(part, object, words),
  )
  return words.sql.join(parts as never[])
}

type ChunkText<Chunk> = (chunk: Chunk, object: string, casing: Casing | undefined) => string

export interface ChunkTexts<Chunk> {
  /** Columns without their table: its name in its own CHECK would not survive a rename. */
  readonly sqlText: ChunkText<Chunk>
  /** Columns with their tables, of which a view may have several. */
  readonly queryText: ChunkText<Chunk>
}

/** How the chunks of Drizzle's definitions become text. */
export function chunkTexts<C>(words: ChunkWords<C>): ChunkTexts<C> {
  return {
    sqlText: (chunk, object, casing) => words.write(writable(chunk, object, words), true, casing),
    queryText: (chunk, object, casing) => words.write(writable(chunk, object, words), false, casing),
  }
}
