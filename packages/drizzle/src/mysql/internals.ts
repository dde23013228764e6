import { SQL } from 'drizzle-orm'
import { type MySqlColumn, MySqlDialect } from 'drizzle-orm/mysql-core'
import type { Writing, Written } from '../read/chunk-text.ts'

/*
 * All that is read of drizzle-orm beside what it publishes, here and nowhere else. test/drizzle-mysql/internals.test.ts says of each
 * what it has to be: a drizzle-orm that changed one of them fails there.
 */

/** An alias passes for a table; only this symbol tells. */
export const isAlias = (table: object): boolean =>
  (table as { readonly [key: symbol]: unknown })[Symbol.for('drizzle:IsAlias')] === true

/** AUTO_INCREMENT is said by the columns of numbers alone, each in a class of its own. */
export const autoIncrements = (column: MySqlColumn): boolean =>
  (column as { readonly autoIncrement?: unknown }).autoIncrement === true

/** ON UPDATE CURRENT_TIMESTAMP, which columns of `timestamp` have a word for. */
export const isUpdatedNow = (column: MySqlColumn): boolean =>
  (column as { readonly hasOnUpdateNow?: unknown }).hasOnUpdateNow === true

/**
 * The dialect asks these methods of its own what stands for a value, and 'indexes' leaves the tables of columns out. The chunk of a view
 * is marked: its values would be written by Drizzle itself. A new one of the same parts is not.
 */
export function writeChunk(chunk: SQL, { bare, casing, mark, literal }: Writing): Written {
  const dialect = new MySqlDialect(casing === undefined ? {} : { casing })
  Object.assign(dialect, { escapeParam: mark, escapeString: literal })
  const { sql, params } = dialect.sqlToQuery(new SQL(chunk.queryChunks), bare ? 'indexes' : undefined)
  return { sql, params }
}
