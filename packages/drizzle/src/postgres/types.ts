import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { PgColumn, PgTableWithColumns } from 'drizzle-orm/pg-core'
import type { ColumnNames } from '../build/column-plan.ts'
import type { TypedColumn } from '../build/types.ts'

/** The names that drizzle-zod computes its schemas and their types from. */
export const names = {
  bigint: 'PgBigInt64',
  boolean: 'PgBoolean',
  smallint: 'PgSmallInt',
  integer: 'PgInteger',
  number: 'PgDoublePrecision',
  double: 'PgDoublePrecision',
  varchar: 'PgVarchar',
  string: 'PgText',
  json: 'PgJson',
  buffer: 'PgCustomColumn',
  custom: 'PgCustomColumn',
} as const satisfies ColumnNames

/** The facts stand beside the class: its parameters differ between drizzle-orm 0.45 and 1.0. */
export type PostgresColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = PgColumn & {
  readonly _: TypedColumn<Table, Name, F, typeof names>
}

/** The Drizzle table that a declaration gives on PostgreSQL. Its row types are those of the declaration. */
export type PostgresTableOf<T extends DeclaredTable> = PgTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: PostgresColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'pg'
  isAlias: false
}>
