import { unsayable } from './make-table.ts'

/** What is needed of Drizzle to take its chunks of SQL apart. */
export interface ChunkWords<Chunk> {
  readonly dialect: string
  isPlaceholder(part: unknown): boolean
  /** The value of a parameter as the column beside it writes it; of anything else, the thing itself. */
  valueOf(part: unknown): unknown
  raw(text: string): Chunk
  join(parts: readonly unknown[]): Chunk
  /** A value that Drizzle would spell wrong, as a literal of the server. */
  literal(value: string | bigint | Uint8Array): string
}

interface Parts {
  readonly queryChunks: readonly unknown[]
}

const isChunk = (part: unknown): part is Parts =>
  typeof part === 'object' && part !== null && 'queryChunks' in part && Array.isArray(part.queryChunks)

/**
 * Drizzle would write a Date as English prose, refuse a bigint, and leave backslashes alone that MySQL reads as escapes: such
 * values are written as the database has them.
 */
function spelled<C>(part: unknown, object: string, words: ChunkWords<C>): unknown {
  if (words.isPlaceholder(part)) throw unsayable(words.dialect, object, 'a placeholder has no value in a definition')
  const value = words.valueOf(part)
  if (value instanceof Date) {
    throw unsayable(words.dialect, object, 'a Date has no one form in SQL; write the text or the number')
  }
  // A text of the chunk itself is an object of Drizzle's: a string is a value.
  const strange = typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array
  return strange ? words.raw(words.literal(value)) : part
}

/** A copy of the chunk (Drizzle's own inlining marks the chunk that it is asked for) whose values can be written as text. */
export function writable<C>(chunk: C, object: string, words: ChunkWords<C>): C {
  const parts = isChunk(chunk) ? chunk.queryChunks : []
  return words.join(
    parts.map((part) => (isChunk(part) ? writable(part as C, object, words) : spelled(part, object, words))),
  )
}
