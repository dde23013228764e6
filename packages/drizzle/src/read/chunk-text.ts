import { notExpressible } from '../build/make-table.ts'

export type Casing = 'snake_case' | 'camelCase'

/** How a chunk is written. */
export interface Writing {
  /** Columns without their table. */
  readonly bare: boolean
  readonly casing: Casing | undefined
  /** What stands in the text for the value of that place. */
  mark(index: number): string
  /** A text that Drizzle itself writes into the chunk's. */
  literal(text: string): string
}

/** The text of a chunk with its marks, and the values by their places. */
export interface Written {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** What is needed of Drizzle, and of the server, to write chunks of SQL as text. */
export interface ChunkWriter<Chunk> {
  readonly dialect: string
  /** A value as a literal of the server. */
  literal(value: string | bigint | Uint8Array): string
  write(chunk: Chunk, how: Writing): Written
  isPlaceholder(value: unknown): boolean
}

// No text of SQL has it: the servers end their strings there.
const nul = '\u0000'

/**
 * A value as it stands in a definition. Drizzle's own inlining writes a Date as English prose and bytes as text, refuses a bigint, and
 * leaves backslashes alone that MySQL reads as escapes.
 */
function spelled<C>(value: unknown, object: string, writer: ChunkWriter<C>): string {
  const refuse = (why: string) => notExpressible(writer.dialect, object, why)
  if (writer.isPlaceholder(value)) throw refuse('a placeholder has no value in a definition')
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array)
    return writer.literal(value)
  if (value instanceof Date) throw refuse('a Date has no one form in SQL; write the text or the number')
  if (typeof value === 'object' && !Array.isArray(value)) return writer.literal(JSON.stringify(value))
  throw refuse(`a value of type ${Array.isArray(value) ? 'array' : typeof value} has no SQL text`)
}

function textOf<C>(chunk: C, object: string, how: Pick<Writing, 'bare' | 'casing'>, writer: ChunkWriter<C>): string {
  const written = writer.write(chunk, { ...how, mark: (index) => `${nul}${index}${nul}`, literal: writer.literal })
  // Every other part is the place of a value.
  const parts = written.sql.split(nul)
  return parts.map((part, at) => (at % 2 === 0 ? part : spelled(written.params[Number(part)], object, writer))).join('')
}

type ChunkText<Chunk> = (chunk: Chunk, object: string, casing: Casing | undefined) => string

export interface ChunkTexts<Chunk> {
  /** Columns without their table: its name in its own CHECK would not survive a rename. */
  readonly sqlText: ChunkText<Chunk>
  /** Columns with their tables, of which a view may have several. */
  readonly queryText: ChunkText<Chunk>
}

/** How the chunks of Drizzle's definitions become text. */
export function chunkTexts<C>(writer: ChunkWriter<C>): ChunkTexts<C> {
  return {
    sqlText: (chunk, object, casing) => textOf(chunk, object, { bare: true, casing }, writer),
    queryText: (chunk, object, casing) => textOf(chunk, object, { bare: false, casing }, writer),
  }
}
