import { type ChunkWords, writable } from '@org/migrate-core/dialect'
import { is, Param, Placeholder, type SQL, type SQLChunk, sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { significant, tokenize } from '../ddl/tokenize.ts'
import { literalText } from '../quote.ts'

export type Casing = 'snake_case' | 'camelCase'

const words: ChunkWords<SQL> = {
  dialect: 'sqlite',
  isPlaceholder: (part) => is(part, Placeholder),
  valueOf: (part): unknown => (is(part, Param) ? part.encoder.mapToDriverValue(part.value) : part),
  raw: (text) => sql.raw(text),
  join: (parts) => sql.join(parts as SQLChunk[]),
  literal: literalText,
}

const inlined = (chunk: SQL, object: string): SQL => writable(chunk, object, words).inlineParams()
const dialectOf = (casing: Casing | undefined) => new SQLiteSyncDialect(casing === undefined ? {} : { casing })

/**
 * A chunk of a table's definition as text: values inlined, columns without their table (a table's name in its own CHECK would not
 * survive a rename).
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
