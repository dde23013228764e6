/** What the generator knows of the database it wrote. The oracle does not rely on it: it reads the database. */
export type Affinity = 'integer' | 'real' | 'text' | 'blob' | 'any'

/** What else in the database depends on a column; changes keep off what they would break on purpose. */
export type Usage =
  | 'primaryKey'
  | 'unique'
  | 'index'
  | 'uniqueIndex'
  | 'check'
  | 'generated'
  | 'foreignKey'
  | 'referenced'
  | 'trigger'
  | 'view'
  | 'fts'

export interface ColumnSpec {
  name: string
  /** The tokens of its definition, trivia to be put between. */
  tokens: string[]
  type: string
  /** What the values are like. */
  values: Affinity
  /** Values never repeat. */
  distinct: boolean
  notNull: boolean
  hasDefault: boolean
  collation: string | undefined
  generated: { expression: string; stored: boolean } | undefined
  rowidAlias: boolean
  autoincrement: boolean
  /** A named or unnamed constraint in the column's own definition, that dropConstraint can address. */
  checks: { expression: string; name: string | undefined }[]
  uniqueName: string | undefined
  uses: Set<Usage>
}

export interface ConstraintSpec {
  tokens: string[]
  kind: 'primaryKey' | 'unique' | 'check' | 'foreignKey'
  name: string | undefined
  columns: string[]
  expression?: string
}

export interface TableSpec {
  name: string
  columns: ColumnSpec[]
  constraints: ConstraintSpec[]
  strict: boolean
  /** Not STRICT, but its types and rows would pass. */
  strictable: boolean
  withoutRowid: boolean
  /** `rowid`, `oid` or `_rowid_`, whichever is not a column; undefined where none is left or there is no rowid. */
  rowid: string | undefined
}

export interface IndexSpec {
  name: string
  columns: string[]
}

type Feature = string

export interface CaseSpec {
  readonly table: TableSpec
  /** Statements in order: tables, rows, then what must not see the rows come in. */
  readonly schema: string[]
  readonly rows: string[]
  readonly after: string[]
  readonly indexes: IndexSpec[]
  readonly features: Set<Feature>
  /** A table that a foreign key may be added to, and its key column. */
  readonly other: { readonly name: string; readonly key: string }
}

/** One change as asked of the migrator. Column names are the ones at that point of the revision. */
export type Change =
  | { readonly kind: 'type'; readonly column: string; readonly to: TypeChoice; readonly using?: string }
  | { readonly kind: 'nullable'; readonly column: string; readonly nullable: boolean; readonly using?: string }
  | { readonly kind: 'default'; readonly column: string; readonly to: DefaultChoice | null }
  | { readonly kind: 'collation'; readonly column: string; readonly to: string | null }
  | {
      readonly kind: 'generated'
      readonly column: string
      readonly expression: string
      readonly stored: boolean
    }
  | { readonly kind: 'autoincrement'; readonly column: string; readonly on: boolean }
  | {
      readonly kind: 'addColumn'
      readonly column: string
      readonly type: TypeChoice
      readonly nullable: boolean
      readonly default?: DefaultChoice
      readonly collation?: string
      readonly generated?: { readonly expression: string; readonly stored: boolean }
    }
  | { readonly kind: 'dropColumn'; readonly column: string }
  | { readonly kind: 'renameColumn'; readonly column: string; readonly to: string }
  | { readonly kind: 'addPrimaryKey'; readonly columns: readonly string[]; readonly name?: string }
  | { readonly kind: 'addUnique'; readonly columns: readonly string[]; readonly name?: string }
  | { readonly kind: 'addCheck'; readonly expression: string; readonly name?: string; readonly column: string }
  | {
      readonly kind: 'addForeignKey'
      readonly column: string
      readonly table: string
      readonly key: string
      readonly name?: string
      readonly onDelete: 'cascade' | 'setNull' | 'restrict' | 'noAction'
    }
  | {
      readonly kind: 'dropConstraint'
      readonly what: 'primaryKey' | 'unique' | 'check' | 'foreignKey'
      readonly name?: string
      readonly columns: readonly string[]
      readonly expression?: string
    }
  | { readonly kind: 'options'; readonly option: 'strict' | 'withoutRowid'; readonly on: boolean }
  | {
      readonly kind: 'createIndex'
      readonly name: string
      readonly columns: readonly string[]
      readonly unique: boolean
    }
  | { readonly kind: 'dropIndex'; readonly name: string }
  | { readonly kind: 'renameTable'; readonly to: string }

/** Either a logical type and the affinity it must have, or the very text. */
export type TypeChoice =
  | { readonly logical: 'text' | 'integer' | 'bigint' | 'double' | 'bytes' | 'boolean' | 'varchar' }
  | { readonly native: string }

export type DefaultChoice =
  | { readonly literal: string | number | null }
  | { readonly expression: string }
  | { readonly now: true }

export const unmatched = 'never #12'
