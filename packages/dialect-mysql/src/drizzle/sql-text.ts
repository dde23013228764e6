import { type ChunkWords, writable } from '@org/migrate-core/dialect'
import { is, Param, Placeholder, type SQL, type SQLChunk, sql } from 'drizzle-orm'
import { MySqlDialect } from 'drizzle-orm/mysql-core'
import { quote } from '../quote.ts'

export type Casing = 'snake_case' | 'camelCase'

const words: ChunkWords<SQL> = {
  dialect: 'mysql',
  isPlaceholder: (part) => is(part, Placeholder),
  valueOf: (part): unknown => (is(part, Param) ? part.encoder.mapToDriverValue(part.value) : part),
  raw: (text) => sql.raw(text),
  join: (parts) => sql.join(parts as SQLChunk[]),
  literal: (value) => quote.literal(value).text,
}

const inlined = (chunk: SQL, object: string): SQL => writable(chunk, object, words).inlineParams()
const dialectOf = (casing: Casing | undefined) => new MySqlDialect(casing === undefined ? {} : { casing })

/** A chunk of a table's definition as text: values inlined, columns without their table, which may be renamed. */
export function sqlText(chunk: SQL, object: string, casing: Casing | undefined): string {
  // 'indexes' is what leaves the tables out; its type is not published.
  return dialectOf(casing).sqlToQuery(inlined(chunk, object), 'indexes').sql
}

/** A view's query as text: its columns keep their tables, of which there may be several. */
export function queryText(chunk: SQL, object: string, casing: Casing | undefined): string {
  return dialectOf(casing).sqlToQuery(inlined(chunk, object)).sql
}
