import { type Column, SQL } from 'drizzle-orm'
import type { PgColumn, PgPolicy, PgRole, PgTable } from 'drizzle-orm/pg-core'

/*
 * All that is read of drizzle-orm's schemas beside what it publishes, here and nowhere else. internals.test.ts of each dialect says
 * what each has to be: a drizzle-orm that changed one of them fails there.
 */

/** An alias passes for a table; only this symbol tells. */
export const isAlias = (table: object): boolean =>
  (table as { readonly [key: symbol]: unknown })[Symbol.for('drizzle:IsAlias')] === true

/** AUTOINCREMENT and AUTO_INCREMENT are said by the columns of numbers alone, each in a class of its own. */
export const autoIncrements = (column: Column): boolean =>
  (column as { readonly autoIncrement?: unknown }).autoIncrement === true

/** ON UPDATE CURRENT_TIMESTAMP, which columns of MySQL's `timestamp` have a word for. */
export const isUpdatedNow = (column: Column): boolean =>
  (column as { readonly hasOnUpdateNow?: unknown }).hasOnUpdateNow === true

interface EnumParts {
  readonly enumName: string
  readonly schema?: string | undefined
}

/** The enum of a column of PostgreSQL, which need not be exported: what a column's type says of it is its name alone. */
export const enumOf = (column: PgColumn): EnumParts | undefined => (column as { readonly enum?: EnumParts }).enum

/** The table that a policy was given to by `.link(table)`, whose own list does not have it. */
export const linkedTable = (policy: PgPolicy): PgTable | undefined =>
  (policy as { readonly _linkedTable?: PgTable })._linkedTable

/** Whether a role belongs to another program: `.existing()`. */
export const isExisting = (role: PgRole): boolean => (role as { readonly _existing?: unknown })._existing === true

/** What puts Drizzle's statements together for one dialect: a new one each time, since it is changed here. */
export interface SqlWriter {
  sqlToQuery(chunk: SQL, source?: 'indexes'): { readonly sql: string; readonly params: readonly unknown[] }
}

/** How a chunk is written. */
interface Writing {
  /** Columns without their table. */
  readonly bare: boolean
  /** What stands in the text for the value of that place. */
  mark(index: number): string
  /** A text that Drizzle itself writes into the chunk's. */
  literal(text: string): string
}

/**
 * The text of a chunk with its marks, and the values by their places. The writer asks these methods of its own what stands for a value, and
 * 'indexes' leaves the tables of columns out. The chunk of a view is marked: its values would be written by Drizzle itself. A new one of the
 * same parts is not.
 */
export function writeChunk(chunk: SQL, writer: SqlWriter, { bare, mark, literal }: Writing) {
  Object.assign(writer, { escapeParam: mark, escapeString: literal })
  const { sql, params } = writer.sqlToQuery(new SQL(chunk.queryChunks), bare ? 'indexes' : undefined)
  return { sql, params }
}
