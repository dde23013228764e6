import type { ColumnType } from '../model/column-type.ts'
import type { SqlFragment } from '../sql/tag.ts'

/** What the values of a column lose when its type changes and the server converts them by itself. */
export interface ConversionLoss {
  /** For people: `digits after the point`. */
  readonly what: string
  /** True in the rows whose value would not come back with the old type; absent: any value may be another. */
  readonly changed?: SqlFragment
}

/** The types of columns, and what becomes of values when a type changes. */
export interface DialectTypes {
  toSql(type: ColumnType): string
  fromSql(sql: string): ColumnType
  /**
   * The expression that turns the values of a column into another type, where the server does not do so by itself; undefined where it
   * does, or tries. Absent: it always does.
   */
  conversion?(column: string, from: ColumnType, to: ColumnType): string | undefined
  /**
   * What values lose by the server's own conversion to another type and back; undefined where each of them comes back, or is
   * refused. Absent: not known, so that any change of a type may lose something.
   */
  conversionLoss?(column: SqlFragment, from: ColumnType, to: ColumnType): ConversionLoss | undefined
}
