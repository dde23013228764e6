import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { SQLiteColumn, SQLiteTableWithColumns } from 'drizzle-orm/sqlite-core'
import type { ColumnNames } from '../build/column-plan.ts'
import type { TypedColumn } from '../build/types.ts'

/** The names that drizzle-zod computes its schemas and their types from. */
export const names = {
  bigint: 'SQLiteBigInt',
  boolean: 'SQLiteBoolean',
  smallint: 'SQLiteInteger',
  integer: 'SQLiteInteger',
  number: 'SQLiteReal',
  double: 'SQLiteReal',
  varchar: 'SQLiteText',
  string: 'SQLiteText',
  json: 'SQLiteTextJson',
  buffer: 'SQLiteBlobBuffer',
  custom: 'SQLiteCustomColumn',
} as const satisfies ColumnNames

/** The facts stand beside the class: its parameters differ between drizzle-orm 0.45 and 1.0. */
export type SqliteColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = SQLiteColumn & {
  readonly _: TypedColumn<Table, Name, F, typeof names>
}

/** The Drizzle table that a declaration gives on SQLite. Its row types are those of the declaration. */
export type SqliteTableOf<T extends DeclaredTable> = SQLiteTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: SqliteColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'sqlite'
  isAlias: false
}>
