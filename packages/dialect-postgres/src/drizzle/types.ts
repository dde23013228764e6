import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { TypedColumn } from '@org/migrate-core/dialect'
import type { PgColumn, PgTableWithColumns } from 'drizzle-orm/pg-core'

/** The names that drizzle-zod computes its types from. */
interface ColumnTypes {
  readonly json: 'PgJson'
  readonly string: 'PgText'
  readonly number: 'PgDoublePrecision'
  readonly bigint: 'PgBigInt64'
  readonly boolean: 'PgBoolean'
  readonly buffer: 'PgCustomColumn'
}

export type PostgresColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = PgColumn<
  TypedColumn<Table, Name, F, ColumnTypes>,
  object,
  object
>

/** The Drizzle table that a declaration gives on PostgreSQL. Its row types are those of the declaration. */
export type PostgresTableOf<T extends DeclaredTable> = PgTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: PostgresColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'pg'
}>
