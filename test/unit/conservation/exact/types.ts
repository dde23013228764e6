/** Of a column: its type, and literals of values that little keeps exactly. */
export type Column = readonly [type: string, ...literals: readonly string[]]

/** What a database stores, and how it writes exactly what it has. */
export interface ExactTypes {
  readonly columns: readonly Column[]
  /** Types of a primary key. */
  readonly keys: readonly string[]
  /** To which types a column changes. */
  readonly conversions: { readonly [type: string]: readonly string[] }
  /** How the values of a column are converted there and back, where the server does not know it by itself. */
  casts?(column: string, from: string, to: string): { readonly using: string; readonly usingBack: string } | undefined
  /** An expression of the server's own text of a value, byte for byte. */
  exactly(column: string, type: string): string
}

export const texts = [
  "''",
  "' '",
  "'größe 日本 🦊'",
  "'it''s \"?\" ?? $1 :a %s'",
  "'null'",
  "'\t\r\n'",
  "'x '",
  "'1e400'",
]
