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

/** An object that is made by a class keeps its fields in places: `Object.create(null)` is a hash table, four times as large and slow. */
class Fields {
  [column: string]: SqlValue
}
Object.setPrototypeOf(Fields.prototype, null)

/** Raw values in the order of their columns, as rows. They have no prototype: a column may be called `__proto__`. */
export function rowsOf<Raw>(
  columns: readonly string[],
  raw: readonly (readonly Raw[])[],
  give: (value: Raw, at: number) => SqlValue,
): Row[] {
  return raw.map((values) => {
    const row = new Fields()
    for (let at = 0; at < columns.length; at += 1) row[columns[at] as string] = give(values[at] as Raw, at)
    return Object.setPrototypeOf(row, null) as Row
  })
}
