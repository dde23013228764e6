/** The families of databases that have a dialect here: what a revision says per dialect, it says for these. */
export type BuiltInDialect = 'sqlite' | 'postgres' | 'mysql'

/** What a dialect is called: one of these, or the name that a dialect of another package brings. */
export type DialectName = BuiltInDialect | (string & {})

/**
 * What a column holds. Logical kinds mean the same on every database; `native` is the SQL text of one dialect for what
 * no logical kind says.
 */
export type ColumnType =
  | { readonly kind: 'integer'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'text' }
  | { readonly kind: 'varchar'; readonly length?: number }
  | { readonly kind: 'char'; readonly length: number }
  | { readonly kind: 'decimal'; readonly precision?: number; readonly scale?: number }
  | { readonly kind: 'real' }
  | { readonly kind: 'double' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly precision?: number }
  | { readonly kind: 'timestamp'; readonly withTimezone: boolean; readonly precision?: number }
  | { readonly kind: 'json' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'bytes'; readonly length?: number }
  | { readonly kind: 'enum'; readonly name?: string; readonly schema?: string; readonly values: readonly string[] }
  | { readonly kind: 'native'; readonly dialect: DialectName; readonly sql: string }

export type ColumnTypeKind = ColumnType['kind']
