import type { ColumnFacts, DeclaredTable, DialectName, TableFacts } from '@org/migrate-core/dialect'
import type { ColumnDataType } from 'drizzle-orm'
import type { ColumnNames } from './column-plan.ts'

type Extends<A, B> = [A] extends [B] ? true : false

/** What Drizzle calls the JavaScript type of a column's values. */
type DataTypeOf<V> =
  Extends<unknown, V> extends true
    ? 'json'
    : Extends<V, string> extends true
      ? 'string'
      : Extends<V, number> extends true
        ? 'number'
        : Extends<V, bigint> extends true
          ? 'bigint'
          : Extends<V, boolean> extends true
            ? 'boolean'
            : Extends<V, Uint8Array> extends true
              ? 'buffer'
              : 'json'

/** 1.0 has other words for them, by which its types compute nothing. */
type DataTypeName<V> = 'json' extends ColumnDataType ? DataTypeOf<V> : ColumnDataType

type EnumOf<V> =
  Extends<V, string> extends true ? (string extends V ? undefined : [V & string, ...(V & string)[]]) : undefined

/** What Drizzle's types know of a column. Only `columnType` differs by dialect, so rows are the same on all of them. */
export interface TypedColumn<Table extends string, Name extends string, F extends ColumnFacts, C extends ColumnNames> {
  name: Name
  tableName: Table
  dataType: DataTypeName<F['value']>
  columnType: C[DataTypeOf<F['value']>]
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
}

type Strangers<T extends DeclaredTable, D extends DialectName> = {
  [K in keyof TableFacts<T> & string]: D extends TableFacts<T>[K]['dialects'] ? never : K
}[keyof TableFacts<T> & string]

/**
 * Nothing more to ask of a table that dialect `D` can have; a member that nothing has for one with a column whose type is
 * another dialect's alone, so that it does not compile.
 */
export type OnDialect<T extends DeclaredTable, D extends DialectName> = [Strangers<T, D>] extends [never]
  ? unknown
  : { readonly $columnsOfAnotherDialect: Strangers<T, D> }
