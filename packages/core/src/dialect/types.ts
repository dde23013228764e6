import type { ColumnType } from '../model/column-type.ts'
import type { ColumnModel, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { SqlFragment } from '../sql/tag.ts'

/** Expressions about one value of a column. */
export interface DialectValues {
  /** The size in bytes, without reading the value where the server can. */
  byteLength(column: SqlFragment): SqlFragment
  /** Whether two texts have the same characters, whatever their collations hold to be equal. */
  sameText(one: SqlFragment, other: SqlFragment): SqlFragment
  /** Differs where the text of a column does: a digest, where the server has one to spare sending the text. */
  textDigest(column: SqlFragment): SqlFragment
  /** Whether a column has a value at all; absent: IS NOT NULL, which on PostgreSQL is also false for a composite that has a NULL. */
  isPresent?(column: SqlFragment): SqlFragment
  /** Whether a text is written as a number (`isWhole`: without a fraction), which a type of numbers takes unchanged. Absent: that is not asked. */
  isNumber?(column: SqlFragment, isWhole: boolean): SqlFragment
  /**
   * Where the server tells more values apart than `SqlValue` can say (SQLite: text that is no UTF-8, reals that are whole):
   * how such a value is read and written back unchanged.
   */
  readonly exact?: {
    /** The bytes of a column where its value is text, else NULL. */
    readonly bytes: (column: SqlFragment) => SqlFragment
    /** The placeholders that store bytes as text, and a number as a real. */
    readonly text: SqlFragment
    readonly real: SqlFragment
  }
}

/** The schema as a value: what an operation makes of it, and how this server shows it. */
export interface DialectModel {
  /** Core's `apply`, plus the edit of the texts that this server keeps (`source`). Takes operations as they were recorded. */
  apply(before: SchemaModel, operation: Operation): SchemaModel
  /** The tables that a new one inherits from (`INHERITS`): what it has of them, `apply` reads there. Absent: no table inherits. */
  parentsOf?(table: TableModel): readonly TableRef[]
  /**
   * A table as this server would show it: `native` folded into the type, logical types that have no form of their own replaced
   * by what they become. Two tables are equal on this dialect iff their normal forms have no differences.
   */
  normalise(table: TableModel): TableModel
  /**
   * The normal form in which a table is compared with what a revision left: without what a type change and its inverse leave in the texts
   * that the server keeps. Absent: `normalise`.
   */
  normaliseForDrift?(table: TableModel): TableModel
  /**
   * What is expected with the sequences that columns brought with them (`serial`) under the names that they have in the actual schema:
   * the server gives them one that is free there. Absent: columns bring none.
   */
  alignSequences?(expected: SchemaModel, actual: SchemaModel): SchemaModel
  /** A schema that was read, in the words that its author would use (`serial`). Absent: it is read in such words. */
  asWritten?(schema: SchemaModel): SchemaModel
  /**
   * A schema that was read, with its tables called as the first of these names that means the same table on this server. Absent: the server
   * keeps the letters of names as they were written.
   */
  respell?(schema: SchemaModel, names: Iterable<TableRef>): SchemaModel
  /** The name of the schema of the connection; before a session, the usual one. Absent: there are no schemas. */
  readonly ownSchema?: string
}

/** What the values of a column lose when its type changes and the server converts them by itself. */
export interface ConversionLoss {
  /** For people: `digits after the point`. */
  readonly what: string
  /** True in the rows whose value would not come back with the old type; absent: any value may be another. */
  readonly changed?: SqlFragment
}

/** A column with the table that it is in. */
export interface ColumnOfTable {
  readonly table: TableModel
  readonly column: ColumnModel
}

/** The types of columns, and what becomes of values when a type changes. */
export interface DialectTypes {
  toSql(type: ColumnType): string
  fromSql(sql: string): ColumnType
  /**
   * The expression that turns the values of a column into another type, where the server does not do so by itself; undefined where it
   * does, or tries. Absent: it always does. `back`: the values were of that type before.
   */
  conversion?(column: string, from: ColumnType, to: ColumnType, back?: 'back'): string | undefined
  /**
   * What values lose by the server's own conversion to another type and back; undefined where each of them comes back, or is
   * refused. `options`: those of its table before and after. Absent: not known, so that any change of a type may lose something.
   */
  conversionLoss?(
    column: SqlFragment,
    from: ColumnType,
    to: ColumnType,
    options: { readonly before: TableModel['options']; readonly after: TableModel['options'] },
  ): ConversionLoss | undefined
  /**
   * A value of the one column for a comparison with the other, by the collation of that one: where the server compares no two collations, or
   * not by that. Absent: it takes the collation of the left side, or columns have none.
   */
  collatedAs?(value: SqlFragment, own: ColumnOfTable, other: ColumnOfTable): SqlFragment
  /**
   * Why rows could not get the default of a column, where the server takes the definition nevertheless: `is none of the values of the enum`.
   * Absent: the server refuses such a default itself, or the compiler does.
   */
  defaultMisfit?(table: TableModel, column: ColumnModel): string | undefined
  /**
   * What is true in the rows whose column holds one of these values of an enum, by itself or in an array; undefined for a column that is
   * not of the enum. Absent: enums are no types of their own.
   */
  enumValueRows?(
    model: SchemaModel,
    table: TableModel,
    column: ColumnModel,
    ofEnum: TableRef,
    values: readonly string[],
  ): ((column: SqlFragment) => SqlFragment) | undefined
}
