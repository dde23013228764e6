import type { ColumnModel } from '../model/schema-model.ts'
import type { SqlFragment } from '../sql/tag.ts'

/** How the values of a column are preserved as text: the same text that core makes of what a session reads. */
export interface PreservedForm {
  readonly encoding: 'text' | 'int' | 'json'
  /** The text of a value. */
  write(value: SqlFragment): SqlFragment
  /** The text of a value to be compared with a preserved one: any for what has no text. Absent: that of `write`. */
  compared?(value: SqlFragment): SqlFragment
  /** The value of a text, as the column compares it by its index, and takes it. */
  read(text: SqlFragment): SqlFragment
  /** The text that is hashed, behind its encoding. Absent: that of `write`. */
  hashed?(value: SqlFragment): { readonly encoding: 'text' | 'int'; readonly text: SqlFragment }
}

/** How a server preserves values, compares and restores them by itself. */
export interface DialectPreserving {
  /** Undefined for types whose text on the server is another one than core's. */
  form(column: ColumnModel): PreservedForm | undefined
  /** The number of characters of a text: of code points. */
  length(text: SqlFragment): SqlFragment
  /** SHA-256 of a text in UTF-8, as hexadecimal digits. */
  sha256(text: SqlFragment): SqlFragment
  /** A text as `JSON.stringify` writes it; NULL where the server writes it otherwise. */
  jsonString(text: SqlFragment): SqlFragment
  /** The string at a place of a JSON array, which may be in other arrays. */
  jsonItem(json: SqlFragment, path: readonly number[]): SqlFragment
  /** Texts one after the other. */
  concat(parts: readonly SqlFragment[]): SqlFragment
}
