import { MigrateError } from '@org/migrate-core'
import { is, Param, Placeholder, type SQL, type SQLChunk, sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { significant, tokenize } from '../ddl/tokenize.ts'
import { literalText } from '../quote.ts'

export type Casing = 'snake_case' | 'camelCase'

function unsupported(object: string, why: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation: object, why }, `${object}: ${why}.`)
}

/** Drizzle would write a Date as English prose and refuse a bigint: such values are written as the database has them. */
function spelled(chunk: unknown, object: string): unknown {
  if (is(chunk, Placeholder)) throw unsupported(object, 'a placeholder has no value in a definition')
  const value: unknown = is(chunk, Param) ? chunk.value : chunk
  if (value instanceof Date) throw unsupported(object, 'a Date has no one form on SQLite; write the text or the number')
  if (typeof value === 'bigint' || value instanceof Uint8Array) return sql.raw(literalText(value))
  return chunk
}

/** The parts of a chunk; Drizzle publishes them as `queryChunks`. */
function rewrite(chunk: SQL, object: string): SQL {
  return sql.join(
    chunk.queryChunks.map((part) => (isSql(part) ? rewrite(part, object) : spelled(part, object))) as SQLChunk[],
  )
}

const isSql = (part: unknown): part is SQL =>
  typeof part === 'object' && part !== null && 'queryChunks' in part && Array.isArray(part.queryChunks)

const inlined = (chunk: SQL, object: string): SQL => rewrite(chunk, object).inlineParams()
const dialectOf = (casing: Casing | undefined) => new SQLiteSyncDialect(casing === undefined ? {} : { casing })

/**
 * A chunk of a table's definition as text: values inlined, columns without their table (a table's name in its own CHECK would not
 * survive a rename). The chunk itself is left alone: Drizzle's own inlining marks the chunk that it is asked for.
 */
export function sqlText(chunk: SQL, object: string, casing: Casing | undefined): string {
  // 'indexes' is what leaves the tables out; its type is not published.
  return dialectOf(casing).sqlToQuery(inlined(chunk, object), 'indexes').sql
}

/** A view's query as text: its columns keep their tables, of which there may be several. */
export function queryText(chunk: SQL, object: string, casing: Casing | undefined): string {
  return dialectOf(casing).sqlToQuery(inlined(chunk, object)).sql
}

/** Without the parentheses that stand around all of it: SQLite keeps `DEFAULT (x)` as `x`. */
export function bare(text: string): string {
  const tokens = significant(tokenize(text))
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0)
      return at === tokens.length - 1 && tokens[0]?.text === '(' ? bare(text.trim().slice(1, -1)) : text.trim()
  }
  return text.trim()
}
