import { SQL } from 'drizzle-orm'
import { type PgColumn, PgDialect, type PgPolicy, type PgRole, type PgTable } from 'drizzle-orm/pg-core'
import type { Writing, Written } from '../read/chunk-text.ts'

/*
 * All that is read of drizzle-orm beside what it publishes, here and nowhere else. test/drizzle-postgres/internals.test.ts says of each
 * what it has to be: a drizzle-orm that changed one of them fails there.
 */

/** An alias passes for a table; only this symbol tells. */
export const isAlias = (table: object): boolean =>
  (table as { readonly [key: symbol]: unknown })[Symbol.for('drizzle:IsAlias')] === true

export interface EnumParts {
  readonly enumName: string
  readonly schema?: string | undefined
}

/** The enum of a column, which need not be exported: what a column's type says of it is its name alone. */
export const enumOf = (column: PgColumn): EnumParts | undefined => (column as { readonly enum?: EnumParts }).enum

/** The table that a policy was given to by `.link(table)`, whose own list does not have it. */
export const linkedTable = (policy: PgPolicy): PgTable | undefined =>
  (policy as { readonly _linkedTable?: PgTable })._linkedTable

/** Whether a role belongs to another program: `.existing()`. */
export const isExisting = (role: PgRole): boolean => (role as { readonly _existing?: unknown })._existing === true

/**
 * The dialect asks these methods of its own what stands for a value, and 'indexes' leaves the tables of columns out. The chunk of a view
 * is marked: its values would be written by Drizzle itself. A new one of the same parts is not.
 */
export function writeChunk(chunk: SQL, { bare, casing, mark, literal }: Writing): Written {
  const dialect = new PgDialect(casing === undefined ? {} : { casing })
  Object.assign(dialect, { escapeParam: mark, escapeString: literal })
  const { sql, params } = dialect.sqlToQuery(new SQL(chunk.queryChunks), bare ? 'indexes' : undefined)
  return { sql, params }
}
