/** A value as drivers take and give it: integers as bigint, real and double as number, bytes as Buffer. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array

/** Text that is not UTF-8, which SQLite stores all the same: a string would hold U+FFFD in the place of its odd bytes. */
export interface RawText {
  readonly rawText: Uint8Array
}

/** A row as an object without a prototype, so that columns may be called `constructor` or `__proto__`. */
export type Row = { readonly [column: string]: SqlValue }

export interface Outcome {
  /** Rows inserted, updated or deleted; 0 for DDL. */
  readonly changes: number
}
