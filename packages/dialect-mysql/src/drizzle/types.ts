import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { TypedColumn } from '@org/migrate-core/dialect'
import type { MySqlColumn, MySqlTableWithColumns } from 'drizzle-orm/mysql-core'

/** The names that drizzle-zod computes its types from. */
interface ColumnTypes {
  readonly json: 'MySqlJson'
  readonly string: 'MySqlText'
  readonly number: 'MySqlDouble'
  readonly bigint: 'MySqlBigInt64'
  readonly boolean: 'MySqlBoolean'
  readonly buffer: 'MySqlCustomColumn'
}

export type MysqlColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = MySqlColumn<
  TypedColumn<Table, Name, F, ColumnTypes>,
  object,
  object
>

/** The Drizzle table that a declaration gives on MySQL and MariaDB. Its row types are those of the declaration. */
export type MysqlTableOf<T extends DeclaredTable> = MySqlTableWithColumns<{
  name: T['name']
  schema: undefined
  columns: { [K in keyof TableFacts<T> & string]: MysqlColumnOf<T['name'], K, TableFacts<T>[K]> }
  dialect: 'mysql'
}>
