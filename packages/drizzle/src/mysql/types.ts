import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { MySqlColumn, MySqlTableWithColumns } from 'drizzle-orm/mysql-core'
import type { ColumnNames } from '../build/column-plan.ts'
import type { TypedColumn } from '../build/types.ts'

/** The names that drizzle-zod computes its schemas and their types from. */
export const names = {
  bigint: 'MySqlBigInt64',
  boolean: 'MySqlBoolean',
  smallint: 'MySqlSmallInt',
  integer: 'MySqlInt',
  number: 'MySqlDouble',
  double: 'MySqlDouble',
  varchar: 'MySqlVarChar',
  string: 'MySqlText',
  json: 'MySqlJson',
  buffer: 'MySqlCustomColumn',
  custom: 'MySqlCustomColumn',
} as const satisfies ColumnNames

/** The facts stand beside the class: its parameters differ between drizzle-orm 0.45 and 1.0. */
export type MysqlColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = MySqlColumn & {
  readonly _: TypedColumn<Table, Name, F, typeof names>
}

/** The Drizzle table that a declaration gives on MySQL and MariaDB. Its row types are those of the declaration. */
export type MysqlTableOf<T extends DeclaredTable> = MySqlTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: MysqlColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'mysql'
  isAlias: false
}>
