import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { TypedColumn } from '@org/migrate-core/dialect'
import type { SQLiteColumn, SQLiteTableWithColumns } from 'drizzle-orm/sqlite-core'

/** The names that drizzle-zod computes its types from. */
interface ColumnTypes {
  readonly json: 'SQLiteTextJson'
  readonly string: 'SQLiteText'
  readonly number: 'SQLiteReal'
  readonly bigint: 'SQLiteBigInt'
  readonly boolean: 'SQLiteBoolean'
  readonly buffer: 'SQLiteBlobBuffer'
}

export type SqliteColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = SQLiteColumn<
  TypedColumn<Table, Name, F, ColumnTypes>,
  object,
  object
>

/** The Drizzle table that a declaration gives on SQLite. Its row types are those of the declaration. */
export type SqliteTableOf<T extends DeclaredTable> = SQLiteTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: SqliteColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'sqlite'
}>
