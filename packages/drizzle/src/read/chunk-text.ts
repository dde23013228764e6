import { is, Param, Placeholder, type SQL } from 'drizzle-orm'
import { notExpressible } from '../build/make-table.ts'
import { type SqlWriter, writeChunk } from './internals.ts'

export type Casing = 'snake_case' | 'camelCase'

/** What is needed of one dialect to write chunks of SQL as text. */
export interface ChunkDialect {
  readonly name: string
  /** A value as a literal of the server. */
  literal(value: string | number | bigint | boolean | Uint8Array): string
  /** A new one each time. */
  writer(options: { readonly casing?: Casing }): SqlWriter
}

// No text of SQL has it: the servers end their strings there.
const nul = '\u0000'

/**
 * A value as it stands in a definition. Drizzle's own inlining writes a Date as English prose and bytes as text, refuses a bigint, and
 * leaves backslashes alone that MySQL reads as escapes.
 */
function spelled(value: unknown, object: string, { name, literal }: ChunkDialect): string {
  const refuse = (why: string) => notExpressible(name, object, why)
  // A parameter comes as its value, unless that is a placeholder.
  if (is(value, Placeholder) || is(value, Param)) throw refuse('a placeholder has no value in a definition')
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array) return literal(value)
  if (value instanceof Date) throw refuse('a Date has no one form in SQL; write the text or the number')
  if (typeof value === 'object' && !Array.isArray(value)) return literal(JSON.stringify(value))
  throw refuse(`a value of type ${Array.isArray(value) ? 'array' : typeof value} has no SQL text`)
}

/** The text of a chunk of Drizzle's definitions. `bare`: columns without their table. */
export function chunkText(
  chunk: SQL,
  object: string,
  { bare, casing }: { readonly bare: boolean; readonly casing: Casing | undefined },
  dialect: ChunkDialect,
): string {
  const { sql, params } = writeChunk(chunk, dialect.writer(casing === undefined ? {} : { casing }), {
    bare,
    mark: (index) => `${nul}${index}${nul}`,
    literal: dialect.literal,
  })
  // Every other part is the place of a value.
  const parts = sql.split(nul)
  return parts.map((part, at) => (at % 2 === 0 ? part : spelled(params[Number(part)], object, dialect))).join('')
}
