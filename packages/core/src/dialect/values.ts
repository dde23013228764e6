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
