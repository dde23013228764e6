import type { ColumnFacts, DeclaredTable, TableFacts } from '@org/migrate-core'
import type { SQLiteColumn, SQLiteTableWithColumns } from 'drizzle-orm/sqlite-core'

type Is<A, B> = [A] extends [B] ? true : false

type DataTypeOf<V> =
  Is<unknown, V> extends true
    ? 'json'
    : Is<V, string> extends true
      ? 'string'
      : Is<V, number> extends true
        ? 'number'
        : Is<V, bigint> extends true
          ? 'bigint'
          : Is<V, boolean> extends true
            ? 'boolean'
            : Is<V, Uint8Array> extends true
              ? 'buffer'
              : 'json'

/** The names that drizzle-zod computes its types from. */
interface ColumnTypes {
  readonly json: 'SQLiteTextJson'
  readonly string: 'SQLiteText'
  readonly number: 'SQLiteReal'
  readonly bigint: 'SQLiteBigInt'
  readonly boolean: 'SQLiteBoolean'
  readonly buffer: 'SQLiteBlobBuffer'
}

type EnumOf<V> =
  Is<V, string> extends true ? (string extends V ? undefined : [V & string, ...(V & string)[]]) : undefined

export type SqliteColumnOf<Table extends string, Name extends string, F extends ColumnFacts> = SQLiteColumn<
  {
    name: Name
    tableName: Table
    dataType: DataTypeOf<F['value']>
    columnType: ColumnTypes[DataTypeOf<F['value']>]
    data: DataTypeOf<F['value']> extends 'buffer' ? Buffer : F['value']
    driverParam: unknown
    notNull: F['nullable'] extends false ? true : false
    hasDefault: F['hasDefault'] extends true ? true : false
    isPrimaryKey: false
    isAutoincrement: false
    hasRuntimeDefault: false
    enumValues: EnumOf<F['value']>
    baseColumn: never
    identity: undefined
    generated: F['generated'] extends true ? { type: 'always' } : undefined
  },
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
